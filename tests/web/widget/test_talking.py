"""Talking in the widget: by mouse, by keyboard, on a phone; and what no other chat shows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.browsing import PHONE
from tests.web.widget.company import Company, Running
from tests.web.widget.conftest import Opens, menu, picture, press, said, soon, write

pytestmark = pytest.mark.browser


def to_advice(page: Page) -> None:
    """From the first words to the advice, by mouse."""
    write(page, "we run out of clean towels by noon")
    press(page, "Heavy soil, to be safe")
    press(page, "Exactly")
    page.locator(".option").nth(2).wait_for()


@pytest.mark.parametrize(("name", "size"), [("desktop", {"width": 1280, "height": 800}), ("phone", PHONE)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_whole_conversation(visit: Opens, company: Company, name: str, size: dict[str, int], scheme: str) -> None:
    """From the launcher to a promise, on every screen; nothing is cut off or scrolls sideways."""
    page = visit(size, data="", color_scheme=scheme)
    expect(page.get_by_role("dialog")).to_be_hidden()
    picture(page, f"{name}-{scheme}-launcher")
    press(page, "Ask us")
    expect(page.get_by_label("Your message")).to_be_focused()
    expect(page.get_by_role("heading", name="Weisshaupt Laundry Systems")).to_be_visible()
    picture(page, f"{name}-{scheme}-first")
    to_advice(page)
    picture(page, f"{name}-{scheme}-advice")
    press(page, "I choose “The 45-minute programme”")
    expect(page.locator(".turn .timeline")).to_be_visible()
    picture(page, f"{name}-{scheme}-promises")
    expected = ["we run out of clean towels by noon", "Heavy soil, to be safe", "Exactly", "I choose “The 45-minute programme”"]
    assert said(page) == expected
    assert company.texts() == [expected[0], '/choose{"value": "heavy"}', "/affirms", "/accepts"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".scroll").evaluate("each => each.scrollWidth <= each.clientWidth")


def test_the_keyboard_is_enough(visit: Opens) -> None:
    """A conversation, the menu, a correction and the way out, without a mouse; focus is always where one would look."""
    page = visit(data="")
    page.get_by_role("button", name="Ask us").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("no clean")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("towels")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Why do you ask?").wait_for()
    for _ in range(4):
        page.keyboard.press("Shift+Tab")
    assert focused(page) == "The short programme"
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Exactly")).to_be_visible()
    page.get_by_role("button", name="What I understood").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused(page) == "Correct “What goes wrong”"
    page.keyboard.press("Enter")
    assert focused(page) == "Correct “What goes wrong”"
    page.keyboard.press("Control+a")
    page.keyboard.type("No clean towels after eleven")
    page.keyboard.press("Enter")
    expect(page.locator(".turn").last).to_contain_text("Corrected: What goes wrong is No clean towels after eleven.")
    page.keyboard.press("Escape")
    assert focused(page).startswith("What I understood")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert focused(page) == "Ask us"


def test_a_question_says_why_and_can_be_declined(visit: Opens, company: Company) -> None:
    """Each question has "Why do you ask?" and "I'd rather not say", and both are told in words."""
    page = visit()
    write(page, "no clean towels")
    press(page, "Why do you ask?")
    expect(page.locator(".turn").last).to_contain_text("The programme decides how many loads fit into a morning")
    write(page, "about the towels")
    press(page, "I'd rather not say")
    expect(page.locator(".turn").last).to_contain_text("That is fine.")
    page.reload()
    expect(page.locator(".turn")).to_have_count(4)
    assert said(page) == ["no clean towels", "Why do you ask?", "about the towels", "I'd rather not say"]
    assert company.texts()[1::2] == ["/asks_why", "/declines"]


def test_quick_replies_stay(visit: Opens, company: Company) -> None:
    """An answer can be changed by pressing the other button later, and free text is never blocked."""
    page = visit()
    write(page, "no clean towels")
    press(page, "Heavy soil, to be safe")
    expect(page.get_by_role("button", name="Heavy soil, to be safe")).to_have_attribute("aria-pressed", "true")
    write(page, "the boiler, rather")
    expect(page.locator(".turn")).to_have_count(3)
    press(page, "The short programme")
    expect(page.locator(".turn")).to_have_count(4)
    assert said(page) == ["no clean towels", "Heavy soil, to be safe", "the boiler, rather", "The short programme"]


def test_the_process_is_in_plain_sight(visit: Opens) -> None:
    """What step this is stands at the top, and all steps are one press away."""
    page = visit()
    write(page, "no clean towels")
    expect(page.locator(".progress summary")).to_have_text("Step 2 of 5: Where it comes from")
    page.locator(".progress summary").click()
    expect(page.locator(".progress li")).to_have_count(5)
    expect(page.locator(".progress li[aria-current=step]")).to_have_text("Where it comes from (now)")
    picture(page, "progress")


def test_what_was_understood_can_be_put_right(visit: Opens, company: Company) -> None:
    """Quotes stand beside what was understood; a line is corrected or removed, and that is said back in the chat."""
    page = visit()
    write(page, "no clean towels")
    press(page, "What I understood 4")
    expect(page.locator(".lines li")).to_have_count(4)
    expect(page.locator(".lines q").first).to_have_text("we run out of clean towels by noon")
    expect(page.get_by_label("Correct “Washers”")).to_have_count(0)
    picture(page, "understood")
    page.get_by_label("Correct “Spa guests a day”").click()
    page.locator(".side input").fill("about 120")
    picture(page, "understood-edited")
    press(page, "Save")
    expect(page.locator("[data-line=guests] .value")).to_have_text("about 120")
    page.get_by_label("Remove “What goes wrong”").click()
    expect(page.locator(".lines li")).to_have_count(3)
    press(page, "Back")
    expect(page.locator(".turn").last).to_contain_text("I leave out: What goes wrong.")
    assert said(page) == ["no clean towels", "Spa guests a day: about 120", "Leave out: What goes wrong"]
    assert company.texts()[1:] == ["Spa guests a day: about 120", "Leave out: What goes wrong"]


def test_a_wrong_correction_says_what_to_write(visit: Opens, company: Company) -> None:
    """A choice is chosen; what cannot be taken is told beside the line, with what was written still there."""
    page = visit()
    write(page, "no clean towels")
    press(page, "What I understood 4")
    page.get_by_label("Correct “Programme”").click()
    page.locator(".side select").select_option("short")
    press(page, "Save")
    expect(page.locator("[data-line=programme] .value")).to_have_text("short")
    page.get_by_label("Correct “Spa guests a day”").click()
    page.locator(".side input").fill("nonsense")
    press(page, "Save")
    expect(page.locator("[data-line=guests]")).to_contain_text("Write a number, such as 80.")
    page.get_by_label("Correct “Spa guests a day”").click()
    expect(page.locator(".side input")).to_have_value("nonsense")
    page.locator(".side input").fill("90")
    press(page, "Save")
    expect(page.locator("[data-line=guests] .value")).to_have_text("90")
    expect(page.locator(".failed")).to_have_count(0)


def test_advice_is_compared_fairly(visit: Opens) -> None:
    """Options stand side by side where there is room: outcome first, cost, time, the five attributes in words too."""
    page = visit()
    to_advice(page)
    press(page, "Compare side by side")
    options = page.locator(".option")
    tops = {round(options.nth(index).bounding_box()["y"]) for index in range(3)}  # type: ignore[index]
    assert len(tops) == 1
    expect(options.first.get_by_role("heading", level=3)).to_have_text("Clean towels on the shelf before noon")
    expect(options.first.get_by_role("img")).to_have_attribute(
        "aria-label",
        "Rated from 1 to 5: Easy to use 4 of 5, In time 5 of 5, Certain 4 of 5, which matters most to you, "
        "Low in cost 5 of 5, Choice 3 of 5",
    )
    expect(options.first).to_contain_text("Whiter towels.")
    expect(page.locator(".nothing")).to_contain_text("Guests go without towels")
    expect(page.locator(".turn").last.locator(".bubble ul > li")).to_have_count(2)
    expect(page.locator(".turn").last.locator(".bubble ol > li")).to_have_count(2)
    expect(page.locator(".side")).to_contain_text("What I understood")
    picture(page, "advice-side-by-side")
    press(page, "Why not “Two W-30 washers”?")
    expect(page.locator(".turn")).to_have_count(4)
    expect(page.locator(".turn").last).to_contain_text("idle a third of the morning")
    assert said(page)[-1] == "Why not “Two W-30 washers”?"


def test_advice_is_rated(visit: Opens, company: Company) -> None:
    """Each advice can be called useful or not, with words if one likes; it is remembered."""
    page = visit()
    to_advice(page)
    press(page, "No", exact=True)
    page.get_by_label("What should be better? You may leave this empty.").fill("I can't change programmes")
    page.locator(".feedback form button").click()
    expect(page.locator(".thanks")).to_be_visible()
    rated = {"seq": 3, "rating": -1}
    soon(page, lambda: company.feedback, [rated, {**rated, "text": "I can't change programmes"}])
    page.reload()
    expect(page.locator(".thanks")).to_be_visible()
    expect(page.locator(".feedback [aria-pressed=true]")).to_have_text("No")


def test_promises_come_with_a_calendar(visit: Opens, server: Running) -> None:
    """What was agreed is a timeline with dates and states, and a calendar file."""
    page = visit()
    to_advice(page)
    press(page, "Yes, let's do that")
    items = page.locator(".turn .timeline li")
    expect(items).to_have_count(3)
    expect(items.nth(2)).to_contain_text("late")
    with page.expect_download() as got:
        page.locator(".turn .timeline").get_by_role("link", name="Add to my calendar").click()
    assert got.value.url.startswith(f"{server.url}/chat/promises/")


def test_an_introduction_is_edited_before_it_is_sent(visit: Opens, company: Company) -> None:
    """The introduction can be read and changed; what is sent is what stands there."""
    page = visit()
    write(page, "we need linen")
    field = page.get_by_label("The introduction. You can change it.")
    expect(field).to_have_value(beginning("Dear Ms Lang"))
    picture(page, "referral")
    field.fill("Dear Eva, call me.")
    press(page, "Send it as I changed it")
    expect(page.locator(".turn").last).to_contain_text("It is sent.")
    changed = "Please send these words instead: Dear Eva, call me."
    assert company.texts() == ["we need linen", changed, "/sends"]
    assert said(page) == ["we need linen", changed, "Send it as I changed it"]


def test_a_declined_introduction_sends_nothing(visit: Opens, company: Company) -> None:
    """Declined consent is one press, and is respected."""
    page = visit()
    write(page, "we need linen")
    press(page, "Don't send it")
    expect(page.locator(".turn").last).to_contain_text("Nothing was sent")
    assert company.texts()[-1] == "/keeps"


def test_a_person_takes_over(visit: Opens) -> None:
    """In opening hours the waiting time is told; outside them a message is left."""
    page = visit()
    write(page, "a person please")
    expect(page.locator(".card")).to_contain_text("Mr Brandt answers in about 5 minutes.")
    write(page, "at night")
    expect(page.locator(".card").last).to_contain_text("From Monday 8:00")
    press(page, "Leave a message")
    expect(page.get_by_label("Your message")).to_be_focused()
    expect(page.get_by_label("Your message")).to_have_attribute("placeholder", "Leave a message")
    picture(page, "hand-over")


def test_danger_stands_out(visit: Opens) -> None:
    """A warning is marked as one."""
    page = visit()
    write(page, "there is smoke")
    expect(page.locator(".alarm")).to_have_text("Safety first")
    picture(page, "warning")


def test_a_copy_privacy_and_a_new_start(visit: Opens, server: Running) -> None:
    """Transcript and privacy are at hand; starting again is confirmed, and the old conversation can be resumed."""
    page = visit()
    write(page, "no clean towels")
    page.locator(".turn").wait_for()
    page.get_by_label("More", exact=True).click()
    link = page.get_by_role("link", name="Transcript to read or print")
    assert str(link.get_attribute("href")).startswith(f"{server.url}/export/")
    page.keyboard.press("Escape")
    press(page, "No notes kept yet · Privacy")
    expect(page.locator(".side")).to_contain_text("You will be asked before notes")
    press(page, "Back")
    menu(page, "Start again")
    picture(page, "restart")
    press(page, "Go on with this one")
    expect(page.locator(".turn")).to_have_count(1)
    menu(page, "Start again")
    press(page, "Start again")
    expect(page.locator(".turn")).to_have_count(0)
    write(page, "something else")
    expect(page.locator(".turn")).to_have_count(1)
    menu(page, "Past conversations")
    expect(page.locator(".lines li")).to_contain_text("no clean towels")
    press(page, "Go on with this one")
    expect(page.locator(".turn")).to_contain_text("no clean towels")
    menu(page, "Past conversations")
    expect(page.locator(".lines li")).to_contain_text("something else")
    press(page, "Forget on this browser")
    expect(page.locator(".side")).to_contain_text("There are no other conversations.")


def test_a_known_customer_finds_past_conversations(visit: Opens, company: Company) -> None:
    """With a customer token the company's list is shown; a token that has expired does not keep anybody from asking."""
    page = visit(data='data-open data-customer="signed" data-topic="washers"')
    write(page, "hello")
    page.locator(".turn").wait_for()
    assert company.began[0]["customer_token"] == "signed"
    assert company.pages[0]["title"] == "Hotel supplies"
    assert company.pages[0]["topic"] == "washers"
    assert "?" not in company.pages[0]["url"]
    menu(page, "Past conversations")
    expect(page.locator(".lines li")).to_contain_text("A leaking dryer")
    other = visit(data='data-open data-customer="expired"')
    write(other, "hello")
    other.locator(".turn").wait_for()
    assert "customer_token" not in company.began[1]


def focused(page: Page) -> str:
    """The name of what has the focus in the widget."""
    script = "(e => e.ariaLabel || e.textContent)(document.querySelector('advisor-chat').shadowRoot.activeElement)"
    return str(page.evaluate(script))


def beginning(start: str) -> re.Pattern[str]:
    """A pattern for a text that begins so."""
    return re.compile(f"^{re.escape(start)}")
