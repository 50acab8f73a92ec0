"""Who may come in and what they did: users, sessions, failed sign-ins, who keeps which customer, the audit log."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, select, update

from bot.store.access_tables import audit_log, keepers, sessions, sign_in_failures, users
from bot.store.errors import Conflict, NotFound
from bot.store.ledger import Clock
from bot.store.records import UNSTORED
from bot.store.rows import record_of, upsert, values_of

FAILURE_WINDOW = timedelta(minutes=15)
"""How long failed sign-ins are counted."""


class Role(str, Enum):
    """What a user is here for; what each role may do stands in `bot.web.access.policy`."""

    REP = "rep"
    TRAINER = "trainer"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody who signs in. `name` is what they sign in with, in small letters; `team` is empty for none.

    A user whose password `must_change` can do nothing else before. Users are disabled, never deleted: what they did stays theirs.
    """

    id: str = ""
    name: str
    full_name: str = ""
    role: Role = Role.REP
    team: str = ""
    password_hash: str = ""
    must_change: bool = False
    disabled_at: datetime | None = None
    created_at: datetime = UNSTORED
    updated_at: datetime = UNSTORED

    @property
    def shown_name(self) -> str:
        """The name to show others."""
        return self.full_name or self.name


@dataclass(frozen=True, kw_only=True)
class Session:
    """One sign-in on one device. `id` is a hash: the secret itself is only in the browser's cookie."""

    id: str
    user_id: str
    device: str = ""
    created_at: datetime = UNSTORED
    last_used_at: datetime = UNSTORED
    expires_at: datetime = UNSTORED


@dataclass(frozen=True)
class Sight:
    """Whose customers somebody sees: everybody's, or their own, their team's, and those nobody keeps yet."""

    everything: bool
    user_id: str
    team: str


@dataclass(frozen=True, kw_only=True)
class Audited:
    """One line of the audit log: who did what on what, and when."""

    id: int = 0
    at: datetime = UNSTORED
    user_id: str = ""
    user_name: str = ""
    action: str
    kind: str = ""
    subject: str = ""
    detail: str = ""


class Users:
    """Users by id and by the name they sign in with."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, user: User) -> User:
        """Store a new user. Raises `Conflict` when the name is taken."""
        name = signing_name(user.name)
        if self.by_name(name) is not None:
            raise Conflict(f"The name '{name}' is taken. Choose another.")
        now = self._clock()
        fresh = replace(user, id=user.id or uuid.uuid4().hex, name=name, created_at=now, updated_at=now)
        self._session.execute(insert(users), values_of(fresh))
        return fresh

    def get(self, user_id: str) -> User | None:
        """The user, or None."""
        return self._one(users.c.id == user_id)

    def require(self, user_id: str) -> User:
        """The user. Raises `NotFound`."""
        found = self.get(user_id)
        if found is None:
            raise NotFound(f"There is no user '{user_id[:80]}'.")
        return found

    def by_name(self, name: str) -> User | None:
        """The user who signs in with that name, or None."""
        return self._one(users.c.name == signing_name(name))

    def all(self, after: str = "", limit: int = 200) -> tuple[User, ...]:
        """Users by name, from the first name after that one on."""
        found = select(users).where(users.c.name > after).order_by(users.c.name).limit(limit)
        return tuple(record_of(User, row) for row in self._session.execute(found))

    def count(self) -> int:
        """How many there are, disabled ones too."""
        return int(self._session.execute(select(func.count()).select_from(users)).scalar_one())

    def admins(self) -> int:
        """How many admins can sign in."""
        able = and_(users.c.role == Role.ADMIN.value, users.c.disabled_at.is_(None))
        return int(self._session.execute(select(func.count()).select_from(users).where(able)).scalar_one())

    def save(self, user: User) -> User:
        """Store a changed user. Raises `NotFound`."""
        fresh = replace(user, updated_at=self._clock())
        values = values_of(fresh, "id", "name", "created_at")
        if self._session.execute(update(users).where(users.c.id == user.id).values(values)).rowcount == 0:
            raise NotFound(f"There is no user '{user.name}'.")
        return fresh

    def disable(self, user_id: str, disabled: bool = True) -> User:
        """Keep a user out, and end their sessions; or let them in again. Raises `NotFound`."""
        if disabled:
            self._session.execute(delete(sessions).where(sessions.c.user_id == user_id))
        return self.save(replace(self.require(user_id), disabled_at=self._clock() if disabled else None))

    def _one(self, condition: Any) -> User | None:
        row = self._session.execute(select(users).where(condition)).first()
        return None if row is None else record_of(User, row)


class Sessions:
    """Sessions by the secret in the cookie, of which only a hash is kept."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def open(self, user_id: str, secret: str, lasts: timedelta, device: str = "") -> Session:
        """Begin a session that ends after `lasts` at the latest; those that ended long ago are cleared away."""
        now = self._clock()
        self._session.execute(delete(sessions).where(sessions.c.expires_at < now))
        fresh = Session(
            id=hashed(secret),
            user_id=user_id,
            device=device[:200],
            created_at=now,
            last_used_at=now,
            expires_at=now + lasts,
        )
        self._session.execute(insert(sessions), values_of(fresh))
        return fresh

    def live(self, secret: str, idle: timedelta) -> tuple[Session, User] | None:
        """The session and its user, if it has neither expired nor been idle for too long, and the user may come in."""
        now = self._clock()
        both = select(sessions, users).join(users, users.c.id == sessions.c.user_id).where(sessions.c.id == hashed(secret))
        row = self._session.execute(both.where(sessions.c.expires_at > now, sessions.c.last_used_at > now - idle)).first()
        if row is None:
            return None
        width = len(sessions.c)
        found = Session(**dict(zip(sessions.c.keys(), row[:width], strict=True)))
        user = User(**dict(zip(users.c.keys(), row[width:], strict=True)))
        return None if user.disabled_at else (found, replace(user, role=Role(user.role)))

    def used(self, session: Session) -> None:
        """Note that it was used now."""
        self._session.execute(update(sessions).where(sessions.c.id == session.id).values(last_used_at=self._clock()))

    def is_stale(self, session: Session, after: timedelta) -> bool:
        """Whether its last use was noted longer ago than that."""
        return self._clock() - session.last_used_at > after

    def close(self, secret: str) -> None:
        """End the session."""
        self._session.execute(delete(sessions).where(sessions.c.id == hashed(secret)))

    def close_all(self, user_id: str, but: str = "") -> int:
        """End all sessions of a user (but the one with that id) and return how many there were."""
        mine = delete(sessions).where(sessions.c.user_id == user_id, sessions.c.id != but)
        return int(self._session.execute(mine).rowcount)

    def of_user(self, user_id: str) -> tuple[Session, ...]:
        """A user's sessions that have not expired, the latest first."""
        mine = select(sessions).where(sessions.c.user_id == user_id, sessions.c.expires_at > self._clock())
        return tuple(record_of(Session, row) for row in self._session.execute(mine.order_by(sessions.c.created_at.desc())))


class SignInFailures:
    """How often signing in failed lately, by key: a name, an address, or both."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def wait(self, limits: dict[str, int]) -> float:
        """Seconds until another try is allowed under every key's limit; 0 when it is now."""
        since = self._clock() - FAILURE_WINDOW
        keyed = {hashed(key): limit for key, limit in limits.items()}
        mine = select(sign_in_failures).where(sign_in_failures.c.key.in_(list(keyed)), sign_in_failures.c.since > since)
        rows = self._session.execute(mine).all()
        waits = [(row.since - since).total_seconds() for row in rows if row.count >= keyed[row.key]]
        return max(waits, default=0.0)

    def add(self, *keys: str) -> None:
        """Count a failure under each key; the count starts again when its window has passed."""
        now = self._clock()
        self._session.execute(delete(sign_in_failures).where(sign_in_failures.c.since <= now - FAILURE_WINDOW))
        for key in keys:
            one = upsert(self._session, sign_in_failures).values(key=hashed(key), since=now, count=1)
            more = {"count": sign_in_failures.c.count + 1}
            self._session.execute(one.on_conflict_do_update(index_elements=["key"], set_=more))

    def clear(self, key: str) -> None:
        """Forget the failures under a key."""
        self._session.execute(delete(sign_in_failures).where(sign_in_failures.c.key == hashed(key)))


class Keepers:
    """Who keeps which customer: one user, a team, both, or nobody yet."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def keep(self, customer_id: str, user: User) -> None:
        """Make the user, and their team, the customer's keeper."""
        row = {"customer_id": customer_id, "user_id": user.id, "team": user.team, "created_at": self._clock()}
        changed = {name: row[name] for name in ("user_id", "team")}
        insertion = upsert(self._session, keepers).values(row)
        self._session.execute(insertion.on_conflict_do_update(index_elements=["customer_id"], set_=changed))

    def keep_if_nobody_does(self, customer_id: str, user: User) -> None:
        """Make the user the customer's keeper unless there is one."""
        row = {"customer_id": customer_id, "user_id": user.id, "team": user.team, "created_at": self._clock()}
        self._session.execute(upsert(self._session, keepers).values(row).on_conflict_do_nothing())

    def release(self, customer_id: str) -> None:
        """Nobody keeps the customer any longer."""
        self._session.execute(delete(keepers).where(keepers.c.customer_id == customer_id))

    def of(self, customer_id: str) -> str | None:
        """The id of the user who keeps the customer, or None."""
        found = select(keepers.c.user_id).where(keepers.c.customer_id == customer_id)
        result: str | None = self._session.execute(found).scalar()
        return result

    def sees(self, sight: Sight, customer_id: str | None) -> bool:
        """Whether somebody with that sight sees the customer; a conversation without one is seen by everybody."""
        if sight.everything or customer_id is None:
            return True
        row = self._session.execute(select(keepers).where(keepers.c.customer_id == customer_id)).first()
        return row is None or row.user_id == sight.user_id or bool(sight.team and row.team == sight.team)


def seen(sight: Sight, customer_column: Any) -> Any:
    """The condition that a row's customer is one somebody with that sight sees; rows without a customer are."""
    if sight.everything:
        return True
    mine = keepers.c.user_id == sight.user_id
    ours = or_(mine, keepers.c.team == sight.team) if sight.team else mine
    others = select(keepers.c.customer_id).where(keepers.c.customer_id == customer_column, ~func.coalesce(ours, False))
    return or_(customer_column.is_(None), ~others.exists())


class AuditLog:
    """Who did what: written by every change and every look at personal data, read by admins, never changed."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def note(self, user: User | None, action: str, kind: str = "", subject: str = "", detail: str = "") -> None:
        """Add a line; `user` is None when nobody is signed in. `detail` holds no personal data."""
        line = Audited(
            at=self._clock(),
            user_id=user.id if user else "",
            user_name=user.name if user else "",
            action=action,
            kind=kind,
            subject=subject[:255],
            detail=detail,
        )
        self._session.execute(insert(audit_log), values_of(line, "id"))

    def page(
        self, *, before: int = 0, limit: int = 50, user_id: str = "", action: str = "", kind: str = "", subject: str = ""
    ) -> tuple[Audited, ...]:
        """Lines, newest first, those older than the line `before`; of one user, action or subject where named."""
        wanted = {"user_id": user_id, "action": action, "kind": kind, "subject": subject}
        found = select(audit_log).where(*(audit_log.c[name] == value for name, value in wanted.items() if value))
        found = found.where(audit_log.c.id < before) if before else found
        rows = self._session.execute(found.order_by(audit_log.c.id.desc()).limit(limit))
        return tuple(record_of(Audited, row) for row in rows)


def signing_name(name: str) -> str:
    """The name as it is stored and compared: small letters, no space around it."""
    return name.strip().casefold()


def hashed(secret: str) -> str:
    """What is kept of a secret that nobody can guess."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
