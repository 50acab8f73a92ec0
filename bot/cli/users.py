"""`advisor users`: who may sign in; the first start makes an admin."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.opening import opened_store
from bot.cli.problems import Trouble

if TYPE_CHECKING:
    from bot.store import Store, Work
    from bot.store.access import User

app = typer.Typer(help="Manage who may sign in.", no_args_is_help=True, add_completion=False)


class RoleName(str, Enum):
    """The roles, as they are typed."""

    REP = "rep"
    TRAINER = "trainer"
    ADMIN = "admin"


Name = Annotated[str, typer.Argument(help="The name they sign in with.")]


@app.command("add")
def add(
    name: Name,
    role: Annotated[RoleName, typer.Option(help="What they are here for.")] = RoleName.REP,
    team: Annotated[str, typer.Option(help="Those of one team see each other's customers.")] = "",
    full_name: Annotated[str, typer.Option(help="The name others see.")] = "",
) -> None:
    """Add a user and print their one-time password."""
    from bot.store.access import Role, User

    password, kept = _one_time()
    with opened_store() as store, store.begin() as work:
        fresh = User(name=name, full_name=full_name, role=Role(role.value), team=team, password_hash=kept, must_change=True)
        added = work.users.add(fresh)
        _note(work, "user added", added, f"role {role.value}")
    typer.echo(f"Added {added.name} ({role.value}).")
    typer.echo(f"One-time password, shown only now: {password}")


@app.command("list")
def list_users() -> None:
    """List who may sign in, with role and team."""
    with opened_store() as store, store.read() as work:
        people = work.users.all(limit=100_000)
    if not people:
        typer.echo("Nobody yet. `advisor users add NAME --role admin` makes the first.")
    for user in people:
        state = "kept out" if user.disabled_at else "one-time password" if user.must_change else ""
        cells = (f"{user.name:<24}", f"{user.role.value:<8}", f"{user.team:<16}", f"{user.full_name:<24}", state)
        typer.echo("  ".join(cells).rstrip())


@app.command("disable")
def disable(name: Name, undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False) -> None:
    """Keep a user out, at once and everywhere; --undo lets them in again."""
    with opened_store() as store, store.begin() as work:
        user = work.users.disable(_user(work, name).id, not undo)
        _note(work, "user enabled" if undo else "user disabled", user)
    typer.echo(f"{user.name} may sign in again." if undo else f"{user.name} is signed out everywhere and kept out.")


@app.command("password")
def password(name: Name) -> None:
    """Give a user a new one-time password and print it; their sessions end."""
    fresh, kept = _one_time()
    with opened_store() as store, store.begin() as work:
        user = work.users.save(replace(_user(work, name), password_hash=kept, must_change=True))
        work.sessions.close_all(user.id)
        _note(work, "password reset", user)
    typer.echo(f"One-time password for {user.name}, shown only now: {fresh}")


@app.command("role")
def role(
    name: Name,
    role: Annotated[RoleName, typer.Argument(help="What they are here for.")],
    team: Annotated[str, typer.Option(help="Their team; unchanged when left out.")] = "",
) -> None:
    """Change a user's role, and their team if one is named."""
    from bot.store.access import Role

    with opened_store() as store, store.begin() as work:
        before = _user(work, name)
        user = work.users.save(replace(before, role=Role(role.value), team=team or before.team))
        _note(work, "user changed", user, f"role {role.value}, team {user.team or 'none'}")
    typer.echo(f"{user.name} is {role.value}{f' in team {user.team}' if user.team else ''}.")


@app.command("keep")
def keep(
    customer: Annotated[str, typer.Argument(help="The company's number for the customer.")],
    name: Annotated[str, typer.Argument(help="Who keeps them from now on; nobody when left out.")] = "",
) -> None:
    """Say who keeps a customer: they and their team see them; left out, every rep does."""
    with opened_store() as store, store.begin() as work:
        found = work.customers.by_external_id(customer) or work.customers.get(customer)
        if found is None:
            raise Trouble(f"there is no customer '{customer}' in the records")
        if name:
            work.keepers.keep(found.id, _user(work, name))
        else:
            work.keepers.release(found.id)
        _note_customer(work, found.id, name or "nobody")
    typer.echo(f"{customer} is kept by {name or 'nobody'}.")


def first_admin(store: Store) -> list[str]:
    """The lines that say how to sign in; makes an admin when there is nobody yet."""
    from bot.store.access import Role, User

    with store.read() as work:
        admin = work.users.by_name("admin")
        count = work.users.count()
    if count == 0:
        password, kept = _one_time()
        with store.begin() as work:
            fresh = User(name="admin", full_name="Admin", role=Role.ADMIN, password_hash=kept, must_change=True)
            _note(work, "user added", work.users.add(fresh), "the first start")
        return [
            "  Reps, trainers and admins sign in at the address above. The first time:",
            "",
            "    name      admin",
            f"    password  {password}   (once; you then choose your own)",
        ]
    if admin is not None and admin.must_change:
        return ["  `admin` has not signed in yet; `advisor users password admin` prints a new one-time password."]
    return ["  Reps, trainers and admins sign in at the address above; `advisor users` manages them."]


def _one_time() -> tuple[str, str]:
    from bot.web.access.passwords import hash_password, one_time_password

    password = one_time_password()
    return password, hash_password(password)


def _user(work: Work, name: str) -> User:
    user = work.users.by_name(name)
    if user is None:
        raise Trouble(f"there is no user '{name}'; `advisor users list` shows them")
    return user


def _note_customer(work: Any, customer_id: str, name: str) -> None:
    from bot.store.access import User

    work.audit.note(User(name="command line"), "keeper changed", "customer", customer_id, f"kept by {name}")


def _note(work: Any, action: str, user: User, detail: str = "") -> None:
    from bot.store.access import User

    work.audit.note(User(name="command line"), action, "user", user.id, detail)
