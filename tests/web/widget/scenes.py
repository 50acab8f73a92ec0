"""What a scripted assistant answers in tests of the widget: one reply for every kind of view, chosen by a word."""

from __future__ import annotations

from typing import Any

PROGRESS = [
    {"id": "listen", "title": "What is going on"},
    {"id": "cause", "title": "Where it comes from"},
    {"id": "need", "title": "What you need"},
    {"id": "advice", "title": "Advice, compared"},
    {"id": "done", "title": "Agreed and followed up"},
]
STAGES = {"question": 1, "read_back": 2, "advice": 3, "referral": 3, "promises": 4, "hand_over": 3}


def scene(text: str) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """The messages and the view with which a text is answered."""
    for word, (messages, view) in SCENES.items():
        if word in text:
            return messages, view
    return [{"text": f"You said: {text}"}], None


def progress(kind: str | None, before: int) -> int:
    """How far the process is after a view of this kind."""
    return STAGES.get(kind or "", before)


def option(rung: str, rung_title: str, standing: str, title: str, outcome: str, **more: Any) -> dict[str, Any]:
    """An option with everything in it."""
    return {
        "rung": rung,
        "rung_title": rung_title,
        "standing": standing,
        "title": title,
        "outcome": outcome,
        "reason": "Heavy soil takes 70 minutes; the towel programme takes 45 and gets spa towels clean.",
        "cost": "Nothing",
        "time": "Thursday 8 May",
        "steps": [
            {"who": "Our trainer", "what": "Shows your team the towel programme", "when": "2025-05-08"},
            {"who": "You", "what": "Half an hour with the morning shift", "when": None},
        ],
        "attributes": {"ease": 4, "timeliness": 5, "certainty": 4, "cost": 5, "choice": 3},
        "expect": ["It covers your noon peak up to about 120 spa guests."],
        "not_expect": ["Whiter towels."],
        "accept": "/accepts",
        "why_not": None,
        **more,
    }


WHY_NOT_BUY = '/asks_why_not{"rung": "buy"}'
OPTIONS = [
    option("retrain", "Use it better", "advised", "The 45-minute programme", "Clean towels on the shelf before noon"),
    option(
        "take_over",
        "We take it over",
        "possible",
        "Towel service by the load",
        "No towels to think about at all",
        cost="310 € a month",
        time="From 2 June",
        attributes={"ease": 5, "timeliness": 3, "certainty": 5, "cost": 2, "choice": 2},
        accept='/accepts{"rung": "take_over"}',
        why_not='/asks_why_not{"rung": "take_over"}',
    ),
    option(
        "buy",
        "Something new",
        "ruled_out",
        "Two W-30 washers",
        "More loads than you need",
        reason="Your three machines are idle a third of the morning, so two more would stand idle too.",
        cost="38,000 € over eight years",
        time="Six weeks",
        attributes={"ease": 3, "timeliness": 1, "certainty": 4, "cost": 1, "choice": 5},
        accept=None,
        why_not=WHY_NOT_BUY,
    ),
]
ADVICE = (
    "Then I don't think you need new washers. Switch towels to the 45-minute programme.\n\n"
    "Why I think so: towels are washed on the long programme.\n\n"
    "- Cost: nothing\n- When: done by Thursday 8 May\n\n1. We book the trainer\n2. Half an hour with your team"
)
INTRODUCTION = (
    "Dear Ms Lang,\n\nI would like to introduce Hotel Seeblick. They look for a linen rental before June.\n\nKind regards"
)
SCENES: dict[str, tuple[list[dict[str, Any]], dict[str, Any] | None]] = {
    "towels": (
        [
            {
                "text": "So it's towels on the shelf before noon. Which programme do the staff use for towels?",
                "buttons": [
                    {"title": "The short programme", "payload": '/choose{"value": "short"}'},
                    {"title": "Heavy soil, to be safe", "payload": '/choose{"value": "heavy"}'},
                ],
            }
        ],
        {"kind": "question", "why": "/asks_why", "skip": "/declines"},
    ),
    "/asks_why_not": ([{"text": "Your three machines are idle a third of the morning, so two more would stand idle too."}], None),
    "/asks_why": ([{"text": "The programme decides how many loads fit into a morning, and that may be all there is to it."}], None),
    "/declines": ([{"text": "That is fine. I go on without it."}], None),
    "/choose": (
        [
            {
                "text": "Let me check that I have it right.",
                "buttons": [{"title": "Exactly", "payload": "/affirms"}, {"title": "No", "payload": "/denies"}],
            }
        ],
        {
            "kind": "read_back",
            "need": "Enough clean towels before noon, so that spa guests aren't let down.",
            "yes": "/affirms",
            "no": "/denies",
        },
    ),
    "/affirms": (
        [
            {"text": ADVICE},
            {
                "text": "Does that serve it?",
                "buttons": [
                    {"title": "Yes, let's do that", "payload": "/accepts"},
                    {"title": "Why not something new?", "payload": WHY_NOT_BUY},
                    {"title": "That won't work because…", "payload": "/rejects"},
                ],
            },
        ],
        {
            "kind": "advice",
            "options": OPTIONS,
            "priority": "certainty",
            "doing_nothing": "Guests go without towels from noon on most Saturdays.",
        },
    ),
    "/accepts": ([{"text": "Good. This is what happens now."}], {"kind": "promises"}),
    "linen": (
        [{"text": f"Someone else serves this better. This is what I would write:\n\n{INTRODUCTION}"}, {"text": "May I send it?"}],
        {
            "kind": "referral",
            "vendor": "Lang Linen Rental",
            "reason": "They rent linen by the week; we only sell and service machines.",
            "contact": "Eva Lang, +49 30 111 111",
            "introduction": INTRODUCTION,
            "shares": ["Your name", "What you look for"],
            "line": "introduction:linen",
            "yes": "/sends",
            "no": "/keeps",
            "editable": True,
        },
    ),
    "/sends": ([{"text": "It is sent. Ms Lang answers within a day."}], None),
    "/keeps": ([{"text": "Nothing was sent, and nothing of yours was passed on."}], None),
    "person": (
        [{"text": "I bring in a colleague."}],
        {
            "kind": "hand_over",
            "staffed": True,
            "wait": "Mr Brandt answers in about 5 minutes.",
            "opens": None,
            "who": "Jan Brandt",
            "role": "service",
            "contact": "",
        },
    ),
    "night": (
        [{"text": "Nobody is in at this hour."}],
        {
            "kind": "hand_over",
            "staffed": False,
            "wait": None,
            "opens": "From Monday 8:00 somebody reads it first thing.",
            "message": True,
        },
    ),
    "smoke": (
        [{"text": "Switch the machine off at the wall now and don't open the drum. Then tell me what you see."}],
        {"kind": "warning"},
    ),
    "hostile": (
        [
            {
                "text": "<img src=x onerror=alert(1)> <b>bold</b> [x](javascript:alert(1)) javascript:alert(1)",
                "buttons": [{"title": "<i>tap</i>", "payload": "/tap"}],
            }
        ],
        {"kind": "<script>alert(1)</script>"},
    ),
}
