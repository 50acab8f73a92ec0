"""Conversations as Rasa stories: what was said, which intent it was read as, and which action followed."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import yaml

from bot.store.records import Turn


def story_head() -> str:
    """The beginning of a file of stories."""
    return 'version: "3.1"\n\nstories:\n'


def story_of(conversation_id: str, turns: Sequence[Turn]) -> str:
    """One conversation as a story under `story_head`. Its name leads back to nobody."""
    name = blake2b(conversation_id.encode(), digest_size=6).hexdigest()
    story = {"story": f"conversation {name}", "steps": [step for turn in turns for step in _steps(turn)]}
    written = yaml.safe_dump([story], sort_keys=False, allow_unicode=True, width=120)
    return "".join(f"  {line}\n" if line else "\n" for line in written.splitlines())


def _steps(turn: Turn) -> list[dict[str, Any]]:
    """What the customer did and the action that answered; a button is its own payload, as Rasa writes it."""
    intent = turn.intent or (turn.user_text[1:].partition("{")[0] if turn.user_text.startswith("/") else "nlu_fallback")
    said = {"intent": intent, "user": turn.user_text} if turn.user_text else {"intent": intent}
    kind = str(turn.move.get("kind", ""))
    actions = ["action_hear", *([f"action_{kind}"] if kind else [])]
    return [said, *({"action": action} for action in actions)]
