"""Sends what waits in the outbox: signed, one try at a time, again after a growing while, until it is taken or given up."""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx

from bot.store.outbox import Delivery, Webhook
from bot.web.backend import Backend
from bot.web.integrations.addresses import Lookup, NotAllowed, Place, look_up, place_of

logger = logging.getLogger(__name__)

AGAIN: Final = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 8, 30, 120, 360, 720, 1440))
"""How long after each failed try the next one follows; after the last nothing follows."""
_SECONDS: Final = 10.0


def secret_of(backend: Backend, webhook: Webhook) -> str:
    """The secret a webhook's messages are signed with: made from this installation's own, so that no table holds it."""
    return f"whsec_{sha256(backend.sign(f'{webhook.id} {webhook.salt}', 'webhook').encode()).hexdigest()}"


def signature(secret: str, body: bytes, at: int) -> str:
    """The header `Advisor-Signature`: the time in seconds, and HMAC-SHA256 over that time, a full stop and the body."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
    return f"t={at},v1={mac}"


class Sender:
    """Empties the outbox. `lookup` finds the numbers behind names; `transport` carries, for tests."""

    def __init__(
        self,
        backend: Backend,
        lookup: Lookup = look_up,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._backend = backend
        self._lookup = lookup
        self._clock = clock
        # No proxy and no redirect: the connection goes to the number that was looked at, and nowhere else.
        self._http = httpx.Client(
            timeout=_SECONDS, follow_redirects=False, trust_env=False, transport=transport, headers={"User-Agent": "Advisor"}
        )

    def work(self) -> int:
        """Announce what came due, send what is ready, clear away what is old; returns how many were sent or tried."""
        store = self._backend.store
        with store.read() as work:
            if not work.webhooks.all():
                return 0
        with store.begin() as work:
            work.deliveries.announce_due(self._backend.now().date())
            work.deliveries.clear_old()
            ready = work.deliveries.claim()
        for delivery in ready:
            self._send(delivery)
        return len(ready)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _send(self, delivery: Delivery) -> None:
        with self._backend.store.read() as work:
            webhook = work.webhooks.get(delivery.webhook_id)
        status, error = self._try(delivery, webhook)
        with self._backend.store.begin() as work:
            if not error and status is not None:
                work.deliveries.delivered(delivery.id, status)
                return
            again = AGAIN[delivery.attempts - 1] if delivery.attempts <= len(AGAIN) else None
            work.deliveries.failed(delivery.id, status, error, again)
        logger.info("Webhook %d did not take delivery %d: %s", webhook.id, delivery.id, error)

    def _try(self, delivery: Delivery, webhook: Webhook) -> tuple[int | None, str]:
        """The receiver's status, and what went wrong; nothing when it took it."""
        private = self._backend.settings.private_webhooks
        try:
            place = place_of(webhook.url, private, self._lookup)
            status = self._post(place, delivery, webhook)
        except NotAllowed as refusal:
            return None, str(refusal)
        except OSError:
            return None, "The name could not be looked up, or the connection was refused."
        except httpx.TimeoutException:
            return None, f"No answer within {_SECONDS:g} seconds."
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            return None, f"The connection failed ({type(problem).__name__})."
        return status, "" if 200 <= status < 300 else f"The receiver answered {status}."

    def _post(self, place: Place, delivery: Delivery, webhook: Webhook) -> int:
        body = json.dumps(delivery.payload, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "Host": urlsplit(place.url).netloc,
            "Advisor-Event": delivery.event,
            "Advisor-Delivery": delivery.event_key,
            "Advisor-Signature": signature(secret_of(self._backend, webhook), body, int(self._clock())),
        }
        told = {"sni_hostname": place.host}
        with self._http.stream("POST", _at(place), content=body, headers=headers, extensions=told) as response:
            return response.status_code


def _at(place: Place) -> str:
    """The address with the number in place of the name."""
    parts = urlsplit(place.url)
    number = f"[{place.address}]" if ":" in place.address else place.address
    return urlunsplit((parts.scheme, f"{number}:{parts.port}" if parts.port else number, parts.path or "/", parts.query, ""))
