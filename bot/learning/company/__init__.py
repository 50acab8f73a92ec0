"""What the company learns from its conversations: facts found in each, counted by month, and read as answers to questions."""

from __future__ import annotations
