"""The shape of every block a catalogue may hold: its fields, how each is read, and what it is for."""

from __future__ import annotations

from bot.advice.catalogue import (
    Attribute,
    CheckIn,
    Condition,
    Direction,
    Doer,
    Effort,
    Extra,
    FactType,
    Hearsay,
    Hours,
    Limit,
    NotOurs,
    ProductStatus,
    Rung,
    Step,
)
from bot.content.blocks import Entries, Many, Part, Ref, RefOr
from bot.content.kinds import FormulaOf, Id, Number, Sentence, Word, YesNo
from bot.content.reader import Field, Shape
from bot.content.readings import (
    COST,
    COST_OF,
    LIKELY,
    Attributes,
    Capabilities,
    ClockTime,
    Likelihoods,
    TimeZone,
    Weekdays,
)

_ID = Field("id", Id(), "its own id, in snake_case", required=True)
_NAME = Field("name", Sentence(), "its name, as people say it", required=True)
_SAID_AS = Field("said_as", Many(Sentence()), "five to eight ways customers say it, in different words")
_VENDOR = Field("vendor", Ref(("vendor",)), "who serves it instead")
_EXPERT = Field("expert", Ref(("expert",)), "who takes it over")

HOURS = Shape(
    "hours",
    (
        Field("days", Weekdays(), "on which days someone answers"),
        Field("opens", ClockTime(), "from when"),
        Field("closes", ClockTime(), "until when"),
        Field("zone", TimeZone(), "in which time zone"),
        Field("wait_minutes", Number("min", whole=True), "how long a customer typically waits for a person"),
    ),
    about="When a person can take over.",
)
LIMIT = Shape(
    "limit",
    (
        _ID,
        Field("holds", FormulaOf("condition"), "what must hold for the company to be able to help", required=True),
        Field("say", Sentence(), "what to say when it does not hold", required=True),
        _VENDOR,
    ),
    about="Where the company does not work: a region, a size, a law.",
)
NOT_OURS = Shape(
    "not_ours",
    (
        _ID,
        Field("said_as", Many(Sentence()), "how customers ask for it", required=True),
        Field("say", Sentence(), "what to say", required=True),
        _VENDOR,
    ),
    about="Something customers ask for that the company does not do.",
)
HEARSAY = Shape(
    "hearsay",
    (
        _ID,
        Field("said_as", Many(Sentence()), "how it is said", required=True),
        Field("fact", Sentence(), "the fact that answers it", required=True),
        _EXPERT,
    ),
    about="Something people say about the company, answered with a fact instead of defence.",
)
COMPANY = Shape(
    "company",
    (
        Field("name", Sentence(), "the company's name", required=True),
        Field("trade", Sentence(), "its trade in a few words", required=True),
        Field("about", Sentence(), "what it does for whom, in one or two sentences", required=True),
        Field("contact", Sentence(), "how to reach a person", required=True),
        Field("currency", Sentence(), "the currency of all sums, such as EUR"),
        Field("years", Number("years"), "over how many years the whole cost to own is reckoned"),
        Field("hours", Part(HOURS, Hours), "when a person answers"),
        Field("quote", Sentence(), "how a quote works here, for those who ask for one now"),
        Field("discount", Sentence(), "what to say when asked for a discount; never an offer"),
        Field("consent", Sentence(), "own wording of the question whether the talk may be kept"),
        Field("limits", Many(Part(LIMIT, Limit)), "where the company does not work"),
        Field("not_ours", Many(Part(NOT_OURS, NotOurs)), "what it does not do"),
        Field("hearsay", Many(Part(HEARSAY, Hearsay)), "what people say about it"),
    ),
    about="Who is speaking.",
)
OUTCOME = Shape(
    "outcome",
    (
        _ID,
        Field("want", Sentence(), 'the result; reads on after "you want …"', required=True),
        Field("direction", Word(Direction), "which way the customer wants to move", required=True),
        _SAID_AS,
        Field("attribute", Word(Attribute), "what they care about most in it"),
    ),
    about="A result customers want.",
)
STEP = Shape(
    "step",
    (
        Field("what", Sentence(), "what is done", required=True),
        Field("who", Word(Doer, taken={"us": "we", "customer": "you"}), "who does it"),
        Field("day", Number("days", whole=True), "on which day after yes"),
        Field("ready", Many(Sentence()), "what must be ready first"),
    ),
    short="what",
    about="One step on the way from yes to the result. A plain sentence stands for `what`.",
)
PRODUCT = Shape(
    "product",
    (
        _ID,
        _NAME,
        Field("kind", Id(), "what sort of thing it is; problems say which kinds they are about", required=True),
        Field("aliases", Many(Sentence()), "what customers call it"),
        Field("status", Word(ProductStatus), "whether it is still sold"),
        Field("replaced_by", Ref(("product",)), "what took its place"),
        Field("about", Sentence(), "one sentence"),
        Field("capabilities", Capabilities(), "what it can do: numbers with units, words, yes / no"),
        Field("limits", Many(Sentence()), "what it cannot do"),
        Field("cost", COST_OF, "what it costs to own"),
        Field("life_years", Number("years"), "how long it lasts"),
        Field("steps", Many(Part(STEP, Step)), "how it comes to the customer"),
        Field("known_problems", Many(Ref(("cause", "problem"))), "causes often seen on it"),
    ),
    about="A thing the company sells or once sold; customers own old ones too.",
)
CHOICE = Shape(
    "choice",
    (
        Field("id", Id(), "its own id", required=True),
        Field("label", Sentence(), "what its button says"),
        Field("said_as", Many(Sentence()), "how customers say it"),
    ),
    short="id",
    about="One value of a choice.",
)
_TYPES = {"boolean": "yes_no", "bool": "yes_no", "string": "text", "integer": "number", "float": "number"}
FACT = Shape(
    "fact",
    (
        Field("id", Id(in_formulas=True), "its own id, usable in formulas", required=True),
        Field("type", Word(FactType, taken=_TYPES), "what kind of value"),
        Field("unit", Sentence(), "the unit of a number, such as kg/day"),
        Field("ask", Sentence(), "the question to the customer"),
        Field("why", Sentence(), "why it is asked"),
        Field("choices", Entries(CHOICE), "the values of a choice"),
        Field("said_as", Many(Sentence()), "other names customers have for it"),
        Field("effort", Word(Effort), "what it costs the customer to answer"),
        Field("personal", YesNo(), "whether the question is so personal that its reason is always given"),
        Field("formula", FormulaOf("fact"), "how it follows from other facts; such a fact is never asked"),
        Field("from_asset", Id(), "count, age, model, status, version, location or a capability of what they own"),
        Field("from_customer", Id(), "what the customer's record says: region"),
    ),
    about="Something typed that may matter; asked only when its value could change the advice.",
)
DANGER = Shape(
    "danger",
    (
        Field("id", Id(), "its own id; a danger inside a cause has the id of the cause"),
        Field("say", Sentence(), "what is dangerous", required=True),
        Field("now", Sentence(), "what to do at once", required=True),
        Field("signs", Many(Sentence()), "how customers describe it"),
        _EXPERT,
    ),
    about="Something that can hurt someone; said before anything else.",
)
CAUSE = Shape(
    "cause",
    (
        _ID,
        Field("name", Sentence(), 'reads on after "because …"; left out when the cause is described elsewhere'),
        Field("how_common", LIKELY, "how common it is among the causes of this problem"),
        Field("explain", Sentence(), "one or two sentences"),
        _SAID_AS,
        Field("danger", RefOr(Ref(("danger",)), Part(DANGER)), "what can hurt someone, or the id of a danger"),
    ),
    short="id",
    about="What may lie behind a problem. A plain id stands for a cause described under another problem.",
)
ANSWER = Shape(
    "answer",
    (
        Field("id", Id(), "its own id, usable in formulas: check == 'id'", required=True),
        Field("label", Sentence(), "what its button says"),
        Field("said_as", Many(Sentence()), "how customers say it"),
        Field("when", FormulaOf("band"), "for numbers: when this answer holds"),
        Field("if", Likelihoods(), "how likely this answer is under each cause"),
    ),
    short="id",
    about="One answer of a check and the causes it points to.",
)
CHECK = Shape(
    "check",
    (
        Field("id", Id(in_formulas=True), "its own id; the fact it becomes has the same"),
        Field("fact", Ref(("fact",)), "instead of ask: a fact that is declared already"),
        Field("ask", Sentence(), "the question"),
        Field("why", Sentence(), "why it is asked"),
        Field("effort", Word(Effort), "what it costs the customer to answer"),
        Field("personal", YesNo(), "whether its reason is always given"),
        Field("said_as", Many(Sentence()), "other names customers have for it"),
        Field("unit", Sentence(), "the unit of a number, when the answers have a `when`"),
        Field("answers", Entries(ANSWER), "the answers and what each points to"),
    ),
    short="id",
    about="A question that tells causes apart. A plain id stands for a check described under another problem.",
)
PROBLEM = Shape(
    "problem",
    (
        _ID,
        Field("name", Sentence(), "what is wrong, in a few words", required=True),
        _SAID_AS,
        Field("outcomes", Many(Ref(("outcome",))), "the need behind it", required=True),
        Field("about", Many(Ref(("kind",), soft=True)), "the product kinds it is about"),
        Field("who_feels_it", Sentence(), "the customer's customers, if they do"),
        Field("costs_you", FormulaOf("money"), "what it costs the customer a year"),
        Field("causes", Entries(CAUSE), "what may lie behind it", required=True),
        Field("checks", Entries(CHECK), "what tells the causes apart"),
    ),
    about="What is wrong, or what is wanted, as customers say it.",
)
CONDITION = Shape(
    "condition",
    (
        Field("needs", FormulaOf("condition"), "what must hold", required=True),
        Field("say", Sentence(), "the reason to give when it does not", required=True),
    ),
    about="Something that must hold for a remedy to be advised.",
)
EXTRA = Shape(
    "extra",
    (
        Field("title", Sentence(), "what it is", required=True),
        Field("text", Sentence(lines=True), "the guide or checklist itself, or what it holds"),
        Field("link", Sentence(), "where to find it"),
    ),
    short="title",
    about="Something useful and free that fits the need.",
)
CHECK_IN = Shape(
    "check_in",
    (
        Field("days", Number("days", whole=True), "how many days after yes", required=True),
        Field("ask", Sentence(), "the question", required=True),
    ),
    about="When to ask how it went.",
)
REMEDY = Shape(
    "remedy",
    (
        _ID,
        Field("rung", Word(Rung), "which step of the ladder it is", required=True),
        Field("title", Sentence(), "what to do, in a few words", required=True),
        Field("gives", Sentence(), 'the outcome; reads on after "gives you …"', required=True),
        Field("does", Sentence(), "what is done, in whole sentences", required=True),
        Field("serves", Likelihoods(), "how surely it serves the need under each cause", required=True),
        Field("attributes", Attributes(), "how good it is at each of the five things people care about"),
        Field("effort", Sentence(), "what it takes of the customer"),
        Field("days", Number("days", whole=True), "days from yes to the result"),
        Field("cost", COST_OF, "what it costs to own"),
        Field("conditions", Many(Part(CONDITION, Condition)), "what must hold"),
        Field("expect", Many(Sentence()), 'what they may expect; reads on after "Expect: …"'),
        Field("not_expect", Many(Sentence()), "what they should not expect"),
        Field("steps", Many(Part(STEP, Step)), "who does what when"),
        Field("safety", Many(Sentence()), "what to take care of"),
        Field("relief", Sentence(), "what they no longer have to think about"),
        Field("extra", Part(EXTRA, Extra), "something useful and free"),
        Field("check_in", Part(CHECK_IN, CheckIn), "when to ask how it went"),
        Field("product", Ref(("product",)), "the product it uses; needed for buy"),
        Field("service", Ref(("service",)), "the service it uses"),
        Field("vendor", Ref(("vendor",)), "the vendor it leads to; needed for refer"),
        _EXPERT,
    ),
    about="One way to serve the need.",
)
SERVICE = Shape(
    "service",
    (
        _ID,
        _NAME,
        Field("about", Sentence(), "one sentence"),
        Field("cost", COST_OF, "its rates"),
        Field("aliases", Many(Sentence()), "what customers call it"),
    ),
    about="Something the company does for customers.",
)
VENDOR = Shape(
    "vendor",
    (
        _ID,
        _NAME,
        Field("better_at", Sentence(), "what it does better", required=True),
        Field("contact", Sentence(), "the person to be introduced to"),
        Field("for_whom", Sentence(), "for which customers"),
        Field("introduce", Sentence(), "how the introduction works"),
    ),
    about="Another company that serves some needs better.",
)
EXPERT = Shape(
    "expert",
    (
        _ID,
        _NAME,
        Field("role", Sentence(), "what they do", required=True),
        Field("knows", Many(Ref(("problem", "cause", "kind", "product", "outcome", "service", "danger"), soft=True)),
              "problems, product kinds and services they know"),
        Field("contact", Sentence(), "how to reach them"),
    ),
    about="A named person who takes over with the whole dossier.",
)  # fmt: skip

SECTIONS = {
    "outcomes": OUTCOME,
    "products": PRODUCT,
    "facts": FACT,
    "problems": PROBLEM,
    "remedies": REMEDY,
    "services": SERVICE,
    "vendors": VENDOR,
    "experts": EXPERT,
    "dangers": DANGER,
}
"""The lists of a catalogue, beside `company`."""

SHAPES = (
    *(COMPANY, HOURS, LIMIT, NOT_OURS, HEARSAY, OUTCOME, PRODUCT, COST, STEP, FACT, CHOICE, PROBLEM, CAUSE, DANGER),
    *(CHECK, ANSWER, REMEDY, CONDITION, EXTRA, CHECK_IN, SERVICE, VENDOR, EXPERT),
)
"""Every shape, in the order of the documentation."""
