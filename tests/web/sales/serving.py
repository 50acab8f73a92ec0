"""Services for tests of the rep's pages: the fakes of the web, with real calls of the bike couriers over their records."""

from __future__ import annotations

from pathlib import Path

from bot.store import EphemeralStore
from tests.advice.worlds import BIKES
from tests.web.fake import FakeServices


class CallServices(FakeServices):
    """The web's fakes with calls of their own; the model's reading is simple, everything else is real."""

    def __init__(self, folder: Path, **environ: str) -> None:
        super().__init__(folder, **environ)
        self.store = EphemeralStore()
        self.catalogue = BIKES
