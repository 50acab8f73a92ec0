"""Serving: a port is taken, the app answers on it until it is told to stop, and stops cleanly."""

from __future__ import annotations

import errno
import logging
import signal
import socket
from types import FrameType
from typing import NoReturn

import uvicorn
from fastapi import FastAPI

from bot.settings import Settings
from bot.web.app import create_app, let_go
from bot.web.backend import Backend

logger = logging.getLogger(__name__)

_SECONDS_TO_FINISH = 30
_SECONDS_KEPT_ALIVE = 15


class CannotListen(Exception):
    """The port or address cannot be had; the text says which setting to change."""


def take_port(settings: Settings) -> socket.socket:
    """The port in the settings, taken but not yet answering. Raises `CannotListen`."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    taken = socket.socket(family)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((settings.host, settings.port))
    except OSError as error:
        taken.close()
        raise CannotListen(_advice(error, settings)) from error
    return taken


def serve(backend: Backend, port: socket.socket) -> None:
    """Answer on the port until SIGINT or SIGTERM; running turns are finished first."""
    app = create_app(backend)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_SECONDS_KEPT_ALIVE,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        _Server(config, app).run(sockets=[port])
    except KeyboardInterrupt:
        logger.debug("Stopped by a signal.")
    finally:
        signal.signal(signal.SIGTERM, before)
        port.close()


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the server."""
    host = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0", "::", "::1") else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


class _Server(uvicorn.Server):
    """A server that lets go of open streams first when it stops; running turns are still finished."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._streams_of = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let go of the streams, then stop as every server does."""
        await let_go(self._streams_of)
        await super().shutdown(sockets)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """What Ctrl-C does, so that everything opened is closed in order."""
    raise KeyboardInterrupt


def _advice(error: OSError, settings: Settings) -> str:
    port = settings.port
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8000
        return f"Port {port} is taken by another program: stop that one, or choose another with PORT={other}."
    if error.errno == errno.EACCES:
        return f"Port {port} is not open to this user: choose one above 1023, such as PORT=8000."
    return f"ADVISOR_HOST: '{settings.host}' is no address of this machine; write 127.0.0.1, or 0.0.0.0 to let others in."
