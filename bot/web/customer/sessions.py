"""The session of one visit: whose conversation a request belongs to, signed so that nobody can guess or change it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from bot.web.backend import Backend
from bot.web.problems import Refusal

CHAT: Final = "chat"
EXPORT: Final = "export"
PROMISES: Final = "promises"
CUSTOMER: Final = "customer"


@dataclass(frozen=True)
class Session:
    """A conversation, and the customer whose it is: empty where nobody has said who they are."""

    sender: str
    customer: str = ""

    def signed(self, backend: Backend) -> str:
        """The session as its holder keeps it."""
        return backend.sign(f"{self.sender} {self.customer}".strip(), CHAT)


def begun(backend: Backend, customer_token: str | None) -> Session:
    """A new conversation that nobody else knows of. Raises `Refusal` for a customer token that is not ours."""
    if customer_token is None:
        return Session(secrets.token_urlsafe(24))
    try:
        return Session(secrets.token_urlsafe(24), backend.unsign(customer_token, CUSTOMER))
    except ValueError:
        do = "Ask the company for a new one, or leave customer_token out to chat as anybody."
        raise Refusal(401, "`customer_token` is not valid.", do) from None


def session_of(request: Request) -> Session:
    """The session in the header Authorization, after "Bearer ". Raises `Refusal`."""
    kind, _, told = request.headers.get("authorization", "").partition(" ")
    found = unsigned(request.app.state.backend, told.strip(), CHAT) if kind.lower() == "bearer" else None
    if found is None:
        raise Refusal(401, "The session is not valid.", "Begin a new conversation with POST /chat/session.")
    sender, _, customer = found.partition(" ")
    return Session(sender, customer)


def unsigned(backend: Backend, signed: str, purpose: str) -> str | None:
    """What was signed for the purpose, None when it was not."""
    try:
        return backend.unsign(signed, purpose)
    except ValueError:
        return None
