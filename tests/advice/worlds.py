"""A small company written by hand: it sells cargo bikes to couriers, and has an honest answer on every rung."""

from __future__ import annotations

from bot.advice.catalogue import (
    Attribute,
    Band,
    Catalogue,
    Cause,
    Check,
    CheckIn,
    Choice,
    Company,
    Condition,
    Cost,
    Danger,
    Direction,
    Doer,
    Effort,
    Expert,
    Extra,
    Fact,
    FactType,
    Hearsay,
    Likely,
    Limit,
    NotOurs,
    Outcome,
    Problem,
    Product,
    ProductStatus,
    Remedy,
    Rung,
    Step,
    Vendor,
)
from bot.advice.formulas import Formula

ALWAYS, USUALLY, SOMETIMES, RARELY, NEVER = Likely


def _by_id(*items):  # type: ignore[no-untyped-def]
    return {item.id: item for item in items}


def _choices(*ids: str) -> tuple[Choice, ...]:
    return tuple(Choice(id, id.capitalize(), (id,)) for id in ids)


def _answers(**likelihoods: dict[str, Likely]) -> tuple[Band, ...]:
    return tuple(Band(answer, likely) for answer, likely in likelihoods.items())


FACTS = _by_id(
    Fact("assist", FactType.CHOICE, "Which assistance do the riders use?", choices=_choices("turbo", "tour", "eco")),
    Fact("parking", FactType.CHOICE, "Where do the bikes stand at night?", choices=_choices("inside", "outside")),
    Fact(
        "battery_age",
        FactType.NUMBER,
        "How old are the batteries?",
        unit="years",
        from_asset="age",
        effort=Effort.LOOK,
    ),
    Fact("round_km", FactType.NUMBER, "How long is a round?", "It decides which battery is enough.", unit="km"),
    Fact("has_room", FactType.YES_NO, "Is there a room to lock the bikes in?"),
    Fact("capacity", FactType.NUMBER, unit="Wh", from_asset="capacity"),
    Fact("reach", FactType.NUMBER, unit="km", formula=Formula("capacity / 8")),
    Fact("care", FactType.CHOICE, "Who oils the chains?", choices=_choices("riders", "nobody", "workshop")),
    Fact("load_kg", FactType.NUMBER, "What do you carry at most?", unit="kg", personal=True, why="Frames have limits."),
    Fact("fleet_age", FactType.NUMBER, "How many years have the bikes run?", unit="years"),
    Fact("region", FactType.CHOICE, "Where are you?", choices=_choices("north", "south"), from_customer="region"),
)

FLAT = Problem(
    "runs_flat",
    "the battery is flat before the round is done",
    said_as=("battery dies halfway",),
    outcomes=("round_done", "less_charging"),
    about=("bike",),
    causes=(
        Cause("turbo_habit", "the riders use full assistance all day", USUALLY, "Turbo takes twice as much as tour."),
        Cause("cold_night", "the batteries stand in the cold at night", SOMETIMES, "Below 5 degrees a third is lost."),
        Cause("worn_battery", "the batteries are worn", SOMETIMES, "At {battery_age} a battery holds about half."),
        Cause("long_round", "the round is longer than the battery reaches", RARELY, "{round_km} is a long way."),
    ),
    checks=(
        Check(
            "assist",
            "assist",
            _answers(
                turbo={"turbo_habit": ALWAYS, "worn_battery": RARELY, "cold_night": RARELY, "long_round": RARELY},
                tour={},
                eco={"long_round": SOMETIMES},
            ),
        ),
        Check("parking", "parking", _answers(inside={}, outside={"cold_night": ALWAYS, "worn_battery": RARELY})),
        Check(
            "battery_age",
            "battery_age",
            (
                Band("young", {"worn_battery": NEVER, "long_round": USUALLY}, Formula("battery_age < 4")),
                Band("old", {"worn_battery": ALWAYS}, Formula("battery_age >= 4")),
            ),
        ),
        Check(
            "round_km",
            "round_km",
            (
                Band("short", {"long_round": NEVER, "turbo_habit": USUALLY}, Formula("round_km <= 60")),
                Band("long", {"long_round": ALWAYS}, Formula("round_km > 60")),
            ),
        ),
    ),
    costs_you=Formula("round_km * 20"),
)

REPAIRS = Problem(
    "always_broken",
    "a bike is always in the workshop",
    said_as=("always something broken",),
    outcomes=("bikes_ready",),
    about=("bike", "trailer"),
    causes=(
        Cause("no_care", "nobody cares for the chains", USUALLY, said_as=("we never oil them",)),
        Cause("no_hands", "nobody has time for repairs", SOMETIMES),
        Cause("overloaded", "the loads are too heavy for bikes", SOMETIMES),
        Cause("worn_out", "the bikes are at the end of their life", SOMETIMES),
        Cause("cracked_frame", "a frame is cracked", RARELY, danger=Danger("crack", "A frame can break.", "Stop riding it.")),
        Cause("winter", "salt wears chains faster in winter", RARELY),
    ),
    checks=(
        Check(
            "care",
            "care",
            _answers(
                riders={"no_care": NEVER, "winter": ALWAYS},
                nobody={"no_care": ALWAYS, "no_hands": SOMETIMES},
                workshop={"no_care": NEVER, "no_hands": NEVER},
            ),
        ),
        Check(
            "load_kg",
            "load_kg",
            (
                Band("light", {"overloaded": NEVER}, Formula("load_kg < 150")),
                Band("heavy", {"overloaded": ALWAYS, "cracked_frame": USUALLY}, Formula("load_kg >= 150")),
            ),
        ),
        Check(
            "fleet_age",
            "fleet_age",
            (
                Band("new", {"worn_out": NEVER, "winter": ALWAYS}, Formula("fleet_age < 6")),
                Band("aged", {"worn_out": ALWAYS, "winter": RARELY}, Formula("fleet_age >= 6")),
            ),
        ),
    ),
)

SQUEAL = Problem(
    "brakes_squeal",
    "the brakes squeal",
    said_as=("brakes are screaming",),
    outcomes=("bikes_ready",),
    about=("bike",),
    causes=(Cause("dusty_pads", "there is dust on the pads", USUALLY),),
)

REMEDIES = _by_id(
    Remedy(
        "ride_in_tour",
        Rung.RETRAIN,
        "Ride in tour mode",
        gives="a third more kilometres on the batteries you own",
        does="We show your riders the modes.",
        serves={"turbo_habit": ALWAYS},
        attributes={Attribute.COST: 5, Attribute.EASE: 3},
        effort="ten minutes with each rider",
        conditions=(Condition(Formula("reach >= round_km"), "a battery reaches {reach} and your round is {round_km}"),),
        expect=("about {reach} on one charge",),
        not_expect=("faster rounds",),
        extra=Extra("Mode card", "One page for the handlebar."),
        check_in=CheckIn(14, "Do the batteries last the round?"),
    ),
    Remedy(
        "park_inside",
        Rung.REUSE,
        "Lock the bikes in the room you have",
        gives="full batteries in the morning",
        does="You move the chargers.",
        serves={"cold_night": ALWAYS},
        conditions=(Condition(Formula("has_room"), "you have no room to lock them in"),),
        steps=(Step("Move the chargers", Doer.YOU),),
    ),
    Remedy(
        "new_cells",
        Rung.FIX,
        "Put new cells into the batteries",
        gives="the range of the first day",
        does="We swap the cells of batteries that are {battery_age} old.",
        serves={"worn_battery": ALWAYS},
        days=5,
        cost=Cost(180, 0),
        steps=(Step("We collect the batteries", Doer.WE, 1, ("they are numbered",)), Step("We bring them back", day=5)),
        safety=("Never open a battery yourself.",),
        check_in=CheckIn(30, "Do they last the round now?"),
        expert="mara",
    ),
    Remedy(
        "long_range",
        Rung.BUY,
        "Take one bike with a second battery",
        gives="rounds up to 110 km",
        does="One LR-2 for the longest round.",
        serves={"long_round": ALWAYS, "turbo_habit": ALWAYS, "cold_night": USUALLY, "worn_battery": ALWAYS},
        days=21,
        cost=Cost(5200, 300),
        conditions=(Condition(Formula("round_km <= 110"), "no battery we know does {round_km}"),),
        steps=(Step("We deliver it", day=21),),
        relief="You no longer have to think about the last ten parcels.",
        product="lr2",
    ),
    Remedy(
        "oil_weekly",
        Rung.RETRAIN,
        "Oil the chains every Friday",
        gives="half the repairs",
        does="Five minutes a bike.",
        serves={"no_care": ALWAYS},
    ),
    Remedy(
        "care_plan",
        Rung.TAKE_OVER,
        "We keep the bikes running",
        gives="bikes that are ready every morning",
        does="We come every week.",
        serves={"no_hands": ALWAYS, "no_care": ALWAYS, "winter": USUALLY},
        cost=Cost(0, 2400, "per bike"),
        steps=(Step("Our mechanic comes", day=7),),
        check_in=CheckIn(30, "Were all bikes ready?"),
    ),
    Remedy(
        "hauler",
        Rung.REFER,
        "Have the heavy parcels carried by Ochs",
        gives="no more broken wheels",
        does="They carry what is too heavy for a bike.",
        serves={"overloaded": ALWAYS},
        vendor="ochs",
    ),
    Remedy(
        "heavy_bike",
        Rung.BUY,
        "Take a heavy-duty bike",
        gives="200 kg on two wheels",
        does="One HD-1.",
        serves={"overloaded": USUALLY, "worn_out": ALWAYS},
        cost=Cost(7400, 500),
        product="hd1",
        steps=(Step("We deliver it", day=30),),
    ),
    Remedy("new_frame", Rung.FIX, "A new frame", "a safe bike", "We swap the frame.", {"cracked_frame": ALWAYS}, days=3),
    Remedy("wait_for_spring", Rung.NOTHING, "Leave it until spring", "peace", "Salt is gone by March.", {"winter": ALWAYS}),
    Remedy("blow_out", Rung.RETRAIN, "Blow out the pads", "quiet brakes", "Once a week.", {"dusty_pads": ALWAYS}),
)

BIKES = Catalogue(
    company=Company(
        "Pedal Works",
        "cargo bikes",
        "Sells and repairs cargo bikes.",
        "+49 30 555, hello@pedal.example",
        quote="Mara makes it within a day.",
        limits=(Limit("region", Formula("region != 'south'"), "We only work in the north.", "alpine"),),
        not_ours=(
            NotOurs("scooters", ("motor scooter",), "We have no motor scooters.", "alpine"),
            NotOurs("cars", ("delivery van",), "We have no cars."),
        ),
        hearsay=(Hearsay("late", ("you are always late",), "Last year 95 of 100 came on the day.", "mara"),),
    ),
    outcomes=_by_id(
        Outcome("round_done", "every round finished on one charge", Direction.BE_SURE),
        Outcome("less_charging", "to charge less often", Direction.SPEND_LESS),
        Outcome("bikes_ready", "every bike ready in the morning", Direction.BE_SURE),
    ),
    products=_by_id(
        Product("c1", "C-1", "bike", status=ProductStatus.SUPERSEDED, capabilities={"capacity": 500.0}),
        Product("lr2", "LR-2", "bike", capabilities={"capacity": 1000.0}, cost=Cost(5200, 300)),
        Product("hd1", "HD-1", "bike", cost=Cost(7400, 500), known_problems=("no_care",)),
        Product("t1", "T-1", "trailer"),
    ),
    facts=FACTS,
    problems=_by_id(FLAT, REPAIRS, SQUEAL),
    remedies=REMEDIES,
    vendors=_by_id(
        Vendor("ochs", "Ochs Transport", "carrying heavy loads", "Ida Ochs, ida@ochs.example", "Ida calls back."),
        Vendor("alpine", "Alpine Bikes", "everything in the south", "info@alpine.example"),
    ),
    experts=_by_id(Expert("mara", "Mara Lind", "workshop lead", ("runs_flat", "bike"), "mara@pedal.example")),
    dangers=_by_id(Danger("smoke", "A smoking battery can burn.", "Put it outside.", ("it smokes",), "mara")),
)
