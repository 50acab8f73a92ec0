"""Conversation tests: whole dialogues written down, played against the real assistant, each reply held against what is expected."""
