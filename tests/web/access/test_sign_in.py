"""Signing in, staying in, and being put out."""

from __future__ import annotations

import time

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.store.access import Role
from bot.web.access import COOKIE
from tests.store.conftest import Clock
from tests.web.access.people import PASSWORD, client_of, csrf_of, user_of
from tests.web.fake import FakeServices


def sign_in(client: TestClient, name: str = "ada", password: str = PASSWORD, **more: str) -> int:
    """Send the form; returns the status."""
    return client.post("/sign-in", data={"name": name, "password": password, **more}).status_code


@pytest.fixture
def ada(fake: FakeServices) -> None:
    """A rep named ada."""
    user_of(fake.store, Role.REP, "ada", full_name="Ada Byron")


def test_the_way_in_and_out(stranger: TestClient, ada: None) -> None:
    """A page leads to the sign-in and back; signing out ends the session on the server too."""
    sent = stranger.get("/account")
    assert sent.status_code == 303
    assert sent.headers["location"].endswith("/sign-in?next=%2Faccount")
    done = stranger.post("/sign-in", data={"name": " ADA ", "password": PASSWORD, "next": "/account"})
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    page = stranger.get("/account")
    assert "Ada Byron" in page.text
    secret = stranger.cookies[COOKIE]
    assert stranger.post("/sign-out", data={"csrf": csrf_of(page.text)}).status_code == 303
    stranger.cookies.set(COOKIE, secret)
    assert stranger.get("/account").status_code == 303


def test_the_cookie_is_out_of_reach(stranger: TestClient, ada: None) -> None:
    """Scripts and other sites never see the cookie, and with https it never travels without."""
    cookie = stranger.post("/sign-in", data={"name": "ada", "password": PASSWORD}).headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert "Secure" not in cookie
    safe = TestClient(stranger.app, base_url="https://testserver", follow_redirects=False)
    assert "Secure" in safe.post("/sign-in", data={"name": "ada", "password": PASSWORD}).headers["set-cookie"]


def test_the_records_hold_no_secret(stranger: TestClient, fake: FakeServices, ada: None) -> None:
    """Neither passwords nor the secrets of sessions are stored: only what cannot be turned back."""
    sign_in(stranger)
    with fake.store.read() as work:
        user = work.users.by_name("ada")
        assert user is not None
        (session,) = work.sessions.of_user(user.id)
    assert user.password_hash.startswith("$argon2id$")
    assert session.id != stranger.cookies[COOKIE]


def test_a_session_ends_when_idle(app: FastAPI, fake: FakeServices, clock: Clock) -> None:
    """Use keeps a session alive; two hours without use end it."""
    client = client_of(app, fake, Role.REP)
    for _ in range(3):
        clock.pass_minutes(110)
        assert client.get("/account").status_code == 200
    clock.pass_minutes(121)
    assert client.get("/account").status_code == 401


def test_a_session_ends_in_any_case(app: FastAPI, fake: FakeServices, clock: Clock) -> None:
    """However busy, a session ends twelve hours after signing in."""
    client = client_of(app, fake, Role.REP)
    for _ in range(11):
        clock.pass_minutes(60)
        assert client.get("/account").status_code == 200
    clock.pass_minutes(61)
    assert client.get("/account").status_code == 401


def test_nothing_typed_is_lost_when_a_session_ends(stranger: TestClient, fake: FakeServices, clock: Clock) -> None:
    """A form sent too late leads to the sign-in, and after that can be sent again as it was."""
    user_of(fake.store, Role.ADMIN, "ada")
    sign_in(stranger)
    token = csrf_of(stranger.get("/admin/users").text)
    clock.pass_minutes(130)
    late = stranger.post("/admin/users", data={"csrf": token, "name": "tom", "full_name": 'Tom "the" <Turner>'})
    assert late.status_code == 401
    assert "what you had typed is kept" in late.text
    kept = late.text.split('name="kept" value="')[1].split('"')[0].replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">")
    again = stranger.post("/sign-in", data={"name": "ada", "password": PASSWORD, "kept": kept})
    assert 'value="Tom &#34;the&#34; &lt;Turner&gt;"' in again.text
    assert 'action="/admin/users"' in again.text
    assert token not in again.text
    fields = {"csrf": csrf_of(again.text), "name": "tom", "full_name": "Tom"}
    assert stranger.post("/admin/users", data=fields).status_code == 201


def test_nothing_typed_is_lost_after_signing_in_again_elsewhere(stranger: TestClient, fake: FakeServices) -> None:
    """A form of an earlier session is shown once more with a fresh token; a script is told the token; a stranger is not."""
    user_of(fake.store, Role.ADMIN, "ada")
    sign_in(stranger)
    old = csrf_of(stranger.get("/admin/users").text)
    sign_in(stranger)
    form = {"csrf": old, "name": "tom", "full_name": "Tom the Turner from the north"}
    ours = {"sec-fetch-site": "same-origin", "referer": "http://testserver/admin/users?team=north"}
    late = stranger.post("/admin/users", data=form, headers=ours)
    assert late.status_code == 409
    assert "<blockquote" in late.text
    assert "Tom the Turner from the north" in late.text
    assert 'href="/admin/users?team=north"' in late.text
    assert stranger.post("/admin/users", data={**form, "csrf": csrf_of(late.text)}, headers=ours).status_code == 201
    told = stranger.post("/admin/users", data=form, headers={**ours, "accept": "application/json"}).json()
    assert told["csrf"] == csrf_of(late.text)
    assert told["name"] == "ada"
    forged = stranger.post("/admin/users", data=form, headers={"sec-fetch-site": "cross-site", "accept": "application/json"})
    assert forged.status_code == 403
    assert "csrf" not in forged.json()
    silent = stranger.post("/admin/users", data=form, headers={"accept": "application/json"})
    assert silent.status_code == 403
    assert "csrf" not in silent.json()


def test_passwords_are_never_kept_to_be_sent_again(stranger: TestClient, fake: FakeServices) -> None:
    """A late form with passwords shows none of them and leads back to its page."""
    user_of(fake.store, Role.ADMIN, "ada")
    sign_in(stranger)
    old = csrf_of(stranger.get("/account").text)
    sign_in(stranger)
    form = {"csrf": old, "old_password": PASSWORD, "new_password": "a secret nobody saw", "again_password": "a secret nobody saw"}
    ours = {"sec-fetch-site": "same-origin", "referer": "http://testserver/account"}
    late = stranger.post("/account/password", data=form, headers=ours)
    assert "a secret nobody saw" not in late.text
    assert PASSWORD not in late.text
    assert 'href="/account"' in late.text


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "/sign-out"])
def test_the_way_back_stays_here(stranger: TestClient, ada: None, next: str) -> None:
    """After signing in nobody is sent to another site."""
    done = stranger.post("/sign-in", data={"name": "ada", "password": PASSWORD, "next": next})
    assert done.headers["location"] in ("/calls", "/day")


def test_a_wrong_password_tells_nothing(stranger: TestClient, fake: FakeServices, ada: None) -> None:
    """A wrong password, an unknown name and somebody kept out get the same words, and the name stays typed."""
    gone = user_of(fake.store, Role.REP, "gone")
    with fake.store.begin() as work:
        work.users.disable(gone.id)
    pages = []
    for name, password in (("ada", "wrong"), ("nobody", "wrong"), ("gone", PASSWORD), ("x" * 5000, "wrong"), ("a\0b", "\0")):
        answer = stranger.post("/sign-in", data={"name": name, "password": password})
        assert answer.status_code == 401
        pages.append(answer.text.replace(f'value="{name[:200]}"', ""))
    assert pages[0] == pages[1] == pages[2] == pages[3]
    assert "do not fit together" in pages[0]


def test_a_name_that_nobody_has_takes_as_long(stranger: TestClient, fake: FakeServices, ada: None) -> None:
    """The time of a refusal does not tell whether the name exists: both are the time of one password hash."""

    def seconds(name: str) -> float:
        times = []
        for attempt in range(4):
            start = time.perf_counter()
            sign_in(stranger, name, f"wrong {attempt}")
            times.append(time.perf_counter() - start)
        return min(times)

    sign_in(stranger, "warm", "up")
    known, unknown = seconds("ada"), seconds("nobody")
    assert 0.4 < known / unknown < 2.5


def test_guessing_is_slow(stranger: TestClient, fake: FakeServices, clock: Clock, ada: None) -> None:
    """Five wrong passwords close the door for a quarter of an hour, to the right one too; a name nobody has alike."""
    for name in ("ada", "nobody"):
        assert [sign_in(stranger, name, "wrong") for _ in range(6)] == [401] * 5 + [429]
    assert sign_in(stranger) == 429
    clock.pass_minutes(16)
    assert sign_in(stranger) == 303


def test_one_address_cannot_try_many_names(stranger: TestClient, ada: None) -> None:
    """Thirty failures from one address close the door there, whatever the names."""
    assert [sign_in(stranger, f"name{count}", "wrong") for count in range(30)] == [401] * 30
    assert sign_in(stranger) == 429


def test_others_cannot_sign_somebody_in(stranger: TestClient, ada: None) -> None:
    """A page of another site cannot sign its visitor in as somebody else."""
    data = {"name": "ada", "password": PASSWORD}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        assert stranger.post("/sign-in", data=data, headers=headers).status_code == 403
    assert stranger.get("/sign-in").headers["referrer-policy"] == "same-origin"
    ours = {"sec-fetch-site": "same-origin", "origin": "null"}
    assert stranger.post("/sign-in", data=data, headers=ours).status_code == 303


def test_a_change_needs_the_sessions_token(app: FastAPI, fake: FakeServices) -> None:
    """Without the token, with another session's, or from another site nothing is changed."""
    admin = client_of(app, fake, Role.ADMIN)
    other = client_of(app, fake, Role.ADMIN, "other")
    headers = [{"x-csrf-token": ""}, {"x-csrf-token": other.headers["x-csrf-token"]}, {"origin": "https://evil.example"}]
    for header in headers:
        assert admin.post("/admin/users", data={"name": "tom"}, headers=header).status_code == 403
    assert admin.post("/admin/users", data={"name": "tom"}, headers={"origin": "http://testserver"}).status_code == 201


def test_a_one_time_password_is_changed_first(stranger: TestClient, fake: FakeServices) -> None:
    """Nothing else is open before; then the old password is of no use, and other sessions of the user have ended."""
    user_of(fake.store, Role.ADMIN, "ada", must_change=True)
    assert stranger.post("/sign-in", data={"name": "ada", "password": PASSWORD}).headers["location"] == "/account"
    assert stranger.get("/admin/users").headers["location"] == "/account"
    token = csrf_of(stranger.get("/account").text)
    elsewhere = client_of(stranger.app, fake, Role.ADMIN, "ada")  # type: ignore[arg-type]
    fresh = "eleven calm kettles"
    fields = {"csrf": token, "old_password": PASSWORD, "new_password": fresh, "again_password": fresh}
    for change, said in (
        ({"old_password": "no"}, "not your password"),
        ({"new_password": "short"}, "at least 12"),
        ({"again_password": "other"}, "not the same"),
        ({"new_password": PASSWORD}, "the one you have"),
        ({"new_password": "aaaaaaaaaaaaaa"}, "repeats"),
        ({"new_password": "i am ada and ada"}, "holds your name"),
    ):
        refused = stranger.post("/account/password", data={**fields, **change})
        assert refused.status_code == 422
        assert said in refused.text
    assert stranger.post("/account/password", data=fields).headers["location"] != "/account"
    assert stranger.get("/admin/users").status_code == 200
    assert elsewhere.get("/account").status_code == 401
    assert sign_in(stranger, "ada", PASSWORD) == 401
    assert sign_in(stranger, "ada", fresh) == 303


def test_signing_out_everywhere(app: FastAPI, fake: FakeServices, stranger: TestClient) -> None:
    """One button ends every session of the user, and of nobody else."""
    here = client_of(app, fake, Role.REP, "ada")
    sign_in(stranger)
    other = client_of(app, fake, Role.REP, "tom")
    assert here.post("/account/sign-out-everywhere", follow_redirects=False).status_code == 303
    assert here.get("/account").status_code == 401
    assert stranger.get("/account").status_code == 303
    assert other.get("/account").status_code == 200


def test_what_was_done_is_in_the_audit_log(app: FastAPI, fake: FakeServices, stranger: TestClient, ada: None) -> None:
    """Signing in, failing to, and every change of a user can be read by an admin, who did it first of all."""
    sign_in(stranger, password="wrong")
    sign_in(stranger)
    admin = client_of(app, fake, Role.ADMIN)
    admin.post("/admin/users", data={"name": "tom"})
    with fake.store.read() as work:
        lines = [(line.user_name, line.action) for line in work.audit.page()]
    assert lines == [("admin", "user added"), ("ada", "signed in"), ("", "sign-in failed")]
    page = admin.get("/admin/audit?who=ada").text
    assert "signed in" in page
    assert "user added" not in page
