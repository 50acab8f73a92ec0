"""Custom actions run in this process: what Rasa would send to an action server goes to the SDK's executor directly."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from rasa.core.actions.action import SELECTIVE_DOMAIN, RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

logger = logging.getLogger(__name__)

_failure: ContextVar[BaseException | None] = ContextVar("failure", default=None)


class InProcessActions(EndpointConfig):
    """An action endpoint without a server. The first error of a turn is kept for `failure()`."""

    def __init__(self, package: str | ModuleType) -> None:
        """Register every action in the package; raises ImportError when it cannot be imported."""
        super().__init__(url="", **{SELECTIVE_DOMAIN: True})
        self._executor = ActionExecutor()
        self._register(package)

    def _register(self, package: str | ModuleType) -> None:
        try:
            self._executor.register_package(package)
        except SystemExit as error:
            raise ImportError(f"The actions in `{package}` cannot be imported; the log above says why.") from error

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the registered actions."""
        return tuple(self._executor.actions)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Run the action named in the call and return its events and responses, as an action server would."""
        call = kwargs["json"]
        try:
            return await self._executor.run(call)
        except ActionExecutionRejection as rejection:
            body = {"action_name": rejection.action_name, "error": str(rejection)}
            raise ClientResponseError(400, str(rejection), json.dumps(body)) from rejection
        except Exception as error:
            _failure.set(error)
            raise


class InProcessAction(RemoteAction):
    """A custom action whose answer needs no schema check (20 ms each): the SDK in this process has made it."""

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        return True


def failure() -> BaseException | None:
    """The error of the turn that is running, if an action raised one."""
    return _failure.get()


def clear_failure() -> None:
    """Forget the error: a new turn begins."""
    _failure.set(None)
