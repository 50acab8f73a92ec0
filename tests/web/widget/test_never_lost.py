"""Nothing is lost, doubled or out of order: reload, closing, tabs, no network, a server that dies and comes back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.widget.company import Company, Conversation, Running
from tests.web.widget.conftest import Opens, menu, picture, press, said, write

pytestmark = pytest.mark.browser

NO_STORAGE = """
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new Error("no storage"); } });
}
"""


def test_a_reload_loses_nothing(visit: Opens, company: Company) -> None:
    """The panel is open again, the conversation is there, and so is what was being written; closing keeps all of it too."""
    page = visit(data="")
    press(page, "Ask us")
    write(page, "no clean towels")
    page.locator(".turn").wait_for()
    page.get_by_label("Your message").fill("half a sent")
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.get_by_label("Your message")).to_have_value("half a sent")
    press(page, "Heavy soil, to be safe")
    expect(page.locator(".turn")).to_have_count(2)
    press(page, "Close")
    page.reload()
    expect(page.get_by_role("dialog")).to_be_hidden()
    press(page, "Ask us")
    expect(page.locator(".turn")).to_have_count(2)
    assert said(page) == ["no clean towels", "Heavy soil, to be safe"]


def test_a_reload_in_the_middle_of_a_turn(visit: Opens, company: Company) -> None:
    """A message whose reply did not come before a reload is answered after it, once."""
    company.delay = 1.0
    page = visit()
    write(page, "Hello")
    write(page, "and towels")
    expect(page.locator(".waits")).to_have_count(2)
    expect(page.locator(".typing")).to_be_visible()
    page.reload()
    expect(page.locator(".turn")).to_have_count(2, timeout=15_000)
    expect(page.locator(".waits")).to_have_count(0)
    assert said(page) == ["Hello", "and towels"]
    assert company.texts() == ["Hello", "and towels"]


def test_offline_and_back(visit: Opens, company: Company) -> None:
    """Without a network messages wait visibly, it is told what happens next, and they go in order when it is back."""
    page = visit()
    write(page, "Hello")
    page.locator(".turn").wait_for()
    page.context.set_offline(True)
    write(page, "first")
    write(page, "second")
    expect(page.locator(".waits")).to_have_count(2)
    expect(page.locator(".status")).to_contain_text("You are offline. What you write is kept here")
    expect(page.locator(".waits").last).to_contain_text("Not sent yet")
    picture(page, "offline")
    page.context.set_offline(False)
    expect(page.locator(".turn")).to_have_count(3, timeout=15_000)
    expect(page.locator(".status")).to_have_text("")
    assert said(page) == company.texts() == ["Hello", "first", "second"]


def test_offline_over_a_reload_of_another_page(visit: Opens, company: Company, server: Running) -> None:
    """What waits is kept by the browser: a page opened later sends it."""
    page = visit()
    write(page, "Hello")
    page.locator(".turn").wait_for()
    page.route("**/chat/**", lambda route: route.abort())
    write(page, "later, then")
    expect(page.locator(".waits")).to_have_count(1)
    other = visit(context=page.context)
    page.close()
    expect(other.locator(".turn")).to_have_count(2, timeout=15_000)
    assert company.texts() == ["Hello", "later, then"]


def test_the_server_dies_in_the_middle_of_a_turn(visit: Opens, company: Company, server: Running) -> None:
    """The message is kept, the state is told honestly, and after the restart the turn is taken once."""
    page = visit()
    write(page, "Hello")
    page.locator(".turn").wait_for()
    company.delay = 5.0
    write(page, "towels")
    page.locator(".typing").wait_for()
    server.stop()
    expect(page.locator(".status")).to_contain_text("cannot be reached. Your message is kept; the next try is in", timeout=15_000)
    picture(page, "unreachable")
    write(page, "are you there?")
    company.delay = 0.0
    server.start()
    expect(page.locator(".turn")).to_have_count(3, timeout=20_000)
    assert said(page) == company.texts() == ["Hello", "towels", "are you there?"]


def test_a_turn_that_was_taken_is_not_taken_again(visit: Opens, company: Company) -> None:
    """When only the reply was lost, the same message id brings the same turn."""
    page = visit()
    lost: list[str] = []

    def lose_once(route: object) -> None:
        lost.append("x")
        if len(lost) > 1:
            route.continue_()  # type: ignore[attr-defined]
            return
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route("**/chat/messages", lose_once)
    write(page, "Hello")
    expect(page.locator(".turn")).to_have_count(1, timeout=10_000)
    assert len(lost) == 2
    assert company.texts() == ["Hello"]


def test_two_tabs(visit: Opens, company: Company) -> None:
    """What is said in one tab stands in the other at once, in the same order; both may write."""
    first = visit()
    write(first, "no clean towels")
    first.locator(".turn").wait_for()
    second = visit(context=first.context)
    expect(second.locator(".turn")).to_have_count(1)
    write(second, "from the second")
    expect(first.locator(".turn")).to_have_count(2)
    company.delay = 0.3
    for index in range(3):
        write(first, f"first {index}")
        write(second, f"second {index}")
    for page in (first, second):
        expect(page.locator(".turn")).to_have_count(8, timeout=20_000)
        expect(page.locator(".waits")).to_have_count(0)
        assert said(page) == company.texts()
    assert len(set(company.texts())) == 8
    assert len(company.conversations) == 1


def test_each_tab_sends_its_own(visit: Opens, company: Company) -> None:
    """While two tabs are open, what one writes is sent by that one alone; when it is gone, the other sends what it left."""
    first = visit()
    write(first, "Hello")
    first.locator(".turn").wait_for()
    second = visit(context=first.context)
    expect(second.locator(".turn")).to_have_count(1)
    sent: list[str] = []
    second.on("request", lambda request: sent.append(request.url) if request.url.endswith("/chat/messages") else None)
    company.delay = 1.0
    write(first, "slowly")
    expect(second.locator(".waits")).to_have_count(1)
    expect(second.locator(".turn")).to_have_count(2)
    assert sent == []
    company.delay = 0.0
    first.route("**/chat/messages", lambda route: route.abort())
    write(first, "left behind")
    expect(second.locator(".waits")).to_have_count(1)
    first.close()
    expect(second.locator(".turn")).to_have_count(3, timeout=20_000)
    assert said(second) == company.texts() == ["Hello", "slowly", "left behind"]
    assert len(sent) == 1


def test_two_tabs_begin_one_conversation(visit: Opens, company: Company) -> None:
    """Written in two tabs at the same moment, the first words of both stand in one conversation."""
    first = visit()
    second = visit(context=first.context)
    for page in (first, second):
        page.get_by_label("Your message").fill("Hello")
    for page in (first, second):
        page.locator(".composer").evaluate("form => void setTimeout(() => form.requestSubmit())")
    for page in (first, second):
        expect(page.locator(".turn")).to_have_count(2)
    assert len(company.conversations) == 1


def test_after_sleep(visit: Opens, company: Company, server: Running) -> None:
    """A page whose clock stood still, while its connection broke and more was said elsewhere, catches up; nothing is missing."""
    page = visit()
    write(page, "Hello")
    page.locator(".turn").wait_for()
    control = page.context.new_cdp_session(page)
    control.send("Page.setWebLifecycleState", {"state": "frozen"})
    server.stop()
    talk = next(iter(company.conversations.values()))
    for index in range(3):
        company.take(talk, f"elsewhere {index}", f"e{index}")
    server.start()
    control.send("Page.setWebLifecycleState", {"state": "active"})
    expect(page.locator(".turn")).to_have_count(4, timeout=20_000)
    write(page, "I am awake")
    expect(page.locator(".turn")).to_have_count(5)
    assert said(page) == company.texts()


def test_without_a_stream(visit: Opens, company: Company) -> None:
    """Where the network lets no stream through, turns taken elsewhere are asked for."""
    company.streams = False
    page = visit()
    write(page, "Hello")
    page.locator(".turn").wait_for()
    talk = next(iter(company.conversations.values()))
    company.take(talk, "from elsewhere", "elsewhere")
    expect(page.locator(".turn")).to_have_count(2, timeout=20_000)


def test_unread_messages_are_counted(visit: Opens, company: Company) -> None:
    """A reply that comes while the panel is closed is counted on the launcher until it is opened."""
    page = visit(data="")
    press(page, "Ask us")
    write(page, "Hello")
    page.locator(".turn").wait_for()
    press(page, "Close")
    talk = next(iter(company.conversations.values()))
    company.take(talk, "from elsewhere", "elsewhere")
    expect(page.get_by_role("button", name=re.compile("Ask us 1 new message"))).to_be_visible(timeout=10_000)
    picture(page, "unread")
    page.locator(".launcher").click()
    press(page, "Close")
    expect(page.locator(".badge")).to_be_hidden()


def test_what_is_refused_can_be_changed(visit: Opens, company: Company) -> None:
    """A message that is refused for good says why, does not block the next, and can be changed or removed."""
    page = visit()
    company.failing = 422
    write(page, "Hello")
    expect(page.locator(".failed")).to_contain_text("Not sent. That was refused. Write it otherwise.")
    picture(page, "refused")
    company.failing = 0
    write(page, "Again")
    expect(page.locator(".turn")).to_have_count(1)
    press(page, "Change it")
    expect(page.get_by_label("Your message")).to_have_value("Hello")
    expect(page.locator(".failed")).to_have_count(0)
    assert company.texts() == ["Again"]


def test_a_next_try_can_be_asked_for(visit: Opens, company: Company) -> None:
    """Nobody has to wait for the next try: it can be made now."""
    page = visit()
    page.route("**/chat/messages", lambda route: route.abort())
    write(page, "Hello")
    expect(page.locator(".status")).to_contain_text("the next try is in 8 s", timeout=15_000)
    page.unroute("**/chat/messages")
    press(page, "Try now")
    expect(page.locator(".turn")).to_have_count(1, timeout=3_000)


def test_a_message_is_one_way_there_and_back(visit: Opens, company: Company) -> None:
    """The browser asks once whether this website may send messages, not before every one: on a phone that is half the wait."""
    page = visit()
    for number in range(1, 4):
        write(page, f"message {number}")
        expect(page.locator(".turn")).to_have_count(number)
    assert company.leave_asked.count("/chat/messages") == 1


def test_too_many_people(visit: Opens, company: Company) -> None:
    """When the server is busy it says when to come back, and the widget does."""
    page = visit()
    company.failing = 429
    write(page, "Hello")
    expect(page.locator(".status")).to_contain_text("Many people are writing just now.")
    company.failing = 0
    expect(page.locator(".turn")).to_have_count(1, timeout=10_000)


def test_a_message_may_be_too_long(visit: Opens, company: Company) -> None:
    """Too long a text is told before it is sent, and nothing of it is lost."""
    page = visit()
    write(page, "x" * 2010)
    expect(page.locator("#limit")).to_have_text("Too long by 10 characters. Shorten it, or send it in two parts.")
    assert company.texts() == []
    page.get_by_label("Your message").fill("x" * 2000)
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(1)


def test_a_session_that_ended(visit: Opens, company: Company) -> None:
    """When the server no longer knows the conversation, that is said, and the message begins a new one."""
    page = visit()
    write(page, "Hello")
    page.locator(".turn").wait_for()
    company.conversations.clear()
    write(page, "towels")
    expect(page.locator(".turn")).to_have_count(2, timeout=10_000)
    expect(page.locator(".scroll")).to_contain_text("could not be continued")
    assert company.texts() == ["towels"]


def test_what_was_erased_counts_anew(visit: Opens, company: Company) -> None:
    """After an erasure it is said that nothing is kept, and the talk goes on from the beginning."""
    page = visit()
    write(page, "Hello")
    write(page, "once more")
    expect(page.locator(".turn")).to_have_count(2)
    talk = next(iter(company.conversations.values()))
    talk.turns.clear()
    write(page, "begin again")
    expect(page.locator(".turn")).to_have_count(3)
    expect(page.locator(".scroll")).to_contain_text("Nothing of what stands above is kept any more.")
    write(page, "and again")
    expect(page.locator(".turn")).to_have_count(4)
    assert company.texts() == ["begin again", "and again"]


def test_a_thousand_turns(visit: Opens, company: Company) -> None:
    """A long conversation opens with its end, loads earlier turns when they are looked at, and stays small and quick."""
    talk = company.begin({})
    for index in range(1000):
        company.take(talk, f"message {index}", f"m{index}")
    page = resumed(visit, talk)
    expect(page.locator(".turn").last).to_contain_text("message 999")
    assert page.locator(".turn").count() == 50
    page.locator(".scroll").evaluate("each => each.scrollTo(0, 0)")
    expect(page.locator(".turn")).to_have_count(100)
    assert said(page)[0] == "message 900"
    write(page, "one more")
    expect(page.locator(".turn").last).to_contain_text("one more")
    for index in range(40):
        company.take(talk, f"from elsewhere {index}", f"e{index}")
    expect(page.locator(".turn").last).to_contain_text("from elsewhere 39", timeout=10_000)
    assert page.locator(".turn").count() <= 66
    seqs = page.locator(".turn").evaluate_all("each => each.map(one => Number(one.dataset.seq))")
    assert seqs == list(range(seqs[0], 1042))


def test_earlier_messages_that_do_not_come(visit: Opens, company: Company) -> None:
    """When earlier messages cannot be fetched, that is said where they would stand, and pressing it tries again."""
    talk = company.begin({})
    for index in range(80):
        company.take(talk, f"message {index}", f"m{index}")
    page = resumed(visit, talk)
    page.route("**/chat/turns*", lambda route: route.abort())
    expect(page.locator(".turn").last).to_contain_text("message 79")
    page.locator(".scroll").evaluate("each => each.scrollTo(0, 0)")
    expect(page.locator(".earlier")).to_have_text("Earlier messages cannot be fetched just now. Try again")
    expect(page.locator(".unseen[aria-live=polite]")).to_have_text("Earlier messages cannot be fetched just now. Try again")
    picture(page, "earlier-failed")
    page.unroute("**/chat/turns*")
    press(page, "Earlier messages cannot be fetched just now. Try again")
    expect(page.locator(".turn")).to_have_count(80)
    expect(page.locator(".earlier")).to_be_hidden()


def test_a_gap_is_closed(visit: Opens, company: Company) -> None:
    """When much was said while the tab slept, the newest is shown, whole, and the rest can be loaded."""
    company.streams = False
    page = visit()
    write(page, "Hello")
    page.locator(".turn").wait_for()
    talk = next(iter(company.conversations.values()))
    for index in range(70):
        company.take(talk, f"from elsewhere {index}", f"e{index}")
    write(page, "I am back")
    expect(page.locator(".turn").last).to_contain_text("I am back")
    seqs = page.locator(".turn").evaluate_all("each => each.map(one => Number(one.dataset.seq))")
    assert seqs == list(range(seqs[0], 73))
    expect(page.locator(".waits")).to_have_count(0)


def test_no_storage(visit: Opens, company: Company) -> None:
    """In a browser that keeps nothing one can chat all the same."""
    page = visit(data="")
    page.add_init_script(NO_STORAGE)
    page.reload()
    press(page, "Ask us")
    write(page, "Hello")
    write(page, "towels")
    expect(page.locator(".turn")).to_have_count(2)
    menu(page, "Start again")
    press(page, "Start again")
    expect(page.locator(".turn")).to_have_count(0)


def test_a_full_storage(visit: Opens, company: Company) -> None:
    """Where the website has used up what a browser keeps, one can begin, talk and wait for the network all the same."""
    page = visit(data="")
    page.evaluate("""() => {
      for (let size = 2 ** 22; size; size >>= 1) {
        for (;;) try { localStorage.setItem(`x${localStorage.length}`, "x".repeat(size)); } catch { break; }
      }
    }""")
    press(page, "Ask us")
    write(page, "Hello")
    expect(page.locator(".turn")).to_have_count(1)
    page.context.set_offline(True)
    write(page, "first")
    write(page, "second")
    expect(page.locator(".waits")).to_have_count(2)
    page.context.set_offline(False)
    expect(page.locator(".turn")).to_have_count(3, timeout=15_000)
    assert said(page) == company.texts() == ["Hello", "first", "second"]


def resumed(visit: Opens, talk: Conversation) -> Page:
    """The page of a visitor who has that conversation."""
    page = visit(data="")
    script = """([sender, server]) => localStorage.setItem(`advisor:${server}:who`, JSON.stringify({sender, session: sender}))"""
    server = page.evaluate("new URL(document.querySelector('script').src).host")
    page.evaluate(script, [talk.sender, server])
    page.reload()
    page.locator(".launcher").click()
    return page
