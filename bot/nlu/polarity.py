"""Yes, no or unsure: read from the words and the grammar of a reply, never from an embedding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.advice.heard import Polarity
from bot.nlu.language import analyse, straighten

if TYPE_CHECKING:
    from spacy.tokens import Token


@dataclass(frozen=True)
class Reply:
    """What a message says to a yes/no question; `bare` when it says nothing else, `negated` when its main verb is."""

    polarity: Polarity
    quote: str = ""
    bare: bool = False
    negated: bool = False


_FILLERS = re.compile(
    r"^(?:(?:well|oh+|ah+|hm+|mm|um+|uh(?![ -]?hu+h)|er+m*|so|like|now|i mean|honestly|actually|basically|"
    r"ha(?:ha)*|lol|tbh|ok so|"
    r"good(?= ?,)|great(?= ?,)|nice(?= ?,)|cool(?= ?,)|"
    r"to be (?:honest|fair)|mate|look|listen|sorry|my god|god|hell|jesus|as far as i know|afaik|"
    r"i(?:'| a)?m afraid(?! not)|unfortunately|sadly|luckily|and|but|hi|hello|hey)\b[\s,.!:-]*)+(?=\S)"
)
_UNSURE = (
    r"(?:i |we |he |she |they )?(?:really |just |honestly )?(?:don'?t|do not|doesn'?t|dont) (?:really |actually |"
    r"honestly "
    r"|exactly |quite |even )?(?:know|remember|recall)|(?:i |we )?(?:wouldn'?t|would not) know|"
    r"(?:i |we )?(?:have |haven'?t |'ve )?(?:got )?(?:absolutely |really )?(?:no|not a|a|the foggiest|"
    r"any) (?:idea|clue|notion)|"
    r"(?:i'?m |i am |we'?re |we are )?not (?:really |entirely |totally |completely |100 ?% |too |so |quite |that |"
    r"very |at all )?"
    r"(?:sure|certain)|unsure|dunno|don'?t no|idk|no idea|no clue|hard to (?:say|tell)|difficult to (?:say|tell)|"
    r"(?:i |we )?(?:can'?t|cannot|could ?n'?t|can not) (?:really |honestly )?(?:say|tell|remember|recall)|"
    r"who knows|god knows|"
    r"beats me|search me|(?:i|we)(?: ?'?d| would| ?'ll| will| must| should| could)? (?:have to |need to |gotta |"
    r"got to )?"
    r"(?:check|ask|look|find out)(?= (?:that|it|with|my|our|first|up|into|someone|the)|[.!]*$)|let me (?:check|"
    r"ask|look)|"
    r"it depends|depends|(?:that |it )?varies|your guess|maybe|perhaps|possibly|might be|could be|"
    r"could go either way|50 ?/ ?50|fifty fifty|yes and no|yes or no|sort of|kind of|kinda|sorta|partly|partially|"
    r"in part|"
    r"somewhat|to (?:a|some) (?:degree|extent)|(?:i |we )?(?:'ve |have )?never (?:checked|looked|thought|noticed|"
    r"measured|counted|asked)|"
    r"(?:i |we )?(?:haven'?t|have not|havent) (?:checked|looked|noticed|measured|counted|asked|tried)|it (?:might|"
    r"may|could)"
)
_NO_ALWAYS = (
    r"n+o+(?:pe+|p)?|na+h+|naw|nay|negative|not really|not at all|not exactly|not quite|not yet|not anymore|"
    r"not any more|"
    r"not that (?:i|we)(?:'m| am|'re| are)? (?:know|aware|can think|can see|remember|noticed)(?: of)?|"
    r"not to my knowledge|"
    r"(?:(?:i|we|they|it|that) )?(?:have |has |'ve )?never (?:did|do|does|done)(?: (?:that|it|this|so))?(?=\W|$)|"
    r"no way|not necessarily|not always|not often|not entirely|not completely|not so much|not much|not particularly|"
    r"(?:i |we )?(?:don'?t|do not|wouldn'?t|would not) (?:really |actually )?(?:think|believe|say|guess|reckon|"
    r"suppose) so|"
    r"(?:i |we )?(?:guess|think|suppose|hope|reckon|'?m afraid|am afraid|suspect) not|(?:i )?(?:really |"
    r"very much )?doubt (?:it|that|so)|"
    r"of course not|certainly not|absolutely not|definitely not|probably not|obviously not|hardly(?: ever)?|"
    r"nothing like that|nothing of the (?:sort|kind)|far from it|(?:quite |just )?the opposite|on the contrary|"
    r"(?:i'?m |i am )?afraid not|"
    r"i (?:disagree|beg to differ)|"
    r"(?:that'?s|thats|that is|it'?s|its|it is|you'?re|youre|you are|this is) (?:not (?:it|right|correct|true|"
    r"quite|really|the|what|how)|"
    r"(?:all |completely |just |quite )?(?:wrong|incorrect|false|untrue))|"
    r"(?:that|it|this) (?:isn'?t|is ?n'?t|isnt|wasn'?t) (?:it|right|correct|true|quite|really|the|what|how)"
)
_NO_ALONE = r"wrong|incorrect|false|untrue|never|none|neither|nothing|nobody|nowhere|👎|❌|🙅"
_YES_ALWAYS = (
    r"y+e+s+(?:sir)?|y+e+p+|y+u+p+|yeah+|yea|yeh|ya|yah|aye|ofc|of course|exactly|absolutely|definitely|certainly|"
    r"indeed|"
    r"precisely|affirmative|spot on|bang on|dead on|"
    r"(?:yes |yeah )?(?:that'?s|thats|that is|that was|it'?s|this is|you'?re|youre|you are) (?:it\b|(?:about |"
    r"all |quite |exactly |"
    r"absolutely |totally |completely |pretty much |basically )?(?:right|correct|true|the one|spot on|exactly it|"
    r"it)\b)|"
    r"you(?:'ve| have)? (?:got|nailed) (?:it|that)|got it in one|i (?:do )?(?:think|guess|suppose|believe|hope|"
    r"reckon|expect|imagine) so|"
    r"(?:i'?d|i would) say so|most likely|very likely|in all likelihood|pretty much|more or less|by and large|"
    r"mostly|usually|"
    r"totally|for sure|by all means|go (?:ahead|for it|on then)|please do|why not|"
    r"m+ ?-?hm+|u+h[ -]?hu+h|hell yes|(?:i'?d|i would) (?:think|say|guess) (?:so|yes)|you bet|too right|agreed|"
    r"i agree|sounds (?:about )?(?:good|right|great|fine)|"
    r"(?:(?:ok|okay|great|perfect|fine|good|alright|right|so|then|well)\b,? ?){0,2}"
    r"(?:let'?s |please |just |we'?ll |we will |go ahead and )?"
    r"(?:do|book|take|arrange|go with) (?:it|that|this)(?: one)?"
    r"(?=$|[\s]*[,.!;]| please| then| now| asap| today| for (?:me|us))|"
    r"sure (?:thing|is|does|do|are)|couldn'?t agree more|no doubt|without (?:a )?doubt|always|every time"
)
_YES_ALONE = (
    r"y|si|sure|ok|okay|okey|okie|k|kk|fine|correct|right|true|probably|likely|perfect|great|alright|all right|👍|"
    r"✅|👌|💯|☑|✔"
)
_STATED = (
    r"(?:(?:it|they|we|i|he|she|that|this|there|you|those|these|mine|ours) )(?P<aux>do|does|did|is|are|was|were|"
    r"has|have|had|can|could|"
    r"will|would|should|am)(?P<neg>n'?t| not|nt)?(?: (?:yes|yeah|indeed|really|actually|too|now|always|still|all|"
    r"both|though|no))?|"
    r"(?:i'?m|it'?s|they'?re|we'?re) (?P<not>not)|(?P<cannot>(?:i |we |it |they )?(?:can'?t|cannot|won'?t|don'?t|"
    r"doesn'?t|didn'?t|isn'?t|"
    r"aren'?t|wasn'?t|haven'?t|hasn'?t|dont|doesnt|didnt|isnt|arent|havent|hasnt|cant|wont))"
)
_FOLLOW = (
    r"(?=$|[\s]*[,.!?;:)\-]|\s+(?:but|and|that|thats|it|its|we|i|they|you|he|she|the|this|so|please|though|mostly|"
    r"because|since|"
    r"sir|mate|thanks|thank|then|enough|with|by|for me|in|on|of|as|if|when|only|except|especially|probably|maybe|no)\b)"
)
_CLOSING = re.compile(
    r"\b(?:say|says|think|thinks|is|was|be|guess|suppose|answer'?s|it'?s|that'?s|a|probably|possibly|we do|it does|me) "
    r"(?:a |an |that'?s a |probably )?(?P<word>yes|no|nope|yep|yeah)(?: from (?:me|us))?[\s.!]*$"
)
_NOT_AN_ANSWER = re.compile(
    r"^(?:no (?:problem|worries|doubt|kidding|one\b|more\b|longer\b|matter\b|wonder\b|rush|need to thank|offen[cs]e)|"
    r"right (?:now|away|after|before|at|in front)|never ?mind|sure enough|fine (?:dust|print|thread|powder)|"
    r"none of your|nothing to do with|not sure)"
)
_DIGIT_YES_NO = re.compile(r"^no\.? ?\d")
_WORDS = re.compile(r"[\w'%]+")


def read_polarity(text: str) -> Reply:
    """Whether the text answers a yes/no question, and how; Polarity.NONE when it does not say."""
    plain = straighten(text).lower().strip()
    opening = _FILLERS.sub("", plain)
    polarity, quote = _opening(opening)
    if polarity is Polarity.NONE:
        polarity, quote = _closing(plain)
    bare = bool(quote) and len(_WORDS.findall(opening)) <= len(_WORDS.findall(quote)) + 1
    return Reply(polarity, quote, bare, is_negated(text))


def is_negated(text: str) -> bool:
    """Whether the main predicate of the text is negated: "it does not make a noise", "there is no pressure"."""
    doc = analyse(text)
    return any(_negated_root(sentence.root) for sentence in doc.sents)


def mentions_negation(text: str) -> bool:
    """A cheap look for any word that denies ("not", "never", "works fine"); no grammar, a few microseconds."""
    return bool(_NEGATION_WORD.search(straighten(text).lower()))


_NEGATION_WORD = re.compile(
    r"\b(?:not|no|never|none|nothing|nobody|neither|nor|without|cannot|hardly|barely|stopped|\w+n't|cant|wont|"
    r"dont|doesnt|isnt|"
    r"arent|didnt|havent|hasnt|wasnt|couldnt|wouldnt|shouldnt|(?:is|are|works?|runs?|goes|looks?|sounds?|tastes?|"
    r"down|up) (?:all |just |perfectly )?"
    r"(?:fine|ok|okay|great|perfectly))\b"
)


def _compiled(pattern: str, alone: bool = False) -> re.Pattern[str]:
    ending = _FOLLOW if alone else r"(?![\w'])"
    return re.compile(rf"^(?:{pattern}){ending}")


_OPENINGS: tuple[tuple[Polarity, re.Pattern[str]], ...] = (
    (Polarity.UNSURE, _compiled(_UNSURE)),
    (Polarity.NO, _compiled(_NO_ALWAYS)),
    (Polarity.YES, _compiled(_YES_ALWAYS)),
    (Polarity.NO, _compiled(_NO_ALONE, alone=True)),
    (Polarity.YES, _compiled(_YES_ALONE, alone=True)),
)
_STATEMENT = re.compile(rf"^(?:{_STATED})[\s.!,]*$")


def _opening(text: str) -> tuple[Polarity, str]:
    if _NOT_AN_ANSWER.match(text) or _DIGIT_YES_NO.match(text):
        return _politely(text)
    for polarity, pattern in _OPENINGS:
        if found := pattern.match(text):
            return _unless_determiner(polarity, found.group(), text)
    if found := _STATEMENT.match(text):
        denied = any(found.groupdict()[name] for name in ("neg", "not", "cannot"))
        return (Polarity.NO if denied else Polarity.YES), found.group().strip(" .!,")
    return Polarity.NONE, ""


def _politely(text: str) -> tuple[Polarity, str]:
    """ "No problem" said to a request agrees to it; "not sure" is open; the rest answers nothing."""
    for words, polarity in (
        ("no problem", Polarity.YES),
        ("no worries", Polarity.YES),
        ("no doubt", Polarity.YES),
        ("not sure", Polarity.UNSURE),
    ):
        if text.startswith(words):
            return polarity, words
    return Polarity.NONE, ""


def _unless_determiner(polarity: Polarity, quote: str, text: str) -> tuple[Polarity, str]:
    """ "No steam comes out since May" tells something; "no steam" and "no, ..." answer."""
    longer = len(_WORDS.findall(text)) > 3
    if quote == "no" and longer and _is_determiner(text):
        return Polarity.NONE, ""
    return polarity, quote


def _is_determiner(text: str) -> bool:
    first = analyse(text)[0]
    return first.dep_ == "det" and first.head.i > first.i and first.nbor(1).text not in ",.;!-"


def _closing(text: str) -> tuple[Polarity, str]:
    found = _CLOSING.search(text)
    if not found:
        return Polarity.NONE, ""
    return (Polarity.NO if found["word"].startswith("n") else Polarity.YES), found["word"]


_NOTHING = frozenset(("no", "nothing", "nobody", "none", "neither", "nowhere"))


def _negated_root(root: Token) -> bool:
    inner = (child for child in root.children if child.dep_ in ("ccomp", "xcomp", "amod"))
    return any(_negates(child) for parent in (root, *inner) for child in parent.children)


def _negates(child: Token) -> bool:
    if child.dep_ == "neg" or child.lower_ in ("never", "nt", "n't", "not"):
        return True
    if child.dep_ == "det" and child.lower_ == "no":
        return True
    if child.dep_ not in ("nsubj", "nsubjpass", "dobj", "attr"):
        return False
    return child.lower_ in _NOTHING - {"no"} or any(inner.lower_ == "no" for inner in child.children)
