"""`python -m bot.cli` is the command `advisor`."""

import sys

from bot.cli import main

if __name__ == "__main__":
    sys.exit(main())
