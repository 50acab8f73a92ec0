"""The sorts of values a catalogue is made of: sentences, ids, numbers, words, formulas, references, lists, blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any

from bot.advice.formulas import FUNCTIONS, Formula, FormulaError, nearest
from bot.advice.units import UnitError, convert, parse_quantity
from bot.content.reader import Reader, Written, WrongError
from bot.content.values import Items, Text, Value

_QUOTES = "put double quotes around a text that begins with { or [ or holds a colon"


def text_of(value: Value, what: str = "a text") -> Text:
    """The scalar itself. Raises WrongError for anything else."""
    if not isinstance(value, Text):
        found = "a list" if isinstance(value, Items) else "a block"
        raise WrongError(value, f"{found} where {what} should be", _QUOTES)
    return value


@dataclass(frozen=True)
class Sentence:
    """Words for people; {facts} in it are checked."""

    lines: bool = False
    words: str = "text"

    def read(self, value: Value, reader: Reader) -> str:
        text = text_of(value)
        if "{" in text or "}" in text:
            reader.sentences.append(text)
        said = text.strip() if self.lines else " ".join(text.split())
        if not said:
            raise WrongError(value, "an empty text", "write it, or delete the line")
        return said

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True)
class Id:
    """The name by which other parts of the catalogue know a thing. `in_formulas`: it must be usable in formulas too."""

    in_formulas: bool = False
    words: str = "id"

    def read(self, value: Value, reader: Reader) -> Text:
        text = text_of(value, "an id")
        snake = re.sub(r"\W+", "_", text.casefold()).strip("_") or "an_id"
        allowed = r"[^\W\d]\w*" if self.in_formulas else r"\w[\w.-]*"
        if not re.fullmatch(allowed, text):
            raise WrongError(text, f"'{text}' is no id", f"write {snake if not snake[0].isdigit() else 'a_' + snake}")
        if self.in_formulas:
            _not_reserved(text)
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"]}


def _not_reserved(text: Text) -> None:
    try:
        usable = Formula(text).names == {text} and text not in FUNCTIONS
    except FormulaError:
        usable = False
    if not usable:
        raise WrongError(text, f"'{text}' already means something in formulas", f"write another id, such as {text}_1")


@dataclass(frozen=True)
class Number:
    """A number, with or without its unit; in `unit`, if that is set."""

    unit: str = ""
    least: float | None = 0.0
    most: float | None = None
    whole: bool = False

    @property
    def words(self) -> str:
        return f"number ({self.unit})" if self.unit else "number"

    def read(self, value: Value, reader: Reader) -> float:
        text = text_of(value, "a number")
        found = parse_quantity(text)
        if found is None:
            raise WrongError(text, f"'{text}' is no number", f"write one such as 12{' ' + self.unit if self.unit else ''}")
        number = self._in_unit(text, *found)
        if (self.least is not None and number < self.least) or (self.most is not None and number > self.most):
            raise WrongError(text, f"{text} is out of range", f"write a number {self._range()}")
        return round(number) if self.whole else number

    def _in_unit(self, text: Text, number: float, unit: str) -> float:
        if unit and not self.unit:
            raise WrongError(text, f"'{text}' has a unit where a plain number should be", f"write {number:g}")
        try:
            return convert(number, unit, self.unit)
        except UnitError:
            raise WrongError(text, f"'{text}' is not in {self.unit}", f"write {number:g} {self.unit}") from None

    def _range(self) -> str:
        if self.most is None:
            return f"of at least {self.least:g}"
        return f"from {self.least:g} to {self.most:g}"

    def schema(self) -> dict[str, Any]:
        return {"type": ["number", "string"]}


@dataclass(frozen=True)
class YesNo:
    """Yes or no."""

    words: str = "yes / no"

    def read(self, value: Value, reader: Reader) -> bool:
        text = text_of(value, "yes or no")
        truth = truth_of(text)
        if truth is None:
            raise WrongError(text, f"'{text}' is neither yes nor no", "write yes or no")
        return truth

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no"]}]}


def truth_of(text: Text) -> bool | None:
    """The truth a plain word stands for, None when it stands for none."""
    word = text.casefold()
    return True if word in ("yes", "true", "on") else False if word in ("no", "false", "off") else None


@dataclass(frozen=True)
class Word:
    """One of a few words; capitals, underscores and hyphens do not matter."""

    among: type[Enum]
    meant: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Other words an author may use, and what to write instead of each."""
    taken: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Other words that are taken as one of these."""

    @property
    def words(self) -> str:
        return " / ".join(str(one.value) for one in self.among)

    def read(self, value: Value, reader: Reader) -> Any:
        text = text_of(value, "a word")
        words = _by_word(self.among)
        found = words.get(text) or words.get(self.taken.get(_plain(text), _plain(text)))
        if found is not None:
            return found
        known = [str(one.value) for one in self.among]
        meant = self.meant.get(_plain(text), "")
        instead = meant or (nearest(_plain(text), known).split("'")[1:2] or ["one of " + ", ".join(known)])[0]
        raise WrongError(text, f"'{text}' is none of the words known here", f"write {instead}")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "examples": [str(one.value) for one in self.among], "pattern": self._pattern()}

    def _pattern(self) -> str:
        """Takes each word in any case, with spaces, underscores or hyphens."""
        words = [*(_plain(one.value) for one in self.among), *self.taken]
        spelled = ["".join(f"[{c.upper()}{c}]" if c.isalpha() else "[ _/-]+" for c in word) for word in words]
        return f"^\\s*({'|'.join(spelled)})\\s*$"


@lru_cache
def _by_word(among: type[Enum]) -> Mapping[str, Enum]:
    return {word: one for one in among for word in (str(one.value), _plain(one.value))}


def _plain(word: object) -> str:
    return re.sub(r"[\s_/-]+", " ", str(word).strip().casefold())


@dataclass(frozen=True)
class FormulaOf:
    """A formula over facts; `role` says what it decides."""

    role: str
    words: str = "formula"

    def read(self, value: Value, reader: Reader) -> Formula:
        text = text_of(value, "a formula")
        try:
            formula = Formula(str(text))
        except FormulaError as error:
            raise WrongError(text, error.message, column=column_in(text, error.column)) from None
        reader.formulas.append(Written(formula, text, self.role))
        return formula

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"]}


def column_in(text: Text, column: int) -> int:
    """The column in the file of a column in a text of one line."""
    return text.column + column - (1 if text.plain else 0)
