"""`advisor chat`: a conversation in the terminal."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from bot.cli.opening import load_model, opened_services
from bot.cli.problems import Trouble
from bot.cli.shown import thoughts
from bot.settings import load_settings

_END = ("/quit", "/exit")


def chat(
    customer: Annotated[str, typer.Option(help="Talk as this customer of the records.")] = "",
    show: Annotated[bool, typer.Option("--show", help="Show what was understood and why each move was made.")] = False,
) -> None:
    """Talk with the assistant in the terminal.

    #1 chooses the first button, /quit ends.
    """
    with opened_services(load_settings()) as services:
        if customer and not known(services, customer):
            raise Trouble(f"there is no customer '{customer}' in the records; import them with `advisor import-assets`")
        load_model(services)
        company = services.catalogue.company.name
        typer.echo(f"\n{company}. Write a message, #1 to choose the first button, or /quit.\n")
        _Talk(services, customer, show).go_on()


def known(services: Any, customer: str) -> bool:
    """Whether the records have the customer, by the company's number or by ours."""
    with services.store.read() as work:
        return (work.customers.by_external_id(customer) or work.customers.get(customer)) is not None


def chosen(text: str, buttons: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    """What to send for what was typed, and the words it stands for: `#2` is the second button."""
    number = re.fullmatch(r"#\s*(\d{1,3})", text)
    if number and 1 <= int(number[1]) <= len(buttons):
        button = buttons[int(number[1]) - 1]
        return button["payload"], button["title"]
    return text, text


class _Talk:
    def __init__(self, services: Any, customer: str, show: bool) -> None:
        self._services = services
        self._show = show
        self._sender = f"terminal-{secrets.token_hex(8)}"
        self._metadata = {"customer": customer} if customer else {}
        self._buttons: list[Mapping[str, str]] = []

    def go_on(self) -> None:
        loop = asyncio.new_event_loop()
        try:
            while (text := _read()) is not None:
                loop.run_until_complete(self._answer(text))
        finally:
            loop.close()

    async def _answer(self, text: str) -> None:
        message, words = chosen(text, self._buttons)
        if words != text:
            typer.echo(f"  ({words})")
        reply = await self._services.handle(self._sender, message, dict(self._metadata))
        self._buttons = [button for bubble in reply for button in bubble.get("buttons") or ()]
        typer.echo()
        number = 0
        for bubble in reply:
            typer.echo(bubble.get("text", ""))
            for button in bubble.get("buttons") or ():
                number += 1
                typer.echo(f"  #{number} {button['title']}")
            typer.echo()
        if self._show:
            typer.echo(self._thoughts())

    def _thoughts(self) -> str:
        from bot.store import NotFound

        try:
            return thoughts(self._services.dossier(self._sender))
        except NotFound:
            return "  (nothing is kept of this conversation)\n"


def _read() -> str | None:
    """The next line typed; None at the end."""
    try:
        text = input("> ").strip()
    except EOFError:
        return None
    return None if text in _END else text


COMMANDS: tuple[tuple[str, Any, dict[str, Any]], ...] = (("chat", chat, {}),)
