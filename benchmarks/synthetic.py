"""A made-up catalogue of any size: every problem with its own words, causes, check and remedies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

_THINGS = """\
oven forklift printer pump lift loom till scanner boiler freezer compressor crane mixer lathe projector camera
generator conveyor router dishwasher tractor sterilizer kiln chiller press plotter welder sorter fryer greenhouse
ventilator barrier chainsaw excavator centrifuge microscope trailer winch furnace dispenser"""
_PARTS = """\
door motor belt display filter handle fan cable valve sensor drum hinge battery nozzle tray wheel seal switch lamp
hose gearbox lid chain thermostat fuse"""
THINGS, PARTS = tuple(_THINGS.split()), tuple(_PARTS.split())
TROUBLES = (
    ("gets far too hot", "burns our fingers by noon"),
    ("makes a grinding noise", "howls so loud nobody can talk"),
    ("leaks onto the floor", "leaves a puddle every morning"),
    ("keeps stopping", "gives up halfway through the job"),
    ("is stuck", "will not budge at all"),
    ("is much too slow", "takes twice as long as it used to"),
    ("wears out within weeks", "needs a new one each month"),
    ("shakes badly", "rattles until the screws come loose"),
    ("smells odd", "stinks of something sour"),
    ("uses too much power", "has doubled our electricity bill"),
)
MOST = len(THINGS) * len(PARTS) * len(TROUBLES)

_HEAD = """\
company:
  name: Everything Supplies
  trade: machines of all sorts
  about: Sells and mends machines.
  contact: help@everything.example
outcomes:
  - {id: running, want: machines that run when they are needed, direction: be_sure, said_as: [it just has to run]}
products:
"""
_PROBLEM = """\
  - id: p{n}
    name: the {part} of the {thing} {trouble}
    said_as: [our {thing} {part} {said}]
    outcomes: [running]
    about: [{thing}]
    causes:
      - {{id: habit{n}, name: the {thing} is used with its {part} set wrongly, how_common: usually}}
      - {{id: worn{n}, name: the {part} of the {thing} is worn, how_common: sometimes}}
    checks:
      - id: setting{n}
        ask: How is the {part} of the {thing} set?
        answers:
          - {{id: high, label: as high as it goes, if: {{habit{n}: almost always}}}}
          - {{id: low, label: as the manual says, if: {{worn{n}: usually}}}}
"""
_REMEDIES = """\
  - id: teach{n}
    rung: retrain
    title: Set the {part} as the manual says
    gives: a {thing} that runs
    does: We show your people how to set the {part}.
    serves: {{habit{n}: almost always}}
    attributes: {{ease: 4, timeliness: 5, certainty: 4, cost: 5, choice: 3}}
    days: 2
    cost: 0
    expect: [a {thing} that runs]
    steps: [{{what: We show your people, who: we, day: 1}}]
  - id: mend{n}
    rung: fix
    title: Replace the {part} of the {thing}
    gives: a {thing} that runs
    does: We replace the {part}.
    serves: {{worn{n}: almost always}}
    attributes: {{ease: 4, timeliness: 4, certainty: 4, cost: 3, choice: 3}}
    days: 5
    cost: 120
    expect: [a {thing} that runs]
    steps: [{{what: We replace the {part}, who: we, day: 4}}]
"""


def write_catalogue(folder: Path, problems: int) -> Path:
    """A catalogue with that many problems in the folder, in files of a thousand; raises ValueError above MOST."""
    if not 0 < problems <= MOST:
        raise ValueError(f"a made-up catalogue has from 1 to {MOST} problems")
    folder.mkdir(parents=True)
    things = [f"  - {{id: {thing}, name: {thing}, kind: {thing}, cost: 900}}\n" for thing in THINGS]
    (folder / "company.yml").write_text(_HEAD + "".join(things), encoding="utf-8")
    words = [_words(number, *each) for number, each in enumerate(islice(_spread(), problems))]
    for start in range(0, problems, 1000):
        part = words[start : start + 1000]
        text = "problems:\n" + "".join(_PROBLEM.format_map(one) for one in part)
        text += "remedies:\n" + "".join(_REMEDIES.format_map(one) for one in part)
        (folder / f"problems{start // 1000}.yml").write_text(text, encoding="utf-8")
    return folder


def _spread() -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Every combination once; neighbours differ in all three words."""
    for shift, part, thing in product(range(len(TROUBLES)), range(len(PARTS)), range(len(THINGS))):
        trouble = (thing + part + shift) % len(TROUBLES)
        yield THINGS[thing], PARTS[(thing + part) % len(PARTS)], TROUBLES[trouble]


def _words(number: int, thing: str, part: str, trouble: tuple[str, str]) -> dict[str, object]:
    return {"n": number, "thing": thing, "part": part, "trouble": trouble[0], "said": trouble[1]}
