"""What a message is about: the problems, outcomes, causes, dangers and rumours of the catalogue it seems to mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Dossier
from bot.advice.heard import CellName, Match
from bot.nlu.alarm import sounds_alarmed
from bot.nlu.asides import tells_of_more
from bot.nlu.harm import Harm, harms_in
from bot.nlu.reading import Reading
from bot.nlu.spelling import Matching, Ranking

Key = tuple[str, ...]
"""What a phrase of the catalogue stands for: its kind, then ids, such as ("answer", fact, choice)."""

KINDS = ("problem", "outcome", "danger", "not_ours", "hearsay")
CANDIDATES = 8
MOST_CLAUSES = 5
PICKED = 0.15
MOST_WORDS_OF_A_PLACE = 4
LEAST_WORDS = 3
CLEAR = 0.45
SURE_OF_ANOTHER = 0.85
WORTH_A_LOOK = 0.4
POSSIBLE = 0.15
CLOSE = 0.9
TELLS_OF_DANGER = 0.7
PLAINLY_HARMFUL = 0.9
HOPED_FOR = 0.65
_MATCHED = KINDS[1:]
_RARE = ("not_ours", "hearsay")
SURE_OF_REMEDY = 0.55
SURE_OF_CAUSE = 0.6
_NAMED_KIND = 1.5
_OTHER_KIND = 0.5
_NEED_SHARED = 2.0


@dataclass(frozen=True)
class Hit:
    """A key a message may mean, how probably, and the words that mean it."""

    key: Key
    score: float
    text: str


@dataclass(frozen=True)
class About:
    """What a message seems to be about, best first, with calibrated scores."""

    problems: tuple[Match, ...] = ()
    outcomes: tuple[Match, ...] = ()
    causes: tuple[Match, ...] = ()
    dangers: tuple[Match, ...] = ()
    not_ours: tuple[Match, ...] = ()
    hearsay: tuple[Match, ...] = ()
    besides: tuple[Match, ...] = ()
    remedy: str = ""


def phrases_of(catalogue: Catalogue) -> Iterator[tuple[Key, str]]:
    """Every phrasing of the catalogue with the key it stands for: ("problem", id), ("answer", fact, choice) and so on."""
    yield from _of_affairs(catalogue)
    for other in catalogue.company.not_ours:
        yield from _keyed(("not_ours", other.id), other.said_as)
    for rumour in catalogue.company.hearsay:
        yield from _keyed(("hearsay", rumour.id), rumour.said_as)
    for remedy in catalogue.remedies.values():
        yield from _keyed(("remedy", remedy.id), (remedy.title,))
        yield from ((("not_expect", remedy.id, sentence), sentence) for sentence in remedy.not_expect)
    for fact in catalogue.facts.values():
        for choice in fact.choices:
            yield from _keyed(("answer", fact.id, choice.id), (choice.label, *choice.said_as))


def _of_affairs(catalogue: Catalogue) -> Iterator[tuple[Key, str]]:
    for problem in catalogue.problems.values():
        yield from _keyed(("problem", problem.id), (problem.name, *problem.said_as))
    for outcome in catalogue.outcomes.values():
        yield from _keyed(("outcome", outcome.id), (outcome.want, *outcome.said_as))
    for cause in catalogue.causes.values():
        yield from _keyed(("cause", cause.id), (cause.name, *cause.said_as))
        if cause.danger is not None:
            yield from _keyed(("danger", cause.danger.id), cause.danger.signs)
    for danger in catalogue.dangers.values():
        yield from _keyed(("danger", danger.id), danger.signs)


def _keyed(key: Key, phrases: Iterable[str]) -> Iterator[tuple[Key, str]]:
    return ((key, phrase) for phrase in phrases if phrase.strip())


class Affairs:
    """Finds what a message is about, in the light of what is already known."""

    def __init__(self, catalogue: Catalogue, index: Matching[Key], ranker: Ranking) -> None:
        self._catalogue = catalogue
        self._index = index
        self._ranker = ranker
        keys = dict.fromkeys(key for key, _ in phrases_of(catalogue))
        self._keys = {kind: frozenset(key for key in keys if key[0] == kind) for kind in _MATCHED}
        self._endangered = _endangered(catalogue)
        self._of_any_problem = frozenset(("danger", id) for id in catalogue.dangers if id not in self._endangered)
        self._disclaimers = frozenset(key for key in keys if key[0] == "not_expect")

    def find(self, reading: Reading, dossier: Dossier, kinds: set[str], wanted: set[str]) -> About:
        """Everything the message may be about; problems are weighed by the kinds of thing named and the need known.

        `wanted` are kinds that are only asked for: what troubles a customer need not be about the thing they ask for.
        """
        texts = texts_of(reading)
        by_kind = {kind: best_matches(self._index, texts, self._keys[kind], CANDIDATES) for kind in _MATCHED}
        trouble = _told_beside_a_request(reading) or self._told_apart(reading, dossier)
        ranked = self._troubles(trouble or texts, reading, dossier, kinds | wanted if reading.has(*_TELLS) else set())
        by_kind["problem"] = [Hit(("problem", match.id), match.score, match.quote) for match in ranked]
        dangers = self._dangers(texts, by_kind, reading.text)
        problems = self._besides_danger(self._weighed(ranked, dossier, kinds, wanted), dangers, reading)
        rivals = self._against(texts, by_kind)
        besides = self._besides(_parts(trouble or texts), problems, CLEAR if tells_of_more(reading.text) else SURE_OF_ANOTHER)
        if besides and problems:
            problems = (replace(problems[0], quote=self._words_for(problems[0], _parts(trouble or texts))), *problems[1:])
        return About(
            problems=problems,
            outcomes=_matches(by_kind["outcome"]),
            dangers=_matches(dangers),
            not_ours=_matches(rivals["not_ours"]),
            hearsay=_matches(rivals["hearsay"]),
            causes=self._causes(texts, dossier, problems),
            besides=besides,
            remedy=self._remedy(texts, dossier),
        )

    def _troubles(self, texts: list[str], reading: Reading, dossier: Dossier, kinds: set[str]) -> list[Match]:
        """The problems the words may tell of; where they alone leave it open, with the thing they speak of named."""
        quote = _stretch(texts, reading.text)
        plain = self._ranked([" ".join(texts), *texts] if reading.text not in texts else texts)
        named = _with_request(texts, dossier)
        unnamed = [each for kind in sorted(kinds) if (each := kind.replace("_", " ")) not in reading.text.casefold()]
        tried = [named] if named is not texts else [[f"{each}: {quote}", *texts] for each in unnamed[:2]]
        if (more := _told_besides(texts, reading)) and _best(plain) < CLEAR:
            tried.append([" ".join(more), *more])
        found = [plain, *(self._ranked(each) for each in tried if _best(plain) < CLEAR)]
        return [replace(match, quote=quote) for match in max(found, key=_best)]

    def _told_apart(self, reading: Reading, dossier: Dossier) -> list[str]:
        """The clauses that tell of the trouble, where the others only ask for a thing, or deny the trouble it was taken for:
        "we open a second shop, so I need another oven", "no, the pressure is fine, it's the noise".
        """
        clauses = [clause.text for clause in reading.clauses]
        denied = dossier.concern.problem if dossier.concern is not None and reading.has("corrects", "denies") else ""
        if denied:
            ranked = {text: self._ranker.rank([text], 1) for text in clauses}
            return [text for text, best in ranked.items() if best and best[0].problem != denied and best[0].probability >= POSSIBLE]
        telling = [text for text in clauses if not _ASKS_FOR.search(text) and len(text.split()) >= LEAST_WORDS]
        asks = reading.has("wants_product", "insists_quote", "asks_price") and any(_ASKS_FOR.search(text) for text in clauses)
        return telling if asks else []

    def _words_for(self, match: Match, parts: list[str]) -> str:
        """The part of the message that tells of this problem, where another part tells of another."""
        sure = {
            part: next((one.probability for one in self._ranker.rank([part], 3) if one.problem == match.id), 0.0) for part in parts
        }
        best = max(sure, key=lambda part: sure[part], default="")
        return best if best and sure[best] >= WORTH_A_LOOK else match.quote

    def _ranked(self, texts: list[str]) -> list[Match]:
        """The problems the words may tell of, each with the clause that tells it where one alone does."""
        found = self._ranker.rank(texts, CANDIDATES)
        return [Match(each.problem, each.probability, texts[0]) for each in found]

    def _besides(self, clauses: list[str], problems: tuple[Match, ...], least: float) -> tuple[Match, ...]:
        """Problems that one clause tells of, at least so surely, although the whole message is about another."""
        first = problems[0].id if problems else ""
        found = {}
        for text in clauses:
            if len(text.split()) >= LEAST_WORDS:
                best = self._ranker.rank([text], 1)
                if best and best[0].problem != first and best[0].probability >= least:
                    found[best[0].problem] = Match(best[0].problem, best[0].probability, text)
        return tuple(found.values())

    def _against(self, texts: list[str], by_kind: dict[str, list[Hit]]) -> dict[str, list[Hit]]:
        """Rumours and things not done, judged against the problems and outcomes the same words may mean."""
        likely = [hit.key for kind in ("problem", "outcome") for hit in by_kind[kind][:3]]
        rare = [hit.key for kind in _RARE for hit in by_kind[kind] if hit.score >= WORTH_A_LOOK]
        found = best_matches(self._index, texts, frozenset((*likely, *rare)), len(likely) + len(rare)) if rare else []
        return {kind: [hit for hit in found if hit.key[0] == kind] for kind in _RARE}

    def _dangers(self, texts: list[str], by_kind: dict[str, list[Hit]], whole: str) -> list[Hit]:
        """Dangers, judged against what else the same words may mean, but not against the problem they are a cause of."""
        likely = [hit.key for kind in ("problem", "outcome") for hit in by_kind[kind][:3]]
        found = []
        for danger in (hit.key for hit in by_kind["danger"] if hit.score >= WORTH_A_LOOK):
            others = frozenset(key for key in likely if key not in self._endangered.get(danger[1], ()))
            judged = best_matches(self._index, texts, others | {danger}, len(others) + 1)
            found += [hit for hit in judged if hit.key == danger and (hit.score >= CLOSE or sounds_alarmed(hit.text))]
        if harms := harms_in(whole):
            told = {hit.key for hit in by_kind["problem"] if hit.score >= POSSIBLE}
            found = [hit for hit in found if self._is_near(hit.key, told)] or [self._harmful(harm, whole) for harm in harms]
        return sorted(found, key=lambda hit: -hit.score)

    def _is_near(self, danger: Key, told: set[Key]) -> bool:
        """Whether a danger may be the one told of: one of any problem, or of a problem that the words may tell of."""
        return danger in self._of_any_problem or not told.isdisjoint(self._endangered.get(danger[1], ()))

    def _harmful(self, harm: Harm, whole: str) -> Hit:
        """A harm told of in everyday words: what the catalogue says of it whatever the problem is, else what everyone knows."""
        known = best_matches(self._index, [harm.plainly], self._of_any_problem, 1)
        listed = known and known[0].score >= TELLS_OF_DANGER
        return Hit(known[0].key if listed else ("danger", harm.id), PLAINLY_HARMFUL, whole)

    def _besides_danger(self, problems: tuple[Match, ...], dangers: list[Hit], reading: Reading) -> tuple[Match, ...]:
        """Problems that more than the words of a danger tell of: a burning smell is no smelly linen."""
        danger = dangers[0] if dangers else None
        if danger is None or danger.score < TELLS_OF_DANGER or danger.text not in (reading.text, *texts_of(reading)[:1]):
            return problems
        own = {key[1] for key in self._endangered.get(danger.key[1], ())}
        return tuple(match for match in problems if match.id in own or match.score > danger.score)

    def hoped_for(self, reading: Reading, remedy: str) -> str:
        """What the remedy is said not to do and the message hopes for all the same; empty when it hopes for no such thing."""
        found = best_matches(self._index, texts_of(reading), self._disclaimers, 1)
        return found[0].key[2] if found and found[0].key[1] == remedy and found[0].score >= HOPED_FOR else ""

    def among(self, reading: Reading, problems: list[str]) -> Match | None:
        """Which of these problems the message picks, if it clearly picks one; also by place ("the second one")."""
        real = [id for id in problems if id in self._catalogue.problems]
        place = _ordinal(reading.text)
        if place is not None and -len(real) <= place < len(real):
            return Match(real[place], 1.0, reading.text)
        found = best_matches(self._index, texts_of(reading), frozenset(("problem", id) for id in real), 2)
        ahead = found[0].score - (found[1].score if len(found) > 1 else 0.0) if found else 0.0
        return Match(found[0].key[1], found[0].score, reading.text) if ahead >= PICKED else None

    def _weighed(self, found: list[Match], dossier: Dossier, kinds: set[str], wanted: set[str]) -> tuple[Match, ...]:
        concern = dossier.concern
        earlier = wanted | set(concern.kinds if concern is not None and not concern.problem else ())
        need = concern.need if concern is not None and not concern.problem else ""
        scored = []
        for match in found:
            problem = self._catalogue.problems[match.id]
            factor = _NEED_SHARED if need and need in problem.outcomes else 1.0
            if problem.about and (kinds | earlier) & set(problem.about):
                factor *= _NAMED_KIND
            elif problem.about and kinds:
                factor *= _OTHER_KIND
            scored.append(replace(match, score=_factored(match.score, factor)))
        return tuple(sorted(scored, key=lambda match: -match.score)[:CANDIDATES])

    def _causes(self, texts: list[str], dossier: Dossier, problems: tuple[Match, ...]) -> tuple[Match, ...]:
        id = (dossier.concern.problem if dossier.concern is not None else "") or (problems[0].id if problems else "")
        if id not in self._catalogue.problems:
            return ()
        causes = frozenset(("cause", cause.id) for cause in self._catalogue.problems[id].causes)
        telling = [text for text in texts if self._tells_cause(text, causes, ("problem", id))]
        found = best_matches(self._index, telling, causes, 3)
        return tuple(Match(match.key[1], match.score, match.text) for match in found if match.score >= SURE_OF_CAUSE)

    def _tells_cause(self, text: str, causes: frozenset[Key], problem: Key) -> bool:
        """Whether the words mean a cause rather than the problem itself: "there is no certificate" tells not why."""
        found = self._index.match(text, causes | {problem}, 1)
        return bool(found) and found[0].key in causes

    def _remedy(self, texts: list[str], dossier: Dossier) -> str:
        concern = dossier.concern
        if concern is None or not concern.advised or not concern.problem:
            return ""
        causes = self._catalogue.problems[concern.problem].causes
        remedies = {remedy.id for cause in causes for remedy in self._catalogue.remedies_by_cause.get(cause.id, ())}
        found = best_matches(self._index, texts, frozenset(("remedy", id) for id in remedies), 1)
        sure = bool(found) and found[0].score >= SURE_OF_REMEDY
        return found[0].key[1] if sure and _share_a_word(found[0].text, self._catalogue.remedy(found[0].key[1]).title) else ""


def _best(found: list[Match]) -> float:
    return found[0].score if found else 0.0


def _stretch(texts: list[str], whole: str) -> str:
    """The customer's own words from the first to the last of these, or only the longest where much lies between."""
    places = [(whole.find(text), whole.find(text) + len(text)) for text in texts if text in whole]
    if not places:
        return texts[0]
    stretch = whole[min(start for start, _ in places) : max(end for _, end in places)]
    return stretch if len(stretch) <= sum(len(text) for text in texts) + _LINK else max(texts, key=len)


_LINK = 20
"""How many characters may lie between clauses that are read back as one."""


def _parts(texts: list[str]) -> list[str]:
    """The clauses, and what is joined within them by "and": each may tell of something else."""
    cut = [part.strip(" ,.;!") for text in texts for part in _JOINT.split(text)]
    return list(dict.fromkeys(part for part in (*cut, *texts[1:]) if len(part.split()) >= LEAST_WORDS))


_JOINT = re.compile(r"[.;!?]\s+|,?\s+(?:and also|and|also|plus|as well as|besides)\s+(?:also\s+)?", re.IGNORECASE)


def _factored(probability: float, factor: float) -> float:
    """A probability whose odds are multiplied by `factor`."""
    odds = factor * probability / max(1e-9, 1.0 - probability)
    return odds / (1.0 + odds)


def _told_beside_a_request(reading: Reading) -> list[str]:
    """The clauses that tell what is wrong or wanted where another asks for a product: the product is not the trouble."""
    asked = [act.text for act in reading.acts if act.name in ("wants_product", "insists_quote")]
    if not any(_ASKS_FOR.search(text) for text in asked):
        return []
    told = [act.text for act in reading.acts if act.name in _TELLS_OF_TROUBLE and act.text != reading.text]
    return sorted(told, key=reading.text.find)


def _told_besides(trouble: list[str], reading: Reading) -> list[str]:
    """The clauses of trouble and those that merely inform, in order; empty where nothing is added."""
    told = {*trouble, *(act.text for act in reading.acts if act.name == "informs")} - {reading.text}
    return sorted(told, key=reading.text.find) if reading.text not in trouble and len(told) > len(trouble) else []


def _with_request(texts: list[str], dossier: Dossier) -> list[str]:
    """The texts, after what was asked for where they speak of it by a mere "they" or "it"."""
    concern = dossier.concern
    request = concern.quote(CellName.REQUEST) if concern is not None and not concern.problem else ""
    return [f"{request}: {texts[0]}", *texts] if request and _SPEAKS_OF_IT.match(texts[0]) else texts


_SPEAKS_OF_IT = re.compile(
    r"\W*(?:(?:because|cause|cos|well|since|so|as|and|but)\W+)*(?:they|it|it's|its|they're|that|these|those|this)\b", re.IGNORECASE
)
_ASKS_FOR = re.compile(
    r"\b(?:need\w*|want\w*|quot\w*|buy\w*|order\w*|looking for|price\w*|offer|get|like|purchas\w*|new|more|another|replac\w*|extra"
    r"|upgrad\w*|rent\w*|leas\w*|interested|invest\w*|send|sell|have you|do you)\b",
    re.IGNORECASE,
)
"""How a thing is asked for; without any of it, a sentence that names things tells of them."""
_TELLS = ("reports_problem", "states_need", "gives_reason", "informs", "complains")
_TELLS_OF_TROUBLE = ("reports_problem", "states_need", "gives_reason")


def _endangered(catalogue: Catalogue) -> dict[str, set[Key]]:
    """For each danger of a cause, the problems it may lie behind and their outcomes."""
    found: dict[str, set[Key]] = {}
    for problem in catalogue.problems.values():
        for cause in problem.causes:
            danger = catalogue.causes[cause.id].danger
            if danger is not None:
                outcomes = {("outcome", outcome) for outcome in problem.outcomes}
                found.setdefault(danger.id, set()).update({("problem", problem.id), *outcomes})
    return found


def _share_a_word(text: str, title: str) -> bool:
    """Whether a telling word stands in both: "yes, let us do that" names no remedy, however its title begins."""
    words = (set(re.findall(r"[a-z0-9]{4,}", each.casefold())) for each in (text, title))
    return bool(set.intersection(*words) - _TELL_NOTHING)


_TELL_NOTHING = frozenset({"that", "this", "lets", "with", "your", "have", "then", "from", "what", "they", "will", "please"})


def texts_of(reading: Reading) -> list[str]:
    """The whole message and its longest clauses, once each."""
    clauses = sorted((clause.text for clause in reading.clauses), key=len, reverse=True)[:MOST_CLAUSES]
    return list(dict.fromkeys((reading.text, *clauses)))


def best_matches(index: Matching[Key], texts: list[str], keys: frozenset[Key], k: int) -> list[Hit]:
    """The k likeliest of `keys`, each by whichever of the texts means it most surely."""
    best: dict[Key, Hit] = {}
    for text in texts:
        for match in index.match(text, keys, k) if keys else ():
            if match.key not in best or best[match.key].score < match.score:
                best[match.key] = Hit(match.key, match.score, text)
    return sorted(best.values(), key=lambda hit: -hit.score)[:k]


def _matches(found: list[Hit]) -> tuple[Match, ...]:
    return tuple(Match(match.key[1], match.score, match.text) for match in found)


_ORDINALS = {
    "first": 0,
    "1": 0,
    "one": 0,
    "second": 1,
    "2": 1,
    "two": 1,
    "third": 2,
    "3": 2,
    "fourth": 3,
    "4": 3,
    "last": -1,
}


def _ordinal(text: str) -> int | None:
    words = re.findall(r"\w+", text.casefold().replace("the ", "").replace(" one", ""))
    places = {_ORDINALS[word] for word in words if word in _ORDINALS}
    return places.pop() if len(places) == 1 and len(words) <= MOST_WORDS_OF_A_PLACE else None
