"""Passwords: hashed with argon2, checked in the same time whether or not there is such a user, and what a good one needs."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 12
LONGEST: Final = 256
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_HASHER: Final = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to keep of a password; takes some tens of milliseconds, so never call it inside a transaction."""
    return _HASHER.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether the password is the one of this hash; None, for no such user, takes as long and never fits."""
    try:
        _HASHER.verify(_nobodys() if kept is None else kept, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(kept)


def one_time_password() -> str:
    """A password to be used once, easy to read out: four groups of four letters and figures, about 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def trouble_with(password: str, name: str) -> str:
    """What is wrong with a new password, in words; empty when it is good."""
    if len(password) < SHORTEST:
        return f"It has {len(password)} characters. Use at least {SHORTEST}; a few words in a row are easy to remember."
    if len(password) > LONGEST:
        return f"It has {len(password)} characters. Use at most {LONGEST}."
    if len(set(password.casefold())) < 5:
        return "It repeats a few characters. Use a few words in a row instead."
    if name and name.casefold() in password.casefold():
        return "It holds your name. Choose one that nobody who knows you would guess."
    return ""


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
