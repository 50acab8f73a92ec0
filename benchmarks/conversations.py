"""Who talks to which bot in a benchmark, and conversations held side by side."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from benchmarks.bench import Bench
from benchmarks.bots import Bot, Ours
from benchmarks.servers import Line
from benchmarks.talk import Conversation, Customer, Rambler, Starter, Talker, openers, sayings, starter_examples

NewTalker = Callable[[random.Random], Talker]


def talkers(bench: Bench, bot: Bot) -> NewTalker:
    """A maker of talkers for the bot: customers with a problem for ours, the stories' moods for the stock bot."""
    if not isinstance(bot, Ours):
        examples = starter_examples(bench.stock.folder)
        return lambda chance: Starter(examples, chance)
    first, then = openers(bot.catalogue), sayings()
    return lambda chance: Customer(first, then, chance)


def ramblers(bench: Bench, bot: Bot) -> NewTalker:
    """The same for conversations of hundreds of turns."""
    if not isinstance(bot, Ours):
        return talkers(bench, bot)
    then = sayings()
    return lambda chance: Rambler(then, chance)


def begun(sender: str, lines: Mapping[str, Line], new: Mapping[str, NewTalker]) -> dict[str, Conversation]:
    """A new conversation over each line; the same sender says the same to the same bot in every run."""
    return {name: Conversation(line, sender, new[name](random.Random(sender))) for name, line in lines.items()}


def side_by_side(conversations: Mapping[str, Conversation], turns: int) -> dict[str, list[float]]:
    """The seconds of each turn of each conversation: a turn of one, then a turn of the other, and so on."""
    taken: dict[str, list[float]] = {name: [] for name in conversations}
    for _ in range(turns):
        for name, conversation in conversations.items():
            taken[name].append(conversation.turn())
    return taken
