"""The assistant: Rasa in this process, without TensorFlow, with its actions beside it."""

from bot.assistant.deferral import calm_logs, defer_unused

defer_unused()
calm_logs()

from bot.assistant.agent import Assistant, ModelMissing, find_model  # noqa: E402 - after the deferral
from bot.assistant.models import (  # noqa: E402 - after the deferral
    TrainingFailed,
    code_fingerprint,
    ensure_model,
    fingerprint,
    train,
)

__all__ = ["Assistant", "ModelMissing", "TrainingFailed", "code_fingerprint", "ensure_model", "find_model", "fingerprint", "train"]
