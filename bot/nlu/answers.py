"""Reading facts out of a message: the answer to the open question first, then whatever else it tells in passing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.advice.catalogue import Catalogue, Fact, FactType
from bot.advice.diagnosis import likelihoods
from bot.advice.dossier import Ask, Dossier
from bot.advice.heard import Act, Heard, Polarity, Told
from bot.advice.units import UnitError, convert
from bot.nlu.affairs import Key, best_matches, texts_of
from bot.nlu.answer_ranker import AnswerRanker
from bot.nlu.quantities import Quantity
from bot.nlu.reading import Reading
from bot.nlu.spelling import Matching, Speller
from bot.nlu.units import MEASURED

SURE = 0.45
"""How probable the best answer to the open question must be."""

AHEAD = 0.12
"""How far it must lie ahead of the next."""

ANOTHER_PROBLEM = 0.8
"""How surely words must tell of another problem not to count as the answer."""

CORRECTED = 0.5
"""The same for one that corrects what was said before."""

VOLUNTEERED = 0.7
"""How probable an answer to a question that was not asked must be."""

NEAREST = 0.4
"""And how sure that of everything the catalogue holds, the words mean this."""

FEWEST_WORDS = 4
"""In fewer words nobody answers what was not asked."""


class AnswerReader:
    """Turns words into values of facts."""

    def __init__(self, catalogue: Catalogue, index: Matching[Key], speller: Speller, ranker: AnswerRanker) -> None:
        self._catalogue = catalogue
        self._index = index
        self._ranker = ranker
        self._speller = speller

    def told(self, reading: Reading, heard: Heard, dossier: Dossier) -> tuple[Told, ...]:
        """Every fact the message gives a value for, at most one value each; the open question's comes first."""
        found: dict[str, Told] = {}
        asked = self._asked(dossier)
        if asked is not None and (told := self._answer(asked, reading, heard, dossier)):
            found[asked.id] = told
        if not (asked is not None and asked.id in found and reading.bare):
            for told in self._in_passing(reading, heard, dossier, asked):
                found.setdefault(told.fact, told)
        return tuple(found.values())

    def _asked(self, dossier: Dossier) -> Fact | None:
        question = dossier.open
        if question is None or question.ask is not Ask.FACT:
            return None
        return self._catalogue.facts.get(question.key)

    def _answer(self, fact: Fact, reading: Reading, heard: Heard, dossier: Dossier) -> Told | None:
        if fact.type is FactType.CHOICE:
            told = self._choice(fact, reading, SURE)
            return None if told is not None and _tells_of_another(told, heard, dossier) else told
        if fact.type is FactType.NUMBER:
            return _number(fact, reading)
        if fact.type is FactType.YES_NO:
            return _yes_no(fact, reading)
        if heard.does(Act.DOES_NOT_KNOW, Act.DECLINES) or not heard.does(Act.INFORMS, Act.AFFIRMS, Act.CORRECTS):
            return None
        return Told(fact.id, reading.text, reading.text)

    def _choice(self, fact: Fact, reading: Reading, least: float) -> Told | None:
        by_word = _spelt_out(fact, reading.text) or _spelt_out(fact, self._speller(reading.text))
        if by_word:
            return Told(fact.id, by_word, reading.text)
        ids = [choice.id for choice in fact.choices]
        said = {Polarity.YES: "yes", Polarity.NO: "no"}.get(reading.polarity, "") or _at_the_end(reading.text)
        if said in ids and (reading.bare or len(ids) == 2):
            return Told(fact.id, said, reading.text)
        if reading.polarity is Polarity.UNSURE and reading.bare:
            return None
        found = self._ranker.rank(fact, self._spelt(texts_of(reading)))
        ahead = found[0][1] - (found[1][1] if len(found) > 1 else 0.0) if found else 0.0
        if not found or found[0][1] < least or ahead < AHEAD:
            return None
        return Told(fact.id, found[0][0], reading.text, found[0][1])

    def _spelt(self, texts: list[str]) -> list[str]:
        return [self._speller(text) for text in texts]

    def _in_passing(self, reading: Reading, heard: Heard, dossier: Dossier, asked: Fact | None) -> Iterator[Told]:
        if heard.acts and all(act.value.startswith("asks_") or act in _TELLS_NOTHING for act in heard.acts):
            return
        corrects = _puts_right(heard, dossier)
        facts = [fact for fact in self._relevant(dossier, heard) if fact != asked and (corrects or fact.id not in dossier.facts)]
        yield from (told for fact in facts if (told := _named_outright(fact, reading.text)))
        if heard.does(Act.CORRECTS) and (told := self._put_right(facts, reading, dossier)):
            yield told
        yield from self._volunteered(facts, reading, heard, dossier)
        for fact in facts:
            if fact.type is FactType.NUMBER and (told := _number_in_passing(fact, reading, dossier, corrects)):
                yield told

    def _put_right(self, facts: list[Fact], reading: Reading, dossier: Dossier) -> Told | None:
        """The answer given before that the words put right ("sorry, I meant it grinds, not hums"): the surest other choice."""
        said = self._speller(_INSTEAD_OF.sub("", _MEANT.sub("", reading.text)))
        found = []
        for fact in facts:
            known = dossier.facts.get(fact.id)
            if known is not None and fact.type is FactType.CHOICE and (ranked := self._ranker.rank(fact, [said])):
                ahead = ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0.0)
                if ranked[0][1] >= CORRECTED and ahead >= AHEAD and ranked[0][0] != known.value:
                    found.append(Told(fact.id, ranked[0][0], reading.text, ranked[0][1]))
        return max(found, key=lambda told: told.confidence, default=None)

    def _volunteered(self, facts: list[Fact], reading: Reading, heard: Heard, dossier: Dossier) -> Iterator[Told]:
        """Choices told without being asked: a stretch of the message that means one of them better than any other, and
        better than the problem itself; never by a bare yes or no, nor for a yes/no question, which a negation turns round.
        """
        chosen = [fact for fact in facts if fact.type is FactType.CHOICE and not _is_yes_no(fact)]
        if reading.bare or not chosen:
            return
        answers = {("answer", fact.id, choice.id) for fact in chosen for choice in fact.choices}
        problems = {("problem", match.id) for match in heard.problems[:3]}
        if dossier.concern is not None and dossier.concern.problem:
            problems.add(("problem", dossier.concern.problem))
        keys = frozenset(answers | problems)
        least = CORRECTED if _puts_right(heard, dossier) else VOLUNTEERED
        texts = texts_of(reading)
        for text in texts:
            best = best_matches(self._index, [text], keys, 1)
            if best and best[0].key in answers and best[0].score >= NEAREST and len(text.split()) >= FEWEST_WORDS:
                _, fact, choice = best[0].key
                likeliest, probability = self._ranker.rank(self._catalogue.facts[fact], self._spelt(texts))[0]
                if likeliest == choice and probability >= least and not self._belies(fact, choice, heard):
                    yield Told(fact, choice, text, probability)

    def _belies(self, fact: str, choice: str, heard: Heard) -> bool:
        """Whether an answer nobody asked for would be unlikely under the very cause the same words name."""
        cause = heard.causes[0].id if heard.causes else ""
        problems = [problem for problem in self._catalogue.problems.values() if any(each.id == cause for each in problem.causes)]
        for check in (check for problem in problems for check in problem.checks if check.fact == fact):
            table = likelihoods(check, (cause,))
            return choice in table and table[choice][cause] < 1 / (2 * len(table))
        return False

    def _relevant(self, dossier: Dossier, heard: Heard) -> Iterator[Fact]:
        """The facts that matter to the concern, or to the problem this message most likely tells of; and the company's limits."""
        concern = dossier.concern
        id = (concern.problem if concern is not None else "") or (heard.problems[0].id if heard.problems else "")
        problem = self._catalogue.problems.get(id)
        names = {check.fact: None for check in problem.checks} if problem is not None else {}
        for cause in problem.causes if problem is not None else ():
            for remedy in self._catalogue.remedies_by_cause.get(cause.id, ()):
                for condition in remedy.conditions:
                    names.update(dict.fromkeys(sorted(condition.needs.names)))
        for limit in self._catalogue.company.limits:
            names.update(dict.fromkeys(sorted(limit.holds.names)))
        names.update(dict.fromkeys(dossier.facts))
        return (fact for fact in self._leaves(names) if fact.formula is None)

    def _leaves(self, names: dict[str, None]) -> Iterator[Fact]:
        """The facts themselves and, for derived ones, those their formulas are made of."""
        seen: set[str] = set()
        todo = list(names)
        while todo:
            fact = self._catalogue.facts.get(todo.pop(0))
            if fact is None or fact.id in seen:
                continue
            seen.add(fact.id)
            yield fact
            todo += sorted(fact.formula.names) if fact.formula is not None else []


def _puts_right(heard: Heard, dossier: Dossier) -> bool:
    """Whether the message may change what was told before: a correction, or the reason against a read-back or advice."""
    asked = dossier.open.ask if dossier.open is not None else None
    return heard.does(Act.CORRECTS) or (asked in (Ask.READ_BACK, Ask.ADVICE) and heard.does(Act.REJECTS, Act.DENIES))


def _tells_of_another(told: Told, heard: Heard, dossier: Dossier) -> bool:
    """Whether the words mean a danger, or a problem of their own, more surely than the answer they were taken for."""
    if heard.dangers and heard.dangers[0].score > told.confidence:
        return True
    best = heard.problems[0] if heard.problems else None
    current = dossier.concern.problem if dossier.concern is not None else ""
    names_one = heard.does(Act.REPORTS_PROBLEM, Act.STATES_NEED)
    return best is not None and best.id != current and names_one and best.score > max(told.confidence, ANOTHER_PROBLEM)


_INSTEAD_OF = re.compile(r"[,;]?\s*(?:and |but )?\b(?:not|instead of|rather than)\b[^,.;!?]*", re.IGNORECASE)
_MEANT = re.compile(
    r"^\W*(?:(?:sorry|oops|wait|no|actually|correction|my mistake|i was wrong)\b\W*)*"
    r"(?:(?:i (?:meant?|mis\w+)|make that|it'?s|that'?s)\b\W*)?",
    re.IGNORECASE,
)
"""What a correction says around the thing put right."""


def _at_the_end(text: str) -> str:
    """A yes or no that closes a reply ("the water is soft here, so no"); empty when there is none."""
    found = _CLOSING.search(text)
    return "" if found is None else "no" if found[1].lower().startswith("n") else "yes"


_CLOSING = re.compile(r"[,;.]?\s(?:so|then|therefore|hence)\s+(no|nope|not|yes|yeah|yep)\W*$", re.IGNORECASE)


def _named_outright(fact: Fact, text: str) -> Told | None:
    """Where the customer is, said in so many words ("we're in France"): it may be all there is to say."""
    if not fact.from_customer:
        return None
    for choice in fact.choices:
        names = "|".join(re.escape(re.sub(r"^(?:in|near) ", "", phrase)) for phrase in (choice.label, *choice.said_as))
        if re.search(rf"{_BEING_SOMEWHERE}[^.?!]{{0,30}}\bin (?:the )?(?:{names})\b", text, re.IGNORECASE):
            return Told(fact.id, choice.id, text, 0.9)
    return None


_TELLS_NOTHING = frozenset(
    {Act.GREET, Act.THANK, Act.LEAVE, Act.INSULTS, Act.SMALL_TALK, Act.ALLOWS_RECORDING, Act.REFUSES_RECORDING}
)
"""Acts that give no fact away, whatever their words resemble; nor does a question of the customer's."""

_BEING_SOMEWHERE = r"\b(?:we(?:'re| are)?|our \w+|based|located|here)\b"


def _is_yes_no(fact: Fact) -> bool:
    return {choice.id for choice in fact.choices} == {"yes", "no"}


def _spelt_out(fact: Fact, text: str) -> str:
    """The choice whose label or phrasing is the text, letter for letter or nearly; empty when none is."""
    plain = _plain(text)
    plain = "i do" if plain in _MYSELF else plain
    for choice in fact.choices:
        if plain in {_plain(choice.label), _plain(choice.id), *(_plain(phrase) for phrase in choice.said_as)}:
            return choice.id
    return ""


_MYSELF = ("me", "i", "myself", "i am", "only me", "just me", "me myself")
"""Ways to say "I do"."""


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _number(fact: Fact, reading: Reading) -> Told | None:
    """The first quantity that fits the fact's unit, else the first bare number."""
    fitting = [(value, quantity) for quantity in reading.quantities if (value := _in_unit(quantity, fact.unit)) is not None]
    if not fitting:
        return None
    value, quantity = fitting[0]
    return Told(fact.id, value, reading.text, 0.9 if quantity.approximate else 1.0)


def _number_in_passing(fact: Fact, reading: Reading, dossier: Dossier, corrects: bool) -> Told | None:
    """A number told without being asked counts when its unit names the fact, or when it corrects the last one told."""
    for quantity in reading.quantities:
        if quantity.unit and any(_names_unit(quantity.unit, name) for name in _counted(fact)):
            return Told(fact.id, (quantity.value + quantity.upper) / 2, reading.text, 0.8)
    last = next((name for name in reversed(list(dossier.facts)) if _is_number(dossier, name)), "")
    if corrects and fact.id == last and reading.quantities:
        return _number(fact, reading)
    return None


def _is_number(dossier: Dossier, name: str) -> bool:
    value = dossier.facts[name].value
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _counted(fact: Fact) -> tuple[str, ...]:
    """What a number's fact counts: its unit, and the last word of the other names customers have for it."""
    return (fact.unit, *(phrase.split()[-1] for phrase in fact.said_as if phrase.strip()))


def _names_unit(said: str, unit: str) -> bool:
    """Whether the customer named the very thing the fact counts ("80 rooms"), which a mere "kg" or "%" does not."""
    singular = said.casefold().rstrip("s")
    return len(singular) > 3 and bool(unit) and unit.split("/", maxsplit=1)[0].casefold().rstrip("s") == singular


def _in_unit(quantity: Quantity, unit: str) -> float | None:
    """The middle of the amount in the fact's unit; None when it measures something else ("2 hours" for kilos)."""
    value = (quantity.value + quantity.upper) / 2
    if not quantity.unit or not unit or _names_unit(quantity.unit, unit):
        return value
    for said in (f"{quantity.unit}/{quantity.per}" if quantity.per else quantity.unit, quantity.unit):
        try:
            return convert(value, said, unit.split("/", maxsplit=1)[0] if "/" not in said else unit)
        except UnitError:
            continue
    return None if quantity.is_duration or quantity.is_money or quantity.unit in MEASURED else value


def _yes_no(fact: Fact, reading: Reading) -> Told | None:
    if reading.polarity is Polarity.YES:
        return Told(fact.id, True, reading.text)
    if reading.polarity is Polarity.NO:
        return Told(fact.id, False, reading.text)
    return None
