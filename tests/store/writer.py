"""A program of its own that writes turns and says which are stored: `writer.py URL NAME COUNT` (0 for no end)."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import count as numbers

from bot.store import Conflict, open_store
from bot.store.records import Conversation, Turn


def main(url: str, name: str, count: int) -> None:
    """Append turns to the conversation `guest`, retrying on conflict, and print each one's text once it is stored."""
    store = open_store(url)
    for number in numbers() if count == 0 else range(count):
        text = f"{name}-{number}"
        while True:
            try:
                with store.begin() as work:
                    seen = work.conversations.get_for_update("guest")
                    seen = seen or work.conversations.start(Conversation(id="guest"))
                    changed = replace(seen, state={"last": text})
                    work.conversations.record(changed, Turn(conversation_id="guest", user_text=text, message_id=text))
                break
            except Conflict:
                continue
        print(text, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
