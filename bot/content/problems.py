"""Builds problems with their causes and checks; a check that asks becomes a fact of the same id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.advice.catalogue import Band, Cause, Check, Choice, Danger, Fact, FactType, Likely, Problem
from bot.advice.formulas import nearest
from bot.content.blocks import made
from bot.content.facts import build_choices, check_unit
from bot.content.reader import Fields, Reader
from bot.content.values import Text


@dataclass
class Problems:
    """What the problems of a catalogue come to, and the causes each of them names, built or not."""

    built: dict[str, Problem] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    dangers: dict[str, Danger] = field(default_factory=dict)
    causes_of: dict[str, tuple[str, ...]] = field(default_factory=dict)


def build_problems(entries: list[Fields], facts: dict[str, Fact], dangers: dict[str, Danger], reader: Reader) -> Problems:
    """The problems by id. `facts` and `dangers` are those declared on their own; the result holds all of them."""
    builder = _Builder(Problems(facts=dict(facts), dangers=dict(dangers)), reader)
    named = [fields for fields in entries if _declared(fields, reader)]
    for fields in named:
        builder.describe_causes(fields)
        builder.describe_checks(fields)
    for fields in named:
        builder.problem(fields)
    return builder.result


def _declared(fields: Fields, reader: Reader) -> bool:
    name = fields.get("id")
    return isinstance(name, Text) and reader.declare("problem", name)


class _Builder:
    """Two passes: first what is described anywhere, then the problems that name it."""

    def __init__(self, result: Problems, reader: Reader) -> None:
        self.result = result
        self.reader = reader
        self.causes: dict[str, Cause] = {}
        self.answers: dict[str, tuple[Fields, ...]] = {}

    # First pass

    def describe_causes(self, problem: Fields) -> None:
        """Notes the causes that are described under a problem."""
        for fields in problem.get("causes", ()):
            name = fields.get("id")
            if isinstance(name, Text) and "name" in fields and self.reader.declare("cause", name):
                danger = self._danger(fields)
                self.causes[str(name)] = made(Cause, {**_without(fields, "danger"), "danger": danger})

    def _danger(self, fields: Fields) -> Danger | None:
        given = fields.get("danger")
        if isinstance(given, str):
            return self.result.dangers.get(given)
        if given is None or given.broken:
            return None
        if "id" in given and not self.reader.declare("danger", given["id"]):
            return None
        danger: Danger = made(Danger, {"id": str(fields["id"]), **given})
        self.result.dangers[danger.id] = danger
        return danger

    def describe_checks(self, problem: Fields) -> None:
        """Notes the checks that ask a question of their own, and the facts they become."""
        for fields in problem.get("checks", ()):
            name = fields.get("id")
            if fields.get("answers"):
                self.answers.setdefault(str(name or fields.get("fact")), fields["answers"])
            if "ask" not in fields or fields.broken:
                _declare_broken(fields, self.reader)
            elif name is None:
                self.reader.error(fields.place("ask"), "this check has no id", "add id: in snake_case")
            elif "fact" in fields:
                self.reader.error(fields.place("fact"), "both fact: and ask:", f"delete ask:, which fact {fields['fact']} has")
            elif self.reader.declare("fact", name):
                self.result.facts[str(name)] = self._fact(fields)

    def _fact(self, fields: Fields) -> Fact:
        """The fact a check becomes: a number when its answers are ranges, otherwise a choice."""
        check_unit(fields, self.reader)
        answers = fields.get("answers", ())
        ranged = bool(answers) and all("when" in answer for answer in answers)
        choices = () if ranged else _both_answers(build_choices(answers, self.reader))
        kind = FactType.NUMBER if ranged else FactType.CHOICE
        fact: Fact = made(Fact, {**_without(fields, "fact", "answers"), "type": kind, "choices": choices})
        return fact

    # Second pass

    def problem(self, fields: Fields) -> None:
        """Builds one problem."""
        name = str(fields["id"])
        causes = self._causes(name, fields.get("causes", ()))
        ids = tuple(cause.id for cause in causes)
        self.result.causes_of[name] = ids
        checks = tuple(check for entry in fields.get("checks", ()) if (check := self._check(name, ids, entry)) is not None)
        if "causes" in fields and not causes and not fields.broken:
            self.reader.error(fields.place("causes"), f"problem '{name}' has no cause", "add causes: with an id and a name")
        if not fields.broken:
            phrases = fields.get("said_as") or (fields["name"],)
            self.result.built[name] = made(Problem, {**fields, "said_as": phrases, "causes": causes, "checks": checks})

    def _causes(self, problem: str, entries: Iterable[Fields]) -> tuple[Cause, ...]:
        found: dict[str, Cause] = {}
        for fields in entries:
            name = fields.get("id")
            if name in found:
                self.reader.error(name, f"cause '{name}' is there twice", "delete one of the two")
            elif name is not None:
                cause = self._cause(name, fields)
                if cause is not None:
                    found[str(name)] = cause
        return tuple(found.values())

    def _cause(self, name: Text, fields: Fields) -> Cause | None:
        cause = self.causes.get(name)
        if cause is None and name not in self.reader.declared.get("cause", {}):
            hint = nearest(name, self.causes)
            instead = "" if hint else "add a name: that reads on after 'because'"
            self.reader.error(name, f"cause '{name}' is described nowhere{hint}", instead)
        if cause is None or "name" in fields or "how_common" not in fields:
            return cause
        return replace(cause, how_common=fields["how_common"])

    def _check(self, problem: str, causes: tuple[str, ...], fields: Fields) -> Check | None:
        name = fields.get("fact") or fields.get("id")
        if name is None or fields.broken:
            return None
        place = fields.place("fact" if "fact" in fields else "id")
        shared = "answers" not in fields
        answers = fields.get("answers") or self.answers.get(str(name), ())
        if not answers:
            hint = nearest(name, self.answers)
            self.reader.error(place, f"check '{name}' has no answers{hint}", "add answers: with an id and if: for each")
            return None
        fact = self.result.facts.get(str(name))
        if fact is None:
            if "fact" not in fields and name not in self.reader.declared.get("fact", {}):
                self.reader.error(place, f"check '{name}' asks nothing", "add ask: with the question, or fact: with a fact")
            return None
        check = Check(str(fields.get("id") or name), str(name), self._bands(fact, answers, causes, shared))
        if ("check", problem, check.id) in self.reader.noted:
            self.reader.error(place, f"check '{check.id}' is there twice", "put its answers into one check")
        self.reader.noted["check", problem, check.id] = place
        return check

    def _bands(self, fact: Fact, answers: Iterable[Fields], causes: tuple[str, ...], shared: bool) -> tuple[Band, ...]:
        """The answers of a check; when it is shared, causes of its own problem are left out without a word."""
        bands: dict[str, Band] = {}
        for fields in answers:
            name = fields.get("id")
            if name is None or fields.broken or not self._fits(fact, fields):
                continue
            if name in bands:
                self.reader.error(name, f"answer '{name}' is there twice", "write another id")
            bands[str(name)] = Band(str(name), self._likelihood(fields, causes, shared), fields.get("when"))
        missing = [choice.id for choice in fact.choices if choice.id not in bands and {"yes", "no"} >= {choice.id, *bands}]
        return (*bands.values(), *(Band(name, {}) for name in missing))

    def _fits(self, fact: Fact, fields: Fields) -> bool:
        """Whether an answer is one the fact can have."""
        name = fields["id"]
        if "when" in fields:
            return True
        known = [choice.id for choice in fact.choices] or (["yes", "no"] if fact.type is FactType.YES_NO else [])
        if name in known:
            return True
        if known:
            instead = "write one of " + ", ".join(known)
            self.reader.error(name, f"'{name}' is no answer to {fact.id}{nearest(name, known)}", instead)
        else:
            self.reader.error(name, f"answer '{name}' does not say when it holds", f'add when: "{fact.id} < 12"')
        return False

    def _likelihood(self, fields: Fields, causes: tuple[str, ...], shared: bool) -> Mapping[str, Likely]:
        given: Mapping[Text, Likely] = fields.get("if", {})
        for name in () if shared else given:
            if name not in causes:
                self._strange(name, causes)
        return {str(name): likely for name, likely in given.items() if name in causes}

    def _strange(self, name: Text, causes: tuple[str, ...]) -> None:
        if name in self.reader.declared.get("cause", {}):
            instead = "add the cause to this problem, or delete it here"
            self.reader.warning(name, f"'{name}' is a cause of another problem and is ignored here", instead)
        else:
            instead = "write one of " + ", ".join(causes)
            self.reader.error(name, f"unknown cause '{name}'{nearest(name, causes)}", instead)


def _declare_broken(fields: Fields, reader: Reader) -> None:
    """A check that could not be read still has its name, so that no further error speaks of it."""
    name = fields.get("id")
    if fields.broken and isinstance(name, Text) and "fact" not in fields:
        reader.declare("fact", name)


def _without(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


def _both_answers(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """A question answered yes can also be answered no, and the other way round."""
    ids = {choice.id for choice in choices}
    if len(ids) == 1 and ids < {"yes", "no"}:
        other = "no" if "yes" in ids else "yes"
        return (*choices, Choice(other, other.capitalize(), (other,)))
    return choices
