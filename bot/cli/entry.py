"""The commands gathered, and every expected problem told in a line that says what to do."""

from __future__ import annotations

import sys
from typing import Any

import typer

from bot.cli import catalogues, demonstration, figures, records, serving, talking, teaching, users
from bot.cli.problems import Trouble, explained

_USAGE = 2
_FAILURE = 1
_INTERRUPTED = 130

app = typer.Typer(
    name="advisor",
    help="A solution-first advisory assistant: it seeks the need behind a request before it advises.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
for module in (serving, talking, catalogues, records, figures, teaching, demonstration):
    for name, command, options in module.COMMANDS:
        app.command(name, **options)(command)
app.add_typer(users.app, name="users")


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 failed, 2 not understood, 130 interrupted."""
    told = sys.argv[1:] if arguments is None else arguments
    try:
        code: Any = app(args=told or ["--help"], prog_name="advisor", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("Stopped.", err=True)
        return _INTERRUPTED
    except Trouble as trouble:
        return _told(str(trouble), _FAILURE)
    except Exception as error:  # noqa: BLE001  what nobody expected is raised again
        return _unexpected(error)
    return code if isinstance(code, int) else 0


def _unexpected(error: Exception) -> int:
    """The exit code for an error that has a line to tell; any other is a fault of ours and shows its traceback."""
    usage = getattr(error, "format_message", None)
    if usage is not None:
        context = getattr(error, "ctx", None)
        return _told(f"{usage()} See `{context.command_path if context else 'advisor'} --help`.".strip(), _USAGE)
    text = explained(error)
    if text is None:
        raise error
    return _told(text, _FAILURE)


def _told(text: str, code: int) -> int:
    sys.stdout.flush()
    typer.echo(f"advisor: {text}", err=True)
    return code
