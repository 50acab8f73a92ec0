"""What is kept: tables, migrations, repositories, and the promise that nothing stays without consent."""

from bot.store.engine import make_engine
from bot.store.ephemeral import EphemeralStore
from bot.store.errors import Conflict, InvalidRecord, NotFound, StoreError, StoreUnavailable
from bot.store.migrate import current_revision, head_revision, upgrade
from bot.store.store import HOLD, Store, Work, open_store, utc_now

__all__ = [
    "HOLD",
    "Conflict",
    "EphemeralStore",
    "InvalidRecord",
    "NotFound",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "Work",
    "current_revision",
    "head_revision",
    "make_engine",
    "open_store",
    "upgrade",
    "utc_now",
]
