"""Splitting a message into clauses, and finding the reasons and purposes it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.nlu.language import analyse, straighten, words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token


@dataclass(frozen=True)
class Clause:
    """A stretch of the message that says one thing, exactly as typed, with its place in the message."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Why:
    """What a message gives as cause ("because …", "otherwise …") and as aim ("so that …", "to …"), as quotes."""

    reasons: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()


_OPENERS = re.compile(
    r"^(?:(?:hi there|hi|hello|hullo|hey there|hey|hiya|good (?:morning|afternoon|evening|day)|morning|yes|yep|yeah|yup|nope|nah|"
    r"naw|thanks(?: a lot| so much)?|thank you(?: very much| so much)?|thx|cheers)\b"
    r"(?!\s+(?:for|to|so|a|very|again|mate|pal|there|you|and|love|guys|team|all)\b)"
    r"|(?:no|ok|okay|sorry|great|perfect|right|sure|exactly|correct|well)"
    r"(?=\s*[,.!;:-]|\s+(?:i|we|it|its|that|thats|my|our|but|can|could|what|how|why|do|is|are|the)\b))[\s,.!;:-]*",
    re.IGNORECASE,
)
_ADDED = (
    r"(?:and |but )?(?:on top of (?:that|it|this)|apart from that|in addition|besides (?:that|the)|besides,)"
    r"|and besides\b|and also (?:the|our|my|we|i|nobody|there|it|they)\b"
)
"""How a further thing is begun where the parser sees only one more phrase."""
_HARD_BREAK = re.compile(rf"\s*(?:[;\n]|\.{{2,}}|\s-+\s|(?<=[.!?])\s+(?=\S)|,?\s(?={_ADDED})|,\s(?=plus\b))\s*", re.IGNORECASE)
_JOINED = re.compile(
    r"(?:and |but )?(?:on top of (?:that|it|this)|apart from that|in addition|besides(?: that)?|plus|and also)\b[\s,]*(?=\S)",
    re.IGNORECASE,
)
_BREAKS_BEFORE = words("but because becuase becasue cos coz cuz bc otherwise however although though")
_PREDICATES = ("VERB", "AUX")
_SUBJECTS = ("nsubj", "nsubjpass", "expl", "csubj")
_AUXILIARIES = words("do does did is are was were can could will would should has have much many")
_DANGLING = re.compile(r"(?:[\s,;-]|\b(?:and|or|so)\s*$)+$", re.IGNORECASE)
_FRESH_VERBS = words("need want can ca cannot must have do would 'd 'll will am 'm are think guess just")
_LEADS = words("think guess know hope say said believe all what when where how if that than ever sure")
_MIN_CHARACTERS = 2
MAX_CLAUSES = 12


def split_clauses(text: str) -> tuple[Clause, ...]:
    """The clauses in order, at most MAX_CLAUSES; a text that says one thing is one clause, the whole of it."""
    cuts = sorted({0, len(text), *_cuts(text)})
    pieces = (_trimmed(text, start, end) for start, end in pairwise(cuts))
    clauses = [piece for piece in pieces if len(piece.text) >= _MIN_CHARACTERS or piece.text.isalnum()]
    return tuple(clauses[:MAX_CLAUSES])


def find_why(text: str) -> Why:
    """The reasons and purposes given, in the customer's words, without the joining word."""
    doc = analyse(text)
    reasons = [*_quoted(text, _REASON), *_causal(doc, text)]
    purposes = [*_quoted(text, _PURPOSE), *_infinitives(doc, text)]
    return Why(_unique(reasons), _unique(purposes))


def _cuts(text: str) -> Iterator[int]:
    plain = straighten(text)
    if opener := _OPENERS.match(plain):
        yield opener.end()
    for found in _HARD_BREAK.finditer(plain):
        yield found.end()
    doc = analyse(text)
    for sentence in doc.sents:
        yield sentence.start_char
    for token in doc:
        if token.i > 0 and _starts_clause(token):
            yield token.nbor(-1).idx if token.nbor(-1).lower_ == "so" else token.idx


def _starts_clause(token: Token) -> bool:
    if token.lower_ in _BREAKS_BEFORE:
        return bool(0 < token.i < len(token.doc) - 2)
    if _runs_on(token):
        return True
    before = token.nbor(-1)
    if before.lower_ not in ("and", "so", "or", ","):
        return False
    if before.lower_ == "so" and before.i > 0 and before.nbor(-1).text == ",":
        return bool(token.i < len(token.doc) - 2)
    opens = _opens_predicate(token) or _asks(token)
    return opens and _has_predicate(token.doc[token.sent.start : before.i])


def _runs_on(token: Token) -> bool:
    """A new sentence without a full stop: "it broke again i need a new one"."""
    if token.lower_ not in ("i", "we") or token.i + 1 >= len(token.doc) or token.i < 2:
        return False
    follows = token.nbor(1).lower_ in _FRESH_VERBS and token.nbor(-1).pos_ in ("NOUN", "ADV", "ADJ", "VERB", "PROPN")
    return follows and token.nbor(-1).lower_ not in _LEADS and _has_predicate(token.doc[token.sent.start : token.i])


def _asks(token: Token) -> bool:
    """Whether a question starts here: "that helps, what does it cost"."""
    if token.tag_ not in ("WP", "WRB", "WDT") or any(a.dep_ == "relcl" for a in token.ancestors):
        return False
    return any(word.lower_ in _AUXILIARIES for word in token.doc[token.i + 1 : token.i + 3])


def _opens_predicate(token: Token) -> bool:
    """Whether the token is the first word of a subject that has a verb of its own: "…, spa guests complain"."""
    head = next((a for a in (token, *token.ancestors) if a.dep_ in _SUBJECTS), None)
    if head is None or head.left_edge.i != token.i:
        return False
    return head.head.pos_ in _PREDICATES and head.head.i > head.i and head.head.dep_ not in ("relcl", "acl")


def _has_predicate(span: Span) -> bool:
    return any(token.pos_ in _PREDICATES for token in span)


def _trimmed(text: str, start: int, end: int) -> Clause:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip(" \n,;.-"))
    joined = _JOINED.match(piece, left) if start else None
    left = joined.end() if joined else left
    kept = _DANGLING.sub("", piece[left:])
    return Clause(kept, start + left, start + left + len(kept))


_STOP = r"(?=$|[.;!?\n]|,? (?:but|so that|because|otherwise|however|and (?:we|i|they|it) )|, so )"
_PRONOUN = r"(?:we|i|they|he|she|it|you|people|everyone|guests|customers|(?:the|my|our|their) \w+)"
_ABLE = (
    r"(?:can|could|will|would|won'?t|wouldn'?t|don'?t|do not|doesn'?t|does not|never|always|have|has|are able|is able|"
    r"get|gets|know)"
)
_REASON = re.compile(
    r"(?:\b(?:because(?! of)|becuase|becasue|'?cause|cos|coz|cuz|bc|given that|"
    r"seeing (?:as|that)|the (?:main |real |only )?reason (?:is|being)(?: that)?|it'?s just that|otherwise|"
    r"or else|if not,)\s+)"
    rf"(?P<quote>\S.*?){_STOP}",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"\b(?:so that|in order that|for the sake of|(?:the )?(?:aim|goal|point|idea|plan) (?:is|being) (?:to|that))\s+"
    rf"(?P<quote>\S.*?){_STOP}"
    rf"|\bso (?P<able>{_PRONOUN} {_ABLE}\b.*?){_STOP}",
    re.IGNORECASE,
)


def _quoted(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    for found in pattern.finditer(straighten(text)):
        group = next(name for name, value in found.groupdict().items() if value)
        yield text[found.start(group) : found.end(group)]


def _causal(doc: Doc, text: str) -> Iterator[str]:
    """ "since we have no room" (present tense: not a date), "as we are few", "due to the heat"."""
    for token in doc:
        joins = token.lower_ in ("since", "as") and token.dep_ in ("mark", "prep") and token.i + 1 < len(doc)
        if joins and (verb := _own_verb(token)) is not None and not _is_past(verb):
            yield _subtree_text(verb, text, after=token)
        elif token.lower_ in ("of", "to") and token.i > 0 and token.nbor(-1).lower_ in ("because", "due", "thanks"):
            yield from (_subtree_text(child, text) for child in token.children if child.dep_ in ("pobj", "pcomp"))


def _own_verb(marker: Token) -> Token | None:
    """The verb of the clause the marker opens, when that clause has a subject right behind the marker."""
    subject = marker.nbor(1)
    while subject.dep_ in ("det", "poss", "amod", "compound", "nummod") and subject.head.i > subject.i:
        subject = subject.head
    verb = subject.head
    opens = subject.dep_ in _SUBJECTS and verb.pos_ in _PREDICATES and verb in (marker.head, *marker.children)
    return verb if opens else None


def _has_subject(verb: Token) -> bool:
    return any(child.dep_ in _SUBJECTS for child in verb.children)


def _is_past(verb: Token) -> bool:
    helpers = [child for child in verb.children if child.dep_ in ("aux", "auxpass")]
    return (helpers[0] if helpers else verb).tag_ in ("VBD", "VBN")


_ASKED = words("need needs want wants buy order get rent require looking look like quote after bring add install replace use")
_NOT_AIMED = words("have going need want like able used try start hope refuse seem happen fail tend supposed")


def _infinitives(doc: Doc, text: str) -> Iterator[str]:
    """ "to keep up with the spa", "for cutting plates": what an action or a thing is for."""
    for token in doc:
        if token.tag_ == "TO" and token.dep_ == "aux" and _is_aim(token.head):
            yield _subtree_text(token.head, text, after=token)
        elif token.lower_ == "for" and token.dep_ == "prep":
            yield from (_subtree_text(child, text) for child in token.children if child.tag_ == "VBG")


def _is_aim(verb: Token) -> bool:
    if verb.i == 0 or (verb.head.lower_ in _NOT_AIMED and verb.dep_ != "advcl"):
        return False
    if verb.dep_ == "advcl":
        return not _has_subject(verb)
    return verb.dep_ in ("acl", "relcl") and any(word.lower_ in _ASKED for word in verb.ancestors)


def _subtree_text(root: Token, text: str, after: Token | None = None) -> str:
    kept = [token for token in root.subtree if after is None or token.i > after.i]
    run_on = next((token.i for token in kept if _runs_on(token)), kept[-1].i + 1)
    run = [token for token in kept if token.i < run_on] or kept
    last = _stretched(run[-1])
    return _DANGLING.sub("", text[run[0].idx : last.idx + len(last.text)].strip(" ,.;!?"))


def _stretched(last: Token) -> Token:
    """The last word, or the adverbs right behind it that the parser hung elsewhere: "to dry towels faster"."""
    while last.i + 1 < len(last.doc) and last.nbor(1).pos_ == "ADV" and not last.nbor(1).is_sent_start:
        last = last.nbor(1)
    return last


def _unique(quotes: list[str]) -> tuple[str, ...]:
    """Each quote once, and none that is only part of another."""
    distinct = list(dict.fromkeys(quote.strip(" ,.;!?-") for quote in quotes))
    return tuple(q for q in distinct if q and not any(q != other and q in other for other in distinct))
