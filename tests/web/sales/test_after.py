"""After a conversation: the summary, what it can be taken along as, and the rep's own check."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from fastapi import FastAPI
from icalendar import Calendar

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Dossier
from bot.store.access import Role
from bot.web.sales.pdf import pdf_of
from bot.web.sales.summary import Kept, plain, summary
from tests.web.access.people import client_of, user_of
from tests.web.fake import FakeServices
from tests.web.sales.conftest import Affair, affair, towels


@pytest.fixture
def spa(fake: FakeServices) -> Affair:
    """A customer whom ada keeps."""
    ada = user_of(fake.store, Role.REP, "ada", team="north")
    with fake.store.begin() as work:
        return affair(work, fake.catalogue, "Spa", ada)


def test_the_summary_begins_with_the_customers_words(laundry: Catalogue) -> None:
    """Their own words come first, then the outcome, what was agreed, what to expect and what not."""
    text = summary(Kept(Dossier(concerns=(towels(laundry),), active=0), (), (), ()), laundry, date(2025, 5, 1))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    assert headings == ["What we talked about on 1 May 2025", "In your words", "What you want", "What we agreed"]
    assert "> we run out of clean towels by noon" in text
    assert "You will know it by this: “a full shelf at noon”." in text
    assert "{" not in text


def test_every_remedy_of_the_catalogue_can_be_summed_up(laundry: Catalogue) -> None:
    """Whatever was agreed, the summary has no unfilled brace, no double full stop and no empty heading."""
    for remedy in laundry.remedies:
        concern = replace(towels(laundry), accepted=remedy)
        text = summary(Kept(Dossier(concerns=(concern,), active=0), (), (), ()), laundry, date(2025, 5, 1))
        assert not re.search(r"[{}]|\.\.|\*\*\n\n\n|!", text), text


def test_a_conversation_about_nothing_still_has_a_summary(laundry: Catalogue) -> None:
    """An empty dossier says so, and invents nothing."""
    text = summary(Kept(Dossier(), (), (), ()), laundry, date(2025, 5, 1))
    assert "not spoken about anything" in text
    assert "agreed" not in text


def test_the_page_shows_promises_and_the_referral(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """What happens next is told with its day, and whom we introduced them to."""
    page = client_of(app, fake, Role.REP, "ada").get(f"/after/{spa.conversation}").text
    assert "By 28 April, Weisshaupt Laundry Systems: Show Spa" in page
    assert "introduced you to Linen Loan. They are better at this: they lend linen." in page


def test_an_edited_summary_is_kept_and_taken_along(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """What the rep wrote is what is downloaded, as e-mail text, Markdown and PDF."""
    ada = client_of(app, fake, Role.REP, "ada")
    text = "# Towels\r\n\r\n> we run out by noon\r\n\r\n- **We**: come on Thursday, naïve Ωmega"
    ada.post(f"/after/{spa.conversation}", data={"text": text, "note": "call again", "revision": "0"})
    where = f"/after/{spa.conversation}/summary"
    assert ada.get(f"{where}.md").text == text.replace("\r\n", "\n")
    assert ada.get(f"{where}.txt").text == "Towels\n\n“we run out by noon”\n\n- We: come on Thursday, naïve Ωmega\n"
    pdf = ada.get(f"{where}.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert ada.get(f"{where}.doc").status_code == 404
    assert "call again" in ada.get(f"/after/{spa.conversation}").text
    ada.post(f"/after/{spa.conversation}", data={"text": text, "note": "call again", "revision": "1", "afresh": "1"})
    assert ada.get(f"{where}.md").text.startswith("# What we talked about")


def test_two_who_edit_lose_nothing(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """The second to keep a summary is told, and what they wrote still stands on their page."""
    ada, ben = client_of(app, fake, Role.REP, "ada"), client_of(app, fake, Role.REP, "ben", team="north")
    ada.post(f"/after/{spa.conversation}", data={"text": "from ada", "revision": "0"})
    late = ben.post(f"/after/{spa.conversation}", data={"text": "from ben", "revision": "0"})
    assert late.status_code == 409
    assert "from ben" in late.text
    assert ada.get(f"/after/{spa.conversation}/summary.md").text == "from ada"


def test_the_dates_go_into_a_calendar(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """Every promise with a day and every check-in is one whole-day entry."""
    answer = client_of(app, fake, Role.REP, "ada").get(f"/after/{spa.conversation}/dates.ics")
    events = Calendar.from_ical(answer.text).walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [date(2025, 4, 28), date(2025, 5, 1)]
    assert "Is the shelf full at noon?" in str(events[1]["summary"])


def test_the_self_check_is_for_oneself(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """A rep finds their own answers again; a colleague of the same team and a copy for the customer hold none of them."""
    ada, ben = client_of(app, fake, Role.REP, "ada"), client_of(app, fake, Role.REP, "ben", team="north")
    ada.post(f"/after/{spa.conversation}/self-check", data={"bumps": "not yet", "thought": "ring on Monday", "other": "x"})
    assert "ring on Monday" in ada.get(f"/after/{spa.conversation}").text
    assert "ring on Monday" not in ben.get(f"/after/{spa.conversation}").text
    with fake.store.read() as work:
        assert "ring on Monday" not in str(work.export_conversation(spa.conversation))
    with fake.store.begin() as work:
        assert work.erase_conversation(spa.conversation)


def test_a_pdf_of_anything() -> None:
    """Whatever a rep writes becomes a PDF: long words, other scripts, nothing at all."""
    for text in ("", "x" * 500, "日本語 العربية 😀", "# \n> \n- \n****", "a\n" * 300):
        assert pdf_of(text, "Company").startswith(b"%PDF-")


def test_plain_text_has_no_marks() -> None:
    """The text of an e-mail reads as a person would write it."""
    assert plain("# A\n\n> b\n\n**c**\n- d\n") == "A\n\n“b”\n\nc\n- d\n"
