"""The command `advisor`: every command does what it says, and every expected problem is a line that says what to do."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bot.cli import app, main
from bot.cli.problems import explained
from bot.cli.shown import dossier_text, thoughts
from bot.cli.talking import chosen
from bot.store import open_store
from bot.store.records import Consent, Conversation, Customer, Turn

ROOT = Path(__file__).parent.parent
ASSETS = "customer_id;model;quantity;bought_on\nC-17;W-20;3;2019\nC-17;;1;2019\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with its own data folder; no setting is taken over from outside."""
    for name in [name for name in os.environ if name.startswith("ADVISOR_") or name == "PORT"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADVISOR_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def records(folder: Path) -> str:
    """Records of one customer with one conversation; returns the conversation's id."""
    (folder / "data").mkdir()
    store = open_store(f"sqlite:///{folder / 'data' / 'advisor.sqlite3'}")
    with store.begin() as work:
        customer = work.customers.add(Customer(external_id="C-17", name="Spa Hotel"))
        conversation = Conversation(id="talk-1", customer_id=customer.id, consent=Consent.GIVEN)
        turn = Turn(conversation_id="talk-1", user_text="no clean towels by noon", message=({"text": "Since when?"},))
        work.conversations.record(work.conversations.start(conversation), turn)
    store.close()
    return "talk-1"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command here; returns its exit code, what it printed and what it complained of."""
    code = main(list(arguments))
    told = capsys.readouterr()
    return code, told.out, told.err


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Without arguments, or with --help, every command is listed with a whole sentence."""
    for arguments in ([], ["--help"]):
        code, out, _ = run(capsys, *arguments)
        assert code == 0
        for command in app.registered_commands:
            (line,) = [line for line in out.splitlines() if line.startswith(f"  {command.name} ")]
            assert line.endswith(".")
            assert not line.endswith("...")


@pytest.mark.parametrize("command", [command.name for command in app.registered_commands if command.add_help_option])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`advisor COMMAND --help` works for each."""
    code, out, _ = run(capsys, command, "--help")
    assert code == 0
    assert "Usage: advisor" in out


def test_light_commands_start_at_once() -> None:
    """What needs no model or records loads none of the slow libraries."""
    slow = {"rasa", "spacy", "sqlalchemy", "fastapi", "numpy", "onnxruntime"}
    script = "import sys; from bot.cli import main; main(['version']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert slow & set(done.stdout.split()) == set()


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["frobnicate"], "frobnicate"),
        (["dossier"], "conversation"),
        (["chat", "--shout"], "--shout"),
        (["export"], "--customer"),
        (["erase", "a", "--customer", "b"], "not both"),
        (["conversations", "--limit", "many"], "many"),
    ],
)
def test_what_is_not_understood_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], part: str
) -> None:
    """A mistyped command ends with code 2 and one line that names it and where to look."""
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert part in err
    assert "--help" in err
    assert len(err.splitlines()) == 1


def test_a_wrong_setting_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that is not right ends with code 1 and says what to write."""
    monkeypatch.setenv("PORT", "http")
    assert run(capsys, "settings") == (
        1,
        "",
        "advisor: PORT: 'http' is not right. Write a whole number from 1 to 65535, such as 8000.\n",
    )


def test_settings_keep_secrets(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """All settings in force are printed, passwords and keys are not."""
    monkeypatch.setenv("ADVISOR_SECRET", "s" * 40)
    monkeypatch.setenv("ADVISOR_DATABASE_URL", "postgresql://ada:pa:ss@db/advisor")
    code, out, _ = run(capsys, "settings")
    assert code == 0
    assert "PORT=8000" in out
    assert "ADVISOR_DATABASE_URL=postgresql://ada:…@db/advisor" in out
    assert "pa:ss" not in out
    assert "ssss" not in out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is printed."""
    assert run(capsys, "version")[1].startswith("advisor 0.")


def test_a_new_catalogue_is_right_from_the_start(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`new-catalogue` writes one that `check` finds no fault with, and never writes over another."""
    assert run(capsys, "new-catalogue", "shop")[0] == 0
    code, out, _ = run(capsys, "check", "shop")
    assert code == 0
    assert "0 errors" in out
    code, _, err = run(capsys, "new-catalogue", "shop")
    assert code == 1
    assert "exists already" in err


def test_check_reports_errors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An error comes with file and line, and the exit code is 1."""
    run(capsys, "new-catalogue", "shop")
    file = folder / "shop" / "catalogue.yml"
    file.write_text(file.read_text().replace("company:", "compnay:", 1))
    code, out, _ = run(capsys, "check", "shop")
    assert code == 1
    assert "catalogue.yml:" in out


def test_check_of_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path that is not there is said to be so."""
    code, _, err = run(capsys, "check", "nowhere")
    assert code == 1
    assert "nowhere is not there" in err


def test_conversations_are_listed(records: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each has its id, its turns, its consent and how it began."""
    code, out, _ = run(capsys, "conversations")
    assert code == 0
    assert out.startswith("talk-1  ")
    assert "1 turns  notes given  no clean towels by noon" in out


def test_no_conversations(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Over empty records it says so; the data folder is made."""
    assert run(capsys, "conversations")[1] == "There are no conversations in the records.\n"


def test_export(records: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A conversation, or a customer with everything, is printed as JSON."""
    assert json.loads(run(capsys, "export", records)[1])["turns"][0]["user_text"] == "no clean towels by noon"
    customer = json.loads(run(capsys, "export", "--customer", "C-17")[1])
    assert customer["customer"]["name"] == "Spa Hotel"
    assert len(customer["conversations"]) == 1


@pytest.mark.parametrize("arguments", [["export", "nobody"], ["export", "--customer", "nobody"], ["erase", "nobody", "--yes"]])
def test_what_is_not_there_is_said(records: str, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """An unknown conversation or customer is one line and code 1."""
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "")
    assert "nobody" in err
    assert len(err.splitlines()) == 1


def test_erase(records: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An erased conversation is gone; a second erasure says that there is none."""
    assert run(capsys, "erase", records, "--yes")[:2] == (0, "Erased: conversation talk-1.\n")
    assert run(capsys, "export", records)[0] == 1
    assert run(capsys, "erase", records, "--yes")[0] == 1


def test_erase_asks_first(records: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --yes it asks, and no means no."""
    monkeypatch.setattr("typer.confirm", refuse)
    assert run(capsys, "erase", records)[0] == 130
    assert run(capsys, "export", records)[0] == 0


def refuse(text: str, abort: bool) -> None:
    """Answer no."""
    import typer

    assert text.endswith("?")
    assert abort
    raise typer.Abort


def test_erase_a_customer(records: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A customer goes with every conversation."""
    assert run(capsys, "erase", "--customer", "C-17", "--yes")[0] == 0
    assert run(capsys, "export", records)[0] == 1


def test_purge(records: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It says how many conversations were erased."""
    assert run(capsys, "purge")[:2] == (0, "0 conversations erased.\n")


@pytest.mark.slow
def test_import_assets(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Good rows are kept, bad ones reported by line; the second time changes nothing."""
    (folder / "owned.csv").write_text(ASSETS)
    code, out, err = run(capsys, "import-assets", "owned.csv")
    assert code == 0
    assert "owned.csv:3" in err
    assert "1 assets added" in out
    assert "0 assets added, 0 updated, 1 unchanged" in run(capsys, "import-assets", "owned.csv")[1]


@pytest.mark.slow
def test_import_of_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there is one line."""
    code, _, err = run(capsys, "import-assets", "nowhere.csv")
    assert code == 1
    assert "nowhere.csv" in err
    assert len(err.splitlines()) == 1


def test_reload_needs_a_running_assistant(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one it says how to start it; with one it asks that one."""
    run(capsys, "new-catalogue", "shop")
    monkeypatch.setenv("ADVISOR_CATALOGUE", "shop")
    code, _, err = run(capsys, "reload")
    assert code == 1
    assert "advisor run" in err
    (folder / "data").mkdir()
    (folder / "data" / "advisor.pid").write_text(str(os.getpid()))
    assert run(capsys, "reload")[0] == 0
    assert (folder / "data" / "reload").exists()


def test_reload_of_a_broken_catalogue(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue with errors is reported, and the running assistant is left in peace."""
    (folder / "shop").mkdir()
    (folder / "shop" / "shop.yml").write_text("company: 5\n")
    monkeypatch.setenv("ADVISOR_CATALOGUE", "shop")
    code, _, err = run(capsys, "reload")
    assert code == 1
    assert "shop.yml:1" in err


def test_a_taken_port_is_told_at_once(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything slow begins, a port in use is named with the setting that changes it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        code, _, err = run(capsys, "run")
    assert code == 1
    assert f"Port {port} is taken by another program" in err
    assert "PORT=" in err


def test_an_address_that_is_not_ours(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An address of no network card here is named with its setting."""
    monkeypatch.setenv("ADVISOR_HOST", "203.0.113.7")
    code, _, err = run(capsys, "run")
    assert code == 1
    assert "ADVISOR_HOST" in err


def test_a_data_folder_that_cannot_be_made(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file where the data folder should be is one line, for every command that needs it."""
    (folder / "file").write_text("")
    monkeypatch.setenv("ADVISOR_DATA_DIR", str(folder / "file" / "data"))
    for command in ("run", "conversations"):
        code, _, err = run(capsys, command)
        assert code == 1
        assert len(err.splitlines()) == 1
        assert "file" in err


def test_a_damaged_database_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no database is said to be damaged, with what to do."""
    (folder / "data").mkdir()
    (folder / "data" / "advisor.sqlite3").write_bytes(b"not a database at all" * 100)
    code, _, err = run(capsys, "conversations")
    assert code == 1
    assert "damaged" in err
    assert len(err.splitlines()) == 1


@pytest.mark.slow
def test_a_damaged_model_is_told(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A model file that cannot be used is one line that names it and what to run."""
    (folder / "broken.tar.gz").write_bytes(b"no archive")
    run(capsys, "new-catalogue", "shop")
    monkeypatch.setenv("ADVISOR_CATALOGUE", "shop")
    monkeypatch.setenv("ADVISOR_MODEL", "broken.tar.gz")
    code, _, err = run(capsys, "chat")
    assert code == 1
    assert "Traceback" not in err
    last = err.splitlines()[-1]
    assert "broken.tar.gz" in last
    assert "make train" in last


def test_an_accident_is_no_expected_problem() -> None:
    """A fault of ours is not dressed up as one of the user's."""
    assert explained(ZeroDivisionError()) is None
    assert explained(PermissionError(13, "Permission denied", "/srv/x")) is not None


def test_a_button_is_chosen_by_its_number() -> None:
    """`#2` sends what the second button sends and shows its words; any other text is a message, numbers too."""
    buttons = [{"title": "Yes", "payload": "/affirms"}, {"title": "No", "payload": "/denies"}]
    assert chosen("#2", buttons) == ("/denies", "No")
    assert chosen("2", buttons) == ("2", "2")
    assert chosen("#3", buttons) == ("#3", "#3")


DOSSIER: dict[str, Any] = {
    "conversation": "talk-1",
    "consent": "given",
    "customer": {"id": "1", "name": "Spa Hotel"},
    "assets": [{"model": "W-20", "quantity": 3.0}],
    "facts": {"programme": {"value": "heavy", "quote": "always heavy soil"}},
    "need_map": [{"id": 1, "cells": {"since_when": {"value": "May", "quote": "since may"}}}],
    "concerns": [
        {
            "problem": "linen_runs_out",
            "belief": {"heavy_soil_habit": 0.81, "half_loads": 0.19},
            "verdicts": {"buy": {"standing": "rejected", "remedy": "w22", "reason": {"code": "cheaper", "about": {"chosen": "x"}}}},
        }
    ],
    "promises": [{"due": "2025-05-08", "what": "trainer comes", "owner": "we"}],
    "turns": [
        {
            "seq": 1,
            "customer": "always heavy soil",
            "assistant": "Then I don't think you need new washers.\n\nDoes that serve it?",
            "heard": {
                "text": "always heavy soil",
                "acts": ["informs"],
                "understood": 0.9,
                "problems": [{"id": "linen_runs_out", "score": 0.71}, {"id": "grey_linen", "score": 0.01}],
            },
            "move": {
                "kind": "advise",
                "remedy": "teach",
                "lacks": [],
                "question": {"ask": "advice"},
                "rivals": [{"question": {"ask": "fact", "key": "rooms"}, "gain": 0.2, "price": 0.04}],
            },
        }
    ],
}


def test_a_dossier_to_read() -> None:
    """It has who, what is known with quotes, beliefs, rungs with reasons, promises and turns."""
    text = dossier_text(DOSSIER)
    for part in (
        "name Spa Hotel",
        "model W-20, quantity 3",
        'since_when: May  "since may"',
        " 81% heavy_soil_habit",
        "buy: rejected w22: cheaper (chosen x)",
        "2025-05-08  trainer comes (we): open",
        "1. Customer: always heavy soil",
    ):
        assert part in text


def test_thoughts_to_read() -> None:
    """After a turn, --show tells what was heard, what is believed and which move was made."""
    text = thoughts(DOSSIER)
    for part in (
        "acts: [informs]",
        "problems: linen_runs_out 0.71",
        "81% heavy_soil_habit",
        "move advise:",
        "remedy teach, question advice",
        "fact:rooms: worth 0.2, costs 0.04",
    ):
        assert part in text
    assert "grey_linen" not in text


@pytest.mark.slow
def test_the_assistant_runs_and_stops(folder: Path, trained_model: Path) -> None:
    """`advisor run` answers on its port with the address printed, stores what it answered, and stops cleanly."""
    import httpx

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "PYTHONPATH": str(ROOT), "ADVISOR_MODEL": str(trained_model)}
    command = [sys.executable, "-m", "bot.cli", "run"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", server)
        body = {"sender": "ada", "message": "We run out of clean towels by noon", "metadata": {"message_id": "m1"}}
        replies = [httpx.post(f"http://127.0.0.1:{port}/webhooks/rest/webhook", json=body).json() for _ in range(2)]
        assert replies[0] == replies[1]
        assert replies[0][0]["text"]
    finally:
        server.send_signal(signal.SIGTERM)
        out, _ = server.communicate(timeout=60)
    assert server.returncode == 0, out
    assert f"http://localhost:{port}" in out
    assert "Traceback" not in out
    assert not (folder / "data" / "advisor.pid").exists()
    store = open_store(f"sqlite:///{folder / 'data' / 'advisor.sqlite3'}")
    with store.read() as work:
        assert len(work.turns.after("ada")) == 1
    store.close()


def wait_for(url: str, server: subprocess.Popen[str]) -> None:
    """Wait until the address answers with 200."""
    import httpx

    for _ in range(900):
        assert server.poll() is None, server.communicate()[0]
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError("the server did not come up")


def test_users_are_managed_from_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody is added with a one-time password, listed, given another role and password, kept out and let in again."""
    assert "Nobody yet" in run(capsys, "users", "list")[1]
    code, out, _ = run(capsys, "users", "add", "Ada", "--role", "trainer", "--team", "north")
    assert (code, "Added ada (trainer)." in out) == (0, True)
    first = out.split("only now: ")[1].strip()
    assert run(capsys, "users", "add", "ada")[0] == 1
    assert run(capsys, "users", "role", "ada", "admin")[1] == "ada is admin in team north.\n"
    _, out, _ = run(capsys, "users", "password", "ada")
    assert first not in out
    assert "kept out" in run(capsys, "users", "disable", "ada")[1]
    assert run(capsys, "users", "list")[1].split() == ["ada", "admin", "north", "kept", "out"]
    assert "may sign in" in run(capsys, "users", "disable", "ada", "--undo")[1]
    code, _, err = run(capsys, "users", "disable", "tom")
    assert code == 1
    assert "advisor users list" in err
    store = open_store(f"sqlite:///{folder / 'data' / 'advisor.sqlite3'}")
    with store.read() as work:
        assert [line.action for line in work.audit.page()][-1] == "user added"
        assert {line.user_name for line in work.audit.page()} == {"command line"}
    store.close()


def test_a_customer_is_given_a_keeper(records: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A customer is given to a user and back to nobody; an unknown customer or user is told."""
    run(capsys, "users", "add", "ada")
    assert run(capsys, "users", "keep", "C-17", "ada")[1] == "C-17 is kept by ada.\n"
    assert run(capsys, "users", "keep", "C-17")[1] == "C-17 is kept by nobody.\n"
    assert run(capsys, "users", "keep", "C-99", "ada")[0] == 1
    assert run(capsys, "users", "keep", "C-17", "tom")[0] == 1


def test_the_first_start_makes_an_admin(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first start prints a one-time password that fits; a second says how to get another; a third has nothing to add."""
    from bot.cli.users import first_admin
    from bot.web.access.passwords import fits

    store = open_store(f"sqlite:///{folder / 'advisor.sqlite3'}")
    lines = "\n".join(first_admin(store))
    password = lines.split("password  ")[1].split()[0]
    with store.read() as work:
        admin = work.users.by_name("admin")
    assert admin is not None
    assert admin.must_change
    assert fits(password, admin.password_hash)
    (second,) = first_admin(store)
    assert "advisor users password admin" in second
    with store.begin() as work:
        work.users.save(dataclasses.replace(admin, must_change=False))
    assert "at the address above" in first_admin(store)[0]
    store.close()
