"""The one place that says who may do what: a table of roles and permissions, and whose customers a user sees."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from bot.store.access import Role, Sight, User


class Permission(str, Enum):
    """Something a signed-in person may or may not do."""

    GUIDE = "guide"
    """Prepare and hold calls."""
    FOLLOW = "follow"
    """Follow somebody else's call live."""
    DAY = "day"
    """The rep's day: promises, check-ins, hand-overs, own measures."""
    COACHED = "coached"
    """Read the notes and scores of one's own calls."""
    EXPORT = "export"
    """Take calls, promises and referrals out as CSV or JSON."""
    REVIEW = "review"
    """Find and read conversations, masked."""
    REVEAL = "reveal"
    """See personal data unmasked; each look is in the audit log."""
    CORRECT = "correct"
    """Correct what was understood."""
    SCORE = "score"
    """Score conversations, write coaching notes."""
    TEACH = "teach"
    """Accept corrections, retrain, promote, roll back, run experiments."""
    ALL_CUSTOMERS = "all customers"
    """See every customer, not only one's own and the team's."""
    ERASE = "erase"
    """Erase customers and conversations."""
    USERS = "users"
    """Manage users and who keeps which customer."""
    INTEGRATIONS = "integrations"
    """Manage tokens and webhooks."""
    AUDIT = "audit"
    """Read the audit log."""


_REP: Final = frozenset({Permission.GUIDE, Permission.FOLLOW, Permission.DAY, Permission.COACHED, Permission.EXPORT})
_TRAINER: Final = frozenset(
    {
        Permission.FOLLOW,
        Permission.EXPORT,
        Permission.REVIEW,
        Permission.REVEAL,
        Permission.CORRECT,
        Permission.SCORE,
        Permission.TEACH,
        Permission.ALL_CUSTOMERS,
    }
)
POLICY: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.REP: _REP,
    Role.TRAINER: _TRAINER,
    Role.ADMIN: frozenset(Permission),
}
"""What each role may do. An admin may do everything, and everything they do is in the audit log like anybody's."""


def allows(user: User, permission: Permission) -> bool:
    """Whether the user may do that. One who is disabled or must change the password first may do nothing."""
    return user.disabled_at is None and not user.must_change and permission in POLICY[user.role]


def sight(user: User) -> Sight:
    """Whose customers the user sees: their own, their team's and those nobody keeps yet, or everybody's by role."""
    return Sight(allows(user, Permission.ALL_CUSTOMERS), user.id, user.team)
