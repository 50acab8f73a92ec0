"""A small complete catalogue to start from: the example of the documentation."""

from __future__ import annotations

import json
from pathlib import Path

from bot.content.schema import schema

STARTER = """\
# yaml-language-server: $schema=./catalogue.schema.json
company:
  name: Brightcup
  trade: coffee machines for offices
  about: Brightcup sells and looks after coffee machines in offices.
  contact: "+49 30 000 000, hello@brightcup.example"
  hours: {days: mon-fri, opens: "08:00", closes: "17:00", zone: Europe/Berlin}

outcomes:
  - {id: quick_coffee, want: coffee without a queue, direction: have_it_easier, said_as: [no waiting for coffee]}

products:
  - {id: duo, name: Duo, kind: machine, capabilities: {pace: 60 cups/h}, cost: {once: 2400, yearly: 300}}
  - {id: quattro, name: Quattro, kind: machine, capabilities: {pace: 140 cups/h}, cost: {once: 4900, yearly: 480}}

facts:
  - {id: drinkers, type: number, unit: people, ask: How many people drink coffee there?, why: It sets the busiest hour.}
  - {id: pace, type: number, unit: cups/h, from_asset: pace}
  - {id: rush, type: number, unit: cups/h, formula: drinkers * 0.8}

problems:
  - id: long_queue
    name: people queue for coffee
    said_as: [there is always a queue at the machine, we wait ages for a cup, it takes too long in the morning]
    outcomes: [quick_coffee]
    about: [machine]
    causes:
      - {id: rinses_at_nine, name: the machine rinses itself when everyone arrives, explain: Its clock is set to nine.}
      - {id: chalky, name: chalk slows the water down, how_common: usually, said_as: [it only dribbles]}
      - {id: too_small, name: more people drink coffee than it was bought for, how_common: rarely}
    checks:
      - id: when_slow
        ask: When is it slow?
        why: Chalk slows every cup, a rinse only some.
        answers:
          - id: at_nine
            label: Around nine
            said_as: [in the morning, when we start]
            if: {rinses_at_nine: almost always, too_small: usually}
          - {id: always, label: All day, said_as: [every cup, it never runs fast], if: {chalky: almost always}}
      - fact: drinkers
        answers:
          - {id: few, when: drinkers < 75, if: {rinses_at_nine: usually}}
          - {id: many, when: drinkers >= 75, if: {too_small: almost always}}

remedies:
  - id: rinse_at_seven
    rung: reuse
    title: Move the rinse to seven o'clock
    gives: a machine that is ready when the first of you arrives
    does: We tell you over the phone how to set the clock of the rinse.
    serves: {rinses_at_nine: almost always}
    cost: free
    conditions:
      - {needs: pace >= rush, say: "your machine makes {pace} and you need {rush}"}
  - id: descale
    rung: fix
    title: Descale the machine
    gives: a full cup in thirty seconds again
    does: Our fitter descales it and shows you how to keep it free of chalk.
    serves: {chalky: almost always}
    cost: 140
    steps: [{what: We descale it, who: we, day: 3, ready: [the machine is cold]}]
  - id: larger_machine
    rung: buy
    title: A Quattro in place of the Duo
    gives: enough cups for the busiest hour
    does: We fit a Quattro and take the Duo back.
    serves: {too_small: almost always}
    product: quattro
    days: 14
"""


def starter(path: str | Path) -> tuple[Path, ...]:
    """Writes a small complete catalogue and its JSON Schema into a folder, made if need be; returns the files.

    Raises FileExistsError when one of them is there already, so that nothing is ever overwritten.
    """
    folder = Path(path)
    contents = {
        folder / "catalogue.yml": STARTER,
        folder / "catalogue.schema.json": json.dumps(schema(), indent=2, ensure_ascii=False) + "\n",
    }
    for file in contents:
        if file.exists():
            raise FileExistsError(f"{file} exists already: give a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in contents.items():
        file.write_text(content, encoding="utf-8")
    return tuple(contents)
