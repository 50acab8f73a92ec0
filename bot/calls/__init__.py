"""A rep's calls: the same understanding, engine and store as a chat, with the rep in between."""

from bot.calls.desk import Calls, Starting
from bot.calls.doing import Action, Refused
from bot.calls.preparing import Brief, prepared
from bot.calls.seen import Logged, Seen

__all__ = ["Action", "Brief", "Calls", "Logged", "Refused", "Seen", "Starting", "prepared"]
