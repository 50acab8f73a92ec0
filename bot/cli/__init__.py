"""The command `advisor`."""

from bot.cli.entry import app, main

__all__ = ["app", "main"]
