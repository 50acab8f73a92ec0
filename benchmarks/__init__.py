"""Benchmarks: the bars of the design, measured in one run against the bot that `rasa init` makes."""
