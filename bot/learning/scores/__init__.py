"""How well the need was sought: a rubric, the score of a conversation explained turn by turn, and how far people agree."""

from __future__ import annotations

from bot.learning.scores.agreement import alpha
from bot.learning.scores.rubric import STANDARD, Criterion, Rubric, read_rubric
from bot.learning.scores.scoring import Point, Scored, score
from bot.learning.scores.seen import Aftermath, Seen, seen

__all__ = ["STANDARD", "Aftermath", "Criterion", "Point", "Rubric", "Scored", "Seen", "alpha", "read_rubric", "score", "seen"]
