"""Many messages at once: order is kept, nothing answered is lost, and too many are refused rather than dropped."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from bot.web.app import create_app
from bot.web.incoming import Incoming
from bot.web.lines import LONGEST_LINE, HouseFull, LineFull, Lines, Pace
from bot.web.metrics import Metrics
from bot.web.problems import Refusal
from bot.web.turns import Turns
from tests.web.fake import FakeServices

WEBHOOK = "/webhooks/rest/webhook"


async def post_all(fake: FakeServices, senders: list[str]) -> list[httpx.Response]:
    """Post one numbered message for each sender named, all at once."""
    transport = httpx.ASGITransport(create_app(fake))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        bodies = [{"sender": sender, "message": str(number)} for number, sender in enumerate(senders)]
        return await asyncio.gather(*(client.post(WEBHOOK, json=body) for body in bodies))


def test_a_thousand_messages_at_once_from_one_sender(fake: FakeServices) -> None:
    """As many as may wait are answered, in order; the others hear 429 with a time to come back."""
    fake.delay = 0.001
    answers = asyncio.run(post_all(fake, ["ada"] * 1000))
    by_status = {status: [each for each in answers if each.status_code == status] for status in (200, 429)}
    assert len(by_status[200]) + len(by_status[429]) == 1000
    assert len(by_status[200]) >= LONGEST_LINE
    assert all(int(each.headers["retry-after"]) >= 1 for each in by_status[429])
    numbers = [int(text) for _, text in fake.taken]
    assert numbers == sorted(numbers)
    assert len(fake.taken) == len(by_status[200])


def test_senders_do_not_wait_for_each_other(fake: FakeServices) -> None:
    """A hundred senders at once are all answered."""
    answers = asyncio.run(post_all(fake, [f"s{number}" for number in range(100)]))
    assert {each.status_code for each in answers} == {200}


def test_a_line_has_an_end() -> None:
    """One sender, or all together, can only have so many messages waiting; places are given back."""

    async def scene() -> None:
        lines = Lines(longest=2, most=3)
        async with lines.join("ada"):
            second = lines.join("ada")
            with pytest.raises(LineFull):
                lines.join("ada")
            lines.join("bob")
            with pytest.raises(HouseFull):
                lines.join("eve")
        async with second:
            assert lines.waiting == 2

    asyncio.run(scene())


def test_a_turn_that_takes_too_long_is_told_and_still_finished(fake: FakeServices) -> None:
    """The sender hears 503 in time; the turn goes on, is finished at shutdown, and a retry gets its reply."""

    async def scene() -> None:
        fake.gate = asyncio.Event()
        turns = Turns(fake, Metrics(dict), patience=0.05)
        message = Incoming("ada", "Hi", message_id="m1")
        with pytest.raises(Refusal) as refused:
            await turns.answer(message)
        assert refused.value.status == 503
        fake.gate.set()
        await turns.finish()
        assert fake.taken == [("ada", "Hi")]
        assert (await turns.answer(message)).reply == [{"recipient_id": "ada", "text": "You said: Hi"}]
        assert len(fake.taken) == 1

    asyncio.run(scene())


def test_a_sender_who_leaves_is_answered_all_the_same(fake: FakeServices) -> None:
    """A turn that has begun is stored even if the connection breaks, so that a retry finds it."""

    async def scene() -> None:
        fake.gate = asyncio.Event()
        turns = Turns(fake, Metrics(dict))
        asking = asyncio.create_task(turns.answer(Incoming("ada", "Hi", message_id="m1")))
        await asyncio.sleep(0.01)
        asking.cancel()
        fake.gate.set()
        await turns.finish()
        assert fake.taken == [("ada", "Hi")]

    asyncio.run(scene())


def test_pace_is_given_back_with_time() -> None:
    """With 60 a minute, one more message may be sent each second; a limit of 0 is none."""
    now = [0.0]
    pace = Pace(60, lambda: now[0])
    assert [pace.wait("ada") for _ in range(60)] == [0.0] * 60
    assert pace.wait("ada") == pytest.approx(1.0)
    now[0] = 1.0
    assert pace.wait("ada") == 0.0
    assert pace.wait("ada") > 0
    assert all(Pace(0).wait("ada") == 0 for _ in range(1000))


def test_the_folder_is_only_a_folder(tmp_path: Path) -> None:
    """Taking turns writes nothing by itself; only the training room keeps its folder."""
    fake = FakeServices(tmp_path)
    asyncio.run(post_all(fake, ["ada"]))
    assert [path.name for path in fake.settings.data_dir.iterdir() if path.name != "models"] == []
