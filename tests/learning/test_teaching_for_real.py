"""From a corrected turn to a retrained model in force, with everything real: model, database, processes."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.learning.corrections import Correction, Part
from bot.services import open_services
from bot.settings import load_settings
from bot.store.models import RunState
from tests.conftest import TODAY

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

TWISTED = "the dosing thingamajig went walkabout again"


def test_correct_accept_retrain_replay_promote(trained_model: Path, kept: Path, tmp_path: Path) -> None:
    """A correction becomes a model that knows it; tests and stored talks are replayed; promoted, it answers the next turn."""
    data = tmp_path / "data"
    (data / "models").mkdir(parents=True)
    shutil.copy2(trained_model, data / "models")
    (kept / "phrases").mkdir(exist_ok=True)
    (data / "phrases").symlink_to(kept / "phrases")
    company = tmp_path / "laundry"
    shutil.copytree(Path(__file__).parents[2] / "data" / "catalogues" / "laundry", company)
    told = {"ADVISOR_CATALOGUE": str(company), "ADVISOR_DATA_DIR": str(data), "ADVISOR_TODAY": TODAY}
    with open_services(load_settings(told, folder=tmp_path)) as services:
        before = services.assistant.model
        for text in ("hello", TWISTED):
            asyncio.run(services.handle("guest", text, {"message_id": text}))
        correction = Correction(acts=(Part("reports_problem"),), problem=next(iter(services.catalogue.problems)))
        found = services.corrector.correct("guest", 2, correction, "Tara", 0)
        for proposal in found.proposals:
            services.corrector.decide(proposal.id, True, "Tara")
        run = services.teacher.wait(services.teacher.train("Tara", limit=5).id)
        assert run.state is RunState.DONE, run.told
        assert run.model is not None
        entry = next(one for one in services.teacher.history() if one.model.id == run.model)
        scores = entry.model.scores
        assert entry.model.data["learnt"] == 1
        assert scores["voices"]["new"]["macro_f1"] > 0.5
        assert scores["tests"]["tests"] > 60
        assert scores["replay"]["conversations"] == 1
        services.teacher.promote(run.model, "Tara", "it knows the thingamajig")
        assert services.assistant.model == run.model != before
        assert asyncio.run(services.assistant.read(TWISTED)).intent == "reports_problem"
        assert asyncio.run(services.handle("guest", "it is the third time", {"message_id": "3"}))
    with open_services(load_settings(told, folder=tmp_path)) as again:
        assert again.assistant.model == run.model
