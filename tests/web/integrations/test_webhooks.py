"""Webhooks: what happened is told once, signed, in time, to nobody who should not hear it."""

from __future__ import annotations

import hmac
import json
from datetime import date, timedelta
from hashlib import sha256

import httpx
import pytest
from fastapi import FastAPI

from bot.store import Work
from bot.store.access import Role
from bot.store.outbox import DeliveryState
from bot.store.records import Consent, Conversation, Customer, HandOver, Promise, PromiseState, Referral
from bot.web.integrations.addresses import NotAllowed, checked_url, is_public, place_of
from bot.web.integrations.api import EVENTS
from bot.web.integrations.sender import AGAIN, Sender, secret_of
from tests.store.conftest import Clock
from tests.web.access.people import client_of
from tests.web.fake import FakeServices
from tests.web.integrations.conftest import Receiver

URL = "https://crm.example.com/hooks?x=1"


def talk(work: Work, id: str = "talk", consent: Consent = Consent.GIVEN) -> str:
    """A conversation of a customer."""
    customer = work.customers.by_external_id("C-17") or work.customers.add(Customer(external_id="C-17", name="Spa"))
    work.conversations.start(Conversation(id=id, customer_id=customer.id, consent=consent))
    return id


def told(receiver: Receiver) -> list[dict]:
    """What the receiver was told."""
    return [json.loads(request.content) for request in receiver.got]


def test_every_event_is_told(fake: FakeServices, sender: Sender, receiver: Receiver) -> None:
    """Promises made, due, kept and broken, a referral allowed and a customer waiting each reach the receiver once."""
    with fake.store.begin() as work:
        work.webhooks.add(URL, EVENTS, "ada")
        talk(work)
        first = work.promises.add(Promise(conversation_id="talk", owner="we", what="Come by", due=date(2025, 5, 1)))
        second = work.promises.add(Promise(conversation_id="talk", owner="we", what="Call", due=date(2025, 6, 1)))
    sender.work()
    with fake.store.begin() as work:
        work.promises.settle(first.id, PromiseState.KEPT, "they came")
        work.promises.settle(second.id, PromiseState.BROKEN, "nobody rang")
        referral = work.referrals.add(
            Referral(conversation_id="talk", vendor_id="v", vendor_name="Linen Loan", reason="r", consent=Consent.GIVEN)
        )
        work.referrals.share(referral.id, {"introduction": "Dear"})
        work.hand_overs.add(HandOver(conversation_id="talk", to_whom="Ada", reason="wants a person", contact="+49"))
    sender.work()
    sender.work()
    assert sorted(each["event"] for each in told(receiver)) == sorted(
        ["promise.made", "promise.made", "promise.due", "promise.kept", "promise.broken", "referral.consented", "hand_over.waiting"]
    )
    kept = next(each for each in told(receiver) if each["event"] == "promise.kept")
    assert (kept["customer"], kept["conversation"]) == ("C-17", "talk")
    assert (kept["data"]["state"], kept["data"]["evidence"]) == ("kept", "they came")


def test_an_event_undone_is_never_told(fake: FakeServices, sender: Sender, receiver: Receiver) -> None:
    """The outbox is part of the transaction: what was rolled back leaves nothing to send."""
    with fake.store.begin() as work:
        work.webhooks.add(URL, EVENTS, "ada")
        talk(work)

    def undone() -> None:
        with fake.store.begin() as work:
            work.promises.add(Promise(conversation_id="talk", owner="we", what="Come by"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()
    assert sender.work() == 0
    assert receiver.got == []


def test_words_leave_only_with_consent(fake: FakeServices, sender: Sender, receiver: Receiver) -> None:
    """Before the customer allowed notes, no words and no contact leave: only what can be counted."""
    with fake.store.begin() as work:
        work.webhooks.add(URL, EVENTS, "ada")
        talk(work, consent=Consent.PENDING)
        work.hand_overs.add(HandOver(conversation_id="talk", to_whom="Ada", reason="private", contact="+49 30"))
        work.promises.add(Promise(conversation_id="talk", owner="we", what="private", due=date(2025, 6, 1)))
    sender.work()
    assert "private" not in str(told(receiver))
    assert [set(each["data"]) for each in told(receiver)] == [{"hand_over"}, {"promise", "due", "state"}]


def test_erasing_takes_back_what_was_not_sent(fake: FakeServices, sender: Sender, receiver: Receiver) -> None:
    """What waits in the outbox goes with its conversation."""
    with fake.store.begin() as work:
        work.webhooks.add(URL, EVENTS, "ada")
        talk(work)
        work.promises.add(Promise(conversation_id="talk", owner="we", what="Come by"))
    with fake.store.begin() as work:
        work.erase_conversation("talk")
    assert sender.work() == 0
    assert receiver.got == []


def test_messages_are_signed(fake: FakeServices, sender: Sender, receiver: Receiver, clock: Clock) -> None:
    """A receiver that knows the secret can tell that a message is ours and when it was sent; the tables hold no secret."""
    with fake.store.begin() as work:
        hook = work.webhooks.add(URL, EVENTS, "ada")
        other = work.webhooks.add(URL, EVENTS, "ada")
        work.deliveries.ping(hook.id)
    sender.work()
    (request,) = receiver.got
    at, mac = (part.split("=")[1] for part in request.headers["advisor-signature"].split(","))
    secret = secret_of(fake, hook)  # type: ignore[arg-type]
    assert at == str(int(clock.now.timestamp()))
    assert mac == hmac.new(secret.encode(), f"{at}.".encode() + request.content, sha256).hexdigest()
    assert secret != secret_of(fake, other)  # type: ignore[arg-type]
    assert hook.salt not in secret


def test_the_connection_goes_to_the_number_that_was_looked_at(sender: Sender, fake: FakeServices, receiver: Receiver) -> None:
    """The name is looked up once; it stays in the header and in the certificate that is asked for."""
    with fake.store.begin() as work:
        work.deliveries.ping(work.webhooks.add(URL, EVENTS, "ada").id)
    sender.work()
    (request,) = receiver.got
    assert str(request.url) == "https://93.184.216.34/hooks?x=1"
    assert request.headers["host"] == "crm.example.com"
    assert request.extensions["sni_hostname"] == "crm.example.com"


def test_what_is_not_taken_is_tried_again(fake: FakeServices, sender: Sender, receiver: Receiver, clock: Clock) -> None:
    """Each try waits longer than the one before; after the last it is given up, until somebody sends it again."""
    with fake.store.begin() as work:
        work.deliveries.ping(work.webhooks.add(URL, EVENTS, "ada").id)
    receiver.status = 500
    for wait in AGAIN:
        assert sender.work() == 1
        assert sender.work() == 0
        clock.now += wait + timedelta(seconds=1)
    sender.work()
    with fake.store.read() as work:
        (delivery,) = work.deliveries.page(1)
    assert (delivery.state, delivery.attempts, delivery.last_status) == (DeliveryState.FAILED, len(AGAIN) + 1, 500)
    receiver.status = 204
    with fake.store.begin() as work:
        work.deliveries.resend(delivery.id)
    sender.work()
    with fake.store.read() as work:
        assert work.deliveries.page(1)[0].state is DeliveryState.DELIVERED
    assert len({request.headers["advisor-delivery"] for request in receiver.got}) == 1


@pytest.mark.parametrize(
    ("status", "failing", "said"),
    [
        (302, None, "answered 302"),
        (410, None, "answered 410"),
        (200, httpx.ConnectTimeout("slow"), "No answer within 10 seconds"),
        (200, httpx.ConnectError("no"), "The connection failed"),
    ],
)
def test_a_failure_says_why(
    fake: FakeServices, sender: Sender, receiver: Receiver, status: int, failing: Exception | None, said: str
) -> None:
    """A redirect is never followed, and the log says what the receiver answered or what went wrong."""
    receiver.status, receiver.failing = status, failing
    with fake.store.begin() as work:
        work.deliveries.ping(work.webhooks.add(URL, EVENTS, "ada").id)
    sender.work()
    with fake.store.read() as work:
        assert said in work.deliveries.page(1)[0].last_error
    assert len(receiver.got) == 1


def test_a_sender_that_died_is_replaced(fake: FakeServices, sender: Sender, receiver: Receiver, clock: Clock) -> None:
    """A delivery claimed by a process that then stopped is sent by another one after a while, not at once."""
    with fake.store.begin() as work:
        work.deliveries.ping(work.webhooks.add(URL, EVENTS, "ada").id)
    with fake.store.begin() as work:
        assert len(work.deliveries.claim()) == 1
    assert sender.work() == 0
    clock.pass_minutes(3)
    assert sender.work() == 1


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "::",
    "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
]  # fmt: skip


@pytest.mark.parametrize("number", PRIVATE)
def test_private_addresses_are_never_reached(fake: FakeServices, receiver: Receiver, number: str) -> None:
    """A name that leads to a private number, even beside a public one, is not connected to."""
    assert not is_public(number)
    made = Sender(fake, lookup=lambda host, port: ["93.184.216.34", number], transport=httpx.MockTransport(receiver))  # type: ignore[arg-type]
    with fake.store.begin() as work:
        work.deliveries.ping(work.webhooks.add(URL, EVENTS, "ada").id)
    made.work()
    made.close()
    assert receiver.got == []
    with fake.store.read() as work:
        assert "private network" in work.deliveries.page(1)[0].last_error


@pytest.mark.parametrize("number", ["93.184.216.34", "2606:2800:220:1::1"])
def test_public_addresses_are(number: str) -> None:
    """The public internet may be told."""
    assert is_public(number)


@pytest.mark.parametrize(
    "url",
    ["", "crm", "http://crm.example.com", "ftp://x.com", "https://u:p@x.com", "https://x.com/#a", "https://x.com:22/", "https://",
     "https://[::1", "https://x.com/\n", "file:///etc/passwd", "https://x.com:99999/"],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_at_once(url: str) -> None:
    """Only https, no user names, the ports of the web; the text says what to write."""
    with pytest.raises(NotAllowed, match=r"Write|Use"):
        checked_url(url, private=False)


def test_a_company_may_allow_its_own_network() -> None:
    """With the setting, private numbers and http are allowed."""
    place = place_of("http://crm.local:8080/x", True, lambda host, port: ["10.0.0.5"])
    assert place.address == "10.0.0.5"


def test_a_removed_webhook_hears_nothing_more(app: FastAPI, fake: FakeServices, sender: Sender, receiver: Receiver) -> None:
    """What waits is dropped; the log of deliveries stays readable."""
    admin = client_of(app, fake, Role.ADMIN)
    page = admin.post("/admin/integrations/webhooks", data={"url": URL, "events": list(EVENTS)}).text
    assert "whsec_" in page
    assert "whsec_" not in admin.get("/admin/integrations").text
    admin.post("/admin/integrations/webhooks/1/test")
    admin.post("/admin/integrations/webhooks/1/remove")
    assert sender.work() == 0
    assert "dropped" in admin.get("/admin/integrations/webhooks/1").text
    assert receiver.got == []


def test_the_log_shows_and_sends_again(app: FastAPI, fake: FakeServices, sender: Sender, receiver: Receiver) -> None:
    """An admin sees what became of each delivery, and can send it again."""
    admin = client_of(app, fake, Role.ADMIN)
    admin.post("/admin/integrations/webhooks", data={"url": URL, "events": ["promise.made"]})
    admin.post("/admin/integrations/webhooks/1/test")
    sender.work()
    assert "delivered" in admin.get("/admin/integrations/webhooks/1").text
    admin.post("/admin/integrations/deliveries/1/resend")
    sender.work()
    assert len(receiver.got) == 2
    assert admin.post("/admin/integrations/deliveries/9/resend").status_code == 404


def test_a_wrong_webhook_keeps_what_was_typed(app: FastAPI, fake: FakeServices) -> None:
    """The page says what to write beside the field, with everything typed still there."""
    admin = client_of(app, fake, Role.ADMIN)
    page = admin.post("/admin/integrations/webhooks", data={"url": "http://crm.example.com", "events": ["promise.made"]})
    assert page.status_code == 422
    assert "begins with https://" in page.text
    assert 'value="http://crm.example.com"' in page.text
    assert admin.post("/admin/integrations/webhooks", data={"url": URL}).status_code == 422
