"""Runs a model's graph one node after the other, in an order worked out once; a scheduler would look for it at every message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rasa.engine.runner.dask import DaskGraphRunner


class InOrder(DaskGraphRunner):
    """Rasa's runner, without the scheduler (a millisecond of every message)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._orders: dict[tuple[str, ...], tuple[str, ...]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the target nodes; inputs are given by the names that nodes need them by."""
        wanted = tuple(targets or self._graph_schema.target_names)
        if wanted not in self._orders:
            self._orders[wanted] = tuple(dict.fromkeys(self._before(wanted)))
        done = {name: (name, value) for name, value in (inputs or {}).items()}
        for name in self._orders[wanted]:
            needs = self._graph_schema.nodes[name].needs.values()
            done[name] = self._instantiated_nodes[name](*(done.get(need, need) for need in needs))
        return {name: done[name][1] for name in wanted}

    def _before(self, names: tuple[str, ...]) -> Iterator[str]:
        """These nodes, each after all that it needs."""
        for name in names:
            if name in self._graph_schema.nodes:
                yield from self._before(tuple(self._graph_schema.nodes[name].needs.values()))
                yield name
