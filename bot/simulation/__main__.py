"""`python -m bot.simulation`: the same as `advisor simulate`."""

import sys

from bot.simulation import main

sys.exit(main())
