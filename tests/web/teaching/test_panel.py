"""The panel under each turn of the review room's reading page."""

from __future__ import annotations

from fastapi.testclient import TestClient


def test_every_turn_can_be_corrected_from_where_it_is_read(trainer: TestClient) -> None:
    """Under each turn stands a link to its correction; a corrected one says by whom."""
    page = trainer.get("/review/read/chat").text
    assert page.count("Correct this turn") == 4
    trainer.post("/review/correct/2/chat", data={"seen": "0", "act0": "complains"})
    page = trainer.get("/review/read/chat").text
    assert page.count("Correct this turn") == 3
    assert "corrected by Tara" in page
