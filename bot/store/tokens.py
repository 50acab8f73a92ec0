"""Tokens that let other systems use the JSON API: only a hash is kept, each has its scopes and can be revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, select, update

from bot.store.access import hashed
from bot.store.access_tables import api_tokens
from bot.store.errors import NotFound
from bot.store.ledger import Clock
from bot.store.records import UNSTORED
from bot.store.rows import record_of, values_of

_NOTED_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token of the API. `start` is its beginning, to tell tokens apart; `made_by` the id of the user who made it."""

    id: int = 0
    name: str
    start: str
    hash: str
    scopes: tuple[str, ...]
    made_by: str
    created_at: datetime = UNSTORED
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class Tokens:
    """The tokens of the API."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, name: str, secret: str, scopes: tuple[str, ...], made_by: str, lasts: timedelta | None = None) -> Token:
        """Store a new token by the hash of its secret."""
        now = self._clock()
        fresh = Token(
            name=name,
            start=secret[:12],
            hash=hashed(secret),
            scopes=scopes,
            made_by=made_by,
            created_at=now,
            expires_at=now + lasts if lasts else None,
        )
        result = self._session.execute(insert(api_tokens), values_of(fresh, "id"))
        return self.get(result.inserted_primary_key[0])

    def get(self, token_id: int) -> Token:
        """The token. Raises `NotFound`."""
        row = self._session.execute(select(api_tokens).where(api_tokens.c.id == token_id)).first()
        if row is None:
            raise NotFound(f"There is no token {token_id}.")
        return record_of(Token, row)

    def live(self, secret: str) -> Token | None:
        """The token with that secret if it is neither revoked nor expired."""
        unexpired = or_(api_tokens.c.expires_at.is_(None), api_tokens.c.expires_at > self._clock())
        mine = select(api_tokens).where(api_tokens.c.hash == hashed(secret), api_tokens.c.revoked_at.is_(None), unexpired)
        row = self._session.execute(mine).first()
        return None if row is None else record_of(Token, row)

    def is_stale(self, token: Token) -> bool:
        """Whether its last use was not noted for a minute."""
        return token.last_used_at is None or self._clock() - token.last_used_at > _NOTED_AFTER

    def used(self, token: Token) -> None:
        """Note that it was used now."""
        self._session.execute(update(api_tokens).where(api_tokens.c.id == token.id).values(last_used_at=self._clock()))

    def all(self) -> tuple[Token, ...]:
        """All tokens, revoked ones too, newest first."""
        return tuple(record_of(Token, row) for row in self._session.execute(select(api_tokens).order_by(api_tokens.c.id.desc())))

    def revoke(self, token_id: int) -> Token:
        """End a token for good. Raises `NotFound`."""
        self.get(token_id)
        mine = update(api_tokens).where(api_tokens.c.id == token_id, api_tokens.c.revoked_at.is_(None))
        self._session.execute(mine.values(revoked_at=self._clock()))
        return self.get(token_id)
