"""The admin's page of users."""

from __future__ import annotations

import re

from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.store.access import Role, User
from tests.web.access.people import client_of, user_of
from tests.web.fake import FakeServices


def named(fake: FakeServices, name: str) -> User:
    """The user of that name."""
    with fake.store.read() as work:
        found = work.users.by_name(name)
    assert found is not None
    return found


def test_somebody_added_can_come_in(app: FastAPI, fake: FakeServices, stranger: TestClient) -> None:
    """The page shows a one-time password once; with it the new user signs in and chooses another."""
    admin = client_of(app, fake, Role.ADMIN)
    page = admin.post("/admin/users", data={"name": "Tom", "full_name": "Tom Turner", "role": "trainer", "team": "North"}).text
    found = re.search(r"<code>([a-z0-9-]{19})</code>", page)
    assert found
    assert found[1] not in admin.get("/admin/users").text
    assert stranger.post("/sign-in", data={"name": "tom", "password": found[1]}).headers["location"] == "/account"
    assert (named(fake, "tom").role, named(fake, "tom").team) == (Role.TRAINER, "North")


def test_a_wrong_form_says_what_to_write(app: FastAPI, fake: FakeServices) -> None:
    """What is wrong stands beside its field, and everything typed is still there."""
    admin = client_of(app, fake, Role.ADMIN)
    for name, said in (("", "Write a name"), ("a b", "Write a name"), ("x" * 101, "at most 100"), ("admin", "is taken")):
        answer = admin.post("/admin/users", data={"name": name, "full_name": "Tom Turner"})
        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="Tom Turner"' in answer.text
    assert admin.post("/admin/users", data={"name": "tom", "role": "king"}).status_code == 422


def test_somebody_kept_out_is_out_at_once(app: FastAPI, fake: FakeServices) -> None:
    """Being kept out ends every session; being let in again needs a new sign-in."""
    admin, rep = client_of(app, fake, Role.ADMIN), client_of(app, fake, Role.REP)
    user = named(fake, "rep")
    admin.post(f"/admin/users/{user.id}/disabled")
    assert rep.get("/account").status_code == 401
    admin.post(f"/admin/users/{user.id}/disabled", data={"disabled": "no"})
    assert rep.get("/account").status_code == 401
    assert named(fake, "rep").disabled_at is None


def test_a_role_changes_at_once(app: FastAPI, fake: FakeServices) -> None:
    """The next request of the user goes by the new role."""
    admin, rep = client_of(app, fake, Role.ADMIN), client_of(app, fake, Role.REP)
    assert rep.get("/admin/users").status_code == 403
    admin.post(f"/admin/users/{named(fake, 'rep').id}", data={"role": "admin", "team": "", "full_name": "Rep"})
    assert rep.get("/admin/users").status_code == 200


def test_the_last_admin_stays(app: FastAPI, fake: FakeServices) -> None:
    """Nobody can take away the last admin: then nobody could manage users."""
    admin = client_of(app, fake, Role.ADMIN)
    mine = named(fake, "admin").id
    assert admin.post(f"/admin/users/{mine}/disabled").status_code == 409
    assert admin.post(f"/admin/users/{mine}", data={"role": "rep"}).status_code == 409
    assert admin.get("/admin/users").status_code == 200


def test_a_new_password_ends_the_old_one(app: FastAPI, fake: FakeServices) -> None:
    """The user's sessions end and only the new one-time password lets them in."""
    admin, rep = client_of(app, fake, Role.ADMIN), client_of(app, fake, Role.REP)
    page = admin.post(f"/admin/users/{named(fake, 'rep').id}/password").text
    assert "One-time password for rep" in page
    assert rep.get("/account").status_code == 401
    assert named(fake, "rep").must_change


def test_nobody_who_is_not_there(app: FastAPI, fake: FakeServices) -> None:
    """A user that does not exist is a 404 that says so."""
    admin = client_of(app, fake, Role.ADMIN)
    assert admin.post("/admin/users/none/password").status_code == 404


def test_markup_in_names_is_only_text(app: FastAPI, fake: FakeServices) -> None:
    """Whatever a name holds is shown as written."""
    user_of(fake.store, Role.REP, "tom", full_name="<script>alert(1)</script>")
    page = client_of(app, fake, Role.ADMIN).get("/admin/users").text
    assert "<script>alert" not in page
