"""The widget's API over the real assistant: words are read by the trained model, corrections and choices go the same way."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from bot.web.app import create_app
from tests.conftest import OpenCompany
from tests.web.customer.test_api import lines
from tests.web.customer.visitor import Visitor

pytestmark = pytest.mark.slow


def test_a_visit_from_request_to_corrected_advice(services: OpenCompany) -> None:
    """The standard's story over the widget: asked why, understood, read back, advised; a line corrected changes the advice."""
    company = services("laundry")
    _ = company.assistant
    with TestClient(create_app(company)) as http:
        visitor = Visitor.begun(http)
        page = {"title": "W-33", "url": "https://shop.example/w33", "topic": "w33"}
        state = visitor.says("Hi, I need a quote for two more 30 kg washers.", page=page)
        assert "You were looking at W-33 on our site." in state["turns"][-1]["messages"][0]["text"]
        state = visitor.says("we run out of clean towels by noon, spa guests complain")
        assert lines(state)["concern:0:problem"]["quote"].startswith("we run out of clean towels")
        state = visitor.says("/asks_why_asked", "piles of dirty stuff waiting for a free machine", "always heavy soil, to be safe")
        programme = next(line for line in lines(state).values() if "programme" in line["label"])
        assert programme["choices"]
        state = _to_advice(visitor, state)
        advised = state["turns"][-1]["view"]["options"][0]
        assert (advised["rung"], advised["standing"]) == ("retrain", "advised")
        other = next(one["value"] for one in programme["choices"] if one["label"] != programme["value"])
        state = visitor.corrects(programme["id"], other)
        turn = state["turns"][-1]
        assert programme["label"] in turn["said"]
        assert lines(state)[programme["id"]]["value"] != programme["value"]
        assert turn["messages"][0]["text"].startswith("I've put that right.")


def _to_advice(visitor: Visitor, state):  # type: ignore[no-untyped-def]
    for _ in range(8):
        view = state["turns"][-1]["view"] or {}
        if view.get("kind") == "advice":
            return state
        state = visitor.says(view["yes"] if view.get("kind") == "read_back" else "a full shelf at noon")
    raise AssertionError(state["turns"][-1])
