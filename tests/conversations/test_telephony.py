"""Whole dialogues with the sample company for office telephony, through the trained model and a real database."""

from __future__ import annotations

import pytest

from bot.services import Services
from tests.conftest import OpenCompany
from tests.conversations.dialogue import Dialogue
from tests.conversations.playing import play, scenes

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def company(services: OpenCompany) -> Services:
    """The company, open for business."""
    return services("telephony")


@pytest.mark.parametrize("dialogue", scenes("telephony"))
def test_dialogue(dialogue: Dialogue, company: Services) -> None:
    """The customer is understood and served as the dialogue says, in every turn."""
    play(dialogue, company)
