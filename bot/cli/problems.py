"""Problems that a person can do something about, as the line that says what."""

from __future__ import annotations

import errno
import sys
from typing import Final


class Trouble(Exception):
    """A command cannot be carried out; the text says why and what to do."""


_TOLD_BY_THEMSELVES: Final = (
    ("bot.settings", "SettingsError"),
    ("bot.content", "CatalogueErrors"),
    ("bot.store", "StoreError"),
    ("bot.store.assets_csv", "AssetsFileError"),
    ("bot.assistant", "ModelMissing"),
    ("bot.assistant", "TrainingFailed"),
    ("bot.web.serving", "CannotListen"),
)
_SYSTEM: Final = {
    errno.EACCES: "Give the user who runs this the right to use it, or name another place.",
    errno.EROFS: "The disk can only be read: name another place, or set ADVISOR_DATA_DIR to one that can be written.",
    errno.ENOSPC: "The disk is full: free some space and try again. Nothing stored was lost.",
    errno.ENOENT: "Check how it is written.",
    errno.ENOTDIR: "A file stands where a folder should: name another place.",
    errno.EISDIR: "It is a folder: name a file.",
    errno.EEXIST: "Name another place.",
}


def explained(error: Exception) -> str | None:
    """What to tell about the error, None when it is not one of those a person can do something about.

    Classes are only looked for in modules that are loaded already: what is not loaded cannot have raised it.
    """
    for module, name in _TOLD_BY_THEMSELVES:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return str(error)
    if isinstance(error, OSError):
        return _system_problem(error)
    return None


def _system_problem(error: OSError) -> str:
    if error.errno is None:
        return str(error)
    where = f"{error.filename}: " if error.filename else ""
    advice = _SYSTEM.get(error.errno, "Check it and try again.")
    return f"{where}{error.strerror}. {advice}"
