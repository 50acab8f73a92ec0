"""Where a trainer's minutes help most: messages to label together, examples in doubt, gaps in the data, and what nobody foresaw."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bot.advice.catalogue import Catalogue
from bot.advice.heard import Act
from bot.learning.voices import Spoken

Vectors = NDArray[np.float32]

SAME = 0.9
"""Cosine from which on two messages say the same."""

AKIN = 0.55
"""Mean cosine from which on messages are about one thing."""

CLASHING = 0.95
"""Cosine from which on two examples should not have different acts."""

LEAST_EXAMPLES = 30
LEAST_VOICES = 3
LEAST_PHRASES = 3
LEAST_OF_A_CLUSTER = 3
MOST = 40
_FOLDS = 3
_SEED = 7


@dataclass(frozen=True)
class Said:
    """A message somebody wrote, with the act it was taken for; `problem` tells whether one was recognised in it."""

    conversation: str
    seq: int
    text: str
    act: str
    understood: float
    problem: bool = False


@dataclass(frozen=True)
class Group:
    """Messages that belong together, with a name for what they share."""

    name: str
    messages: tuple[Said, ...]
    kind: str = ""
    """`problem` or `intent`: what they look like a new one of."""


@dataclass(frozen=True)
class Clash:
    """Two examples that say the same and have different acts."""

    one: Spoken
    other: Spoken
    likeness: float


@dataclass(frozen=True)
class Doubt:
    """An example whose act other voices' examples contradict: the act they say, and how surely (0..1)."""

    example: Spoken
    likely: str
    chance: float


@dataclass(frozen=True)
class Gap:
    """An act, a problem or a cause of which too little is known: how many examples or phrasings, by how many voices."""

    kind: str
    id: str
    examples: int
    voices: int
    why: str


@dataclass(frozen=True)
class Suggestions:
    """Everything suggested at one time."""

    together: tuple[Group, ...] = ()
    unforeseen: tuple[Group, ...] = ()
    clashes: tuple[Clash, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    gaps: tuple[Gap, ...] = field(default=())


def to_label_together(said: Sequence[Said], vectors: Vectors) -> tuple[Group, ...]:
    """Near-duplicates, the largest groups first: corrected once, they are all corrected."""
    groups = [Group(said[rows[0]].text, tuple(said[row] for row in rows)) for rows in _grouped(vectors, 1 - SAME, "complete", 2)]
    return tuple(sorted(groups, key=lambda group: -len(group.messages))[:MOST])


def unforeseen(said: Sequence[Said], vectors: Vectors) -> tuple[Group, ...]:
    """Clusters of messages not understood, from at least two conversations, named after the words that set them apart."""
    clusters = [rows for rows in _grouped(vectors, 1 - AKIN, "average", LEAST_OF_A_CLUSTER) if _several(said, rows)]
    names = _names([[said[row].text for row in rows] for rows in clusters])
    groups = [
        Group(name, tuple(said[row] for row in rows), _kind([said[row] for row in rows]))
        for rows, name in zip(clusters, names, strict=True)
    ]
    return tuple(sorted(groups, key=lambda group: -len(group.messages))[:MOST])


def clashes(examples: Sequence[Spoken], vectors: Vectors) -> tuple[Clash, ...]:
    """Pairs of examples nearly the same with different acts, the likest first."""
    found: list[Clash] = []
    acts = np.array([one.act for one in examples])
    for start in range(0, len(examples), 512):
        cosines = vectors[start : start + 512] @ vectors.T
        for row, column in zip(*np.nonzero(cosines >= CLASHING), strict=True):
            place = int(row) + start
            if place < column and acts[place] != acts[column]:
                found.append(Clash(examples[place], examples[int(column)], float(cosines[row, column])))
    return tuple(sorted(found, key=lambda one: -one.likeness)[:MOST])


def doubts(examples: Sequence[Spoken], vectors: Vectors) -> tuple[Doubt, ...]:
    """Examples whose act is likely wrong, by confident learning over voices held out in turn.

    Source: Northcutt, Jiang & Chuang (2021), "Confident learning": an example is suspect when another label is at least as sure
    as it usually is where it is right.
    """
    voices = [one.voice for one in examples]
    if len(set(voices)) < _FOLDS or len({one.act for one in examples}) < 2:
        return ()
    acts, labels = np.unique([one.act for one in examples], return_inverse=True)
    chances = _by_others(vectors, labels, voices, len(acts))
    usual = np.array([chances[labels == act, act].mean() for act in range(len(acts))])
    sure = np.where(chances >= usual, chances, 0.0)
    likely, given = sure.argmax(axis=1), chances[np.arange(len(labels)), labels]
    suspect = np.flatnonzero((sure.max(axis=1) > 0) & (likely != labels) & (given < usual[labels] / 2))
    ordered = sorted(suspect.tolist(), key=lambda row: float(given[row] - sure[row].max()))
    return tuple(Doubt(examples[row], str(acts[likely[row]]), float(sure[row].max())) for row in ordered[:MOST])


def gaps(examples: Sequence[Spoken], catalogue: Catalogue) -> tuple[Gap, ...]:
    """Acts with few examples or few voices, problems with few phrasings, causes with none; the thinnest first."""
    return tuple(sorted([*_thin_acts(examples), *_thin_catalogue(catalogue)], key=lambda gap: (gap.kind, gap.examples))[: 2 * MOST])


def without(suggestions: Suggestions, gone: Collection[str]) -> Suggestions:
    """The suggestions without the messages of some conversations; a group of which one message is left goes too."""

    def kept(groups: Sequence[Group]) -> tuple[Group, ...]:
        left = [replace(group, messages=tuple(one for one in group.messages if one.conversation not in gone)) for group in groups]
        return tuple(replace(group, name=_named_anew(group)) for group in left if len(group.messages) > 1)

    return replace(suggestions, together=kept(suggestions.together), unforeseen=kept(suggestions.unforeseen))


def _named_anew(group: Group) -> str:
    """A name made of the words that are left."""
    said = " ".join(one.text for one in group.messages).casefold()
    return group.name if all(word.casefold() in said for word in group.name.split()) else _short(group.messages[0].text)


def _thin_acts(examples: Sequence[Spoken]) -> Iterator[Gap]:
    counts = Counter(one.act for one in examples)
    for act in Act:
        voices = len({one.voice for one in examples if one.act == act.value})
        if counts[act.value] < LEAST_EXAMPLES:
            yield Gap("act", act.value, counts[act.value], voices, f"fewer than {LEAST_EXAMPLES} examples")
        elif voices < LEAST_VOICES:
            yield Gap("act", act.value, counts[act.value], voices, f"fewer than {LEAST_VOICES} voices")


def _thin_catalogue(catalogue: Catalogue) -> Iterator[Gap]:
    for problem in catalogue.problems.values():
        if len(problem.said_as) < LEAST_PHRASES:
            yield Gap("problem", problem.id, len(problem.said_as), 1, f"fewer than {LEAST_PHRASES} phrasings")
    for cause in catalogue.causes.values():
        if not cause.said_as:
            yield Gap("cause", cause.id, 0, 0, "no phrasing")


def _grouped(vectors: Vectors, distance: float, linkage: str, least: int) -> list[list[int]]:
    if len(vectors) < max(2, least):
        return []
    from scipy.cluster.hierarchy import fcluster
    from scipy.cluster.hierarchy import linkage as joined

    labels = fcluster(joined(vectors.astype(np.float64), linkage, metric="cosine"), distance, criterion="distance")
    groups: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        groups.setdefault(label, []).append(row)
    return [rows for rows in groups.values() if len(rows) >= least]


def _several(said: Sequence[Said], rows: Sequence[int]) -> bool:
    return len({said[row].conversation for row in rows}) > 1


def _names(clusters: Sequence[Sequence[str]]) -> list[str]:
    """For each cluster the words that are commonest in it and rare in the others."""
    if not clusters:
        return []
    from sklearn.feature_extraction.text import TfidfVectorizer

    weigher = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    try:
        weights = weigher.fit_transform([" ".join(texts) for texts in clusters])
    except ValueError:
        return [_short(texts[0]) for texts in clusters]
    words = weigher.get_feature_names_out()
    named = []
    for row, texts in enumerate(clusters):
        line = weights[row].toarray()[0]
        best = [words[place] for place in line.argsort()[::-1][:3] if line[place] > 0]
        named.append(" ".join(best) or _short(texts[0]))
    return named


def _short(text: str) -> str:
    return " ".join(re.findall(r"\w+", text)[:4])


def _kind(said: Sequence[Said]) -> str:
    telling = sum(one.act in _ABOUT_AN_AFFAIR for one in said)
    return "problem" if 2 * telling >= len(said) else "intent"


_ABOUT_AN_AFFAIR = frozenset({"reports_problem", "states_need", "gives_reason", "informs", "wants_product", "complains"})


def _by_others(vectors: Vectors, labels: NDArray[np.int64], voices: Sequence[str], acts: int) -> NDArray[np.float64]:
    """The chance of each act for each example, by models that learnt from other voices only."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    chances = np.zeros((len(labels), acts))
    for learnt, held in GroupKFold(_FOLDS).split(vectors, groups=voices):
        fitted = LogisticRegression(C=10.0, max_iter=200, random_state=_SEED).fit(vectors[learnt], labels[learnt])
        chances[np.ix_(held, fitted.classes_)] = fitted.predict_proba(vectors[held])
    return chances
