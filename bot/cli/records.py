"""Commands over the records: read, copy, erase, import, and name a customer to the chat."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.opening import opened_services, opened_store
from bot.cli.problems import Trouble
from bot.cli.shown import conversation_lines, dossier_text
from bot.cli.talking import known
from bot.settings import load_settings

Conversation = Annotated[str, typer.Argument(help="The conversation's id, as `advisor conversations` lists it.")]
OneConversation = Annotated[str, typer.Argument(help="The conversation's id.")]
OfCustomer = Annotated[str, typer.Option(help="Everything of this customer instead.")]


def conversations(limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50) -> None:
    """List the conversations, newest first."""
    with opened_store() as store, store.read() as work:
        found = work.conversations.recent(limit)
        openings = {each.id: work.turns.at(each.id, 1) for each in found}
    for line in conversation_lines(found, openings):
        typer.echo(line)


def dossier(
    conversation: Conversation,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, complete.")] = False,
) -> None:
    """Show all that is known in a conversation.

    Need map, evidence, beliefs, the verdict on each rung, advice, promises, referral and turns.
    """
    with opened_services(load_settings()) as services:
        found = services.dossier(conversation)
    typer.echo(_json(found) if as_json else dossier_text(found))


def export(conversation: OneConversation = "", customer: OfCustomer = "") -> None:
    """Print everything kept of someone, as JSON.

    Of a conversation, or with --customer of a customer with what they own and all their conversations.
    """
    _one_of(conversation, customer)
    with opened_store() as store, store.read() as work:
        if customer:
            found = work.export_customer(_customer_id(work, customer))
        else:
            found = work.export_conversation(conversation)
    typer.echo(_json(found))


def erase(
    conversation: OneConversation = "",
    customer: OfCustomer = "",
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask first.")] = False,
) -> None:
    """Erase a conversation or a customer for good.

    With --customer the customer goes with what they own and all their conversations.
    """
    _one_of(conversation, customer)
    what = f"customer {customer} with everything of theirs" if customer else f"conversation {conversation}"
    if not yes:
        typer.confirm(f"Erase {what} for good?", abort=True)
    with opened_store() as store, store.begin() as work:
        if customer:
            done = work.erase_customer(_customer_id(work, customer))
        else:
            done = work.erase_conversation(conversation)
    if not done:
        raise Trouble(f"there is no {what}; it never was, or it has been erased")
    typer.echo(f"Erased: {what}.")


def purge() -> None:
    """Erase what was held without consent too long.

    A running assistant does so by itself every minute.
    """
    with opened_store() as store:
        count = store.purge_expired()
    typer.echo(f"{count} conversations erased.")


def import_assets(file: Annotated[Path, typer.Argument(help="A CSV file of the company's records.")]) -> None:
    """Import what customers own from a CSV file.

    The first line names the columns, in any order: customer_id and model, which every row needs, and customer_name,
    organisation, region, quantity, serial, bought_on, version, location, status (in_use, spare, out_of_order, retired), notes.

    Bad rows are reported by line and the rest is kept; a file imported twice changes nothing the second time.
    """
    from bot.content import load
    from bot.effects import product_named
    from bot.store.assets_csv import import_assets_csv

    settings = load_settings()
    catalogue = load(settings.catalogue)

    def product_id(model: str) -> str | None:
        product = product_named(model, catalogue)
        return product.id if product else None

    with opened_store() as store:
        report = import_assets_csv(store, file, product_id_of=product_id, today=settings.today)
    for problem in report.problems:
        typer.echo(problem, err=True)
    typer.echo(str(report))


def token(customer: Annotated[str, typer.Argument(help="The company's number for the customer.")]) -> None:
    """Print a signed link that names a customer.

    First the token, for metadata.customer_token; then a link to the chat with it.
    """
    from bot.web.serving import address

    settings = load_settings()
    with opened_services(settings) as services:
        if not known(services, customer):
            raise Trouble(f"there is no customer '{customer}' in the records; import them with `advisor import-assets`")
        signed = services.sign(customer, "customer")
    typer.echo(signed)
    typer.echo(f"{address(settings)}/#customer={signed}")


def _one_of(conversation: str, customer: str) -> None:
    if bool(conversation) == bool(customer):
        raise typer.BadParameter("Name a conversation, or a customer with --customer, and not both.")


def _customer_id(work: Any, customer: str) -> str:
    found = work.customers.by_external_id(customer) or work.customers.get(customer)
    if found is None:
        raise Trouble(f"there is no customer '{customer}' in the records")
    return str(found.id)


_json = partial(json.dumps, indent=2, ensure_ascii=False, default=str)


def reindex() -> None:
    """Make the review room's lists anew.

    Lists and search are made from the turns: after an update of an older installation, or when the rules of masking
    changed. The assistant may run meanwhile; tags, flags and reviews stay.
    """
    done = 0
    with opened_store() as store:
        for done in store.reindex():
            typer.echo(f"{done} conversations", err=True)
    typer.echo(f"{done} conversations indexed.")


COMMANDS: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("conversations", conversations, {}),
    ("dossier", dossier, {}),
    ("export", export, {}),
    ("erase", erase, {}),
    ("purge", purge, {}),
    ("reindex", reindex, {}),
    ("import-assets", import_assets, {}),
    ("token", token, {}),
)
