"""`advisor evaluate --refit`: fit what the matcher's evidence is worth to the labelled texts, and show what changes."""

from __future__ import annotations

from bot.learning.page import text_table
from bot.nlu import calibrate
from bot.nlu.calibrate import Quality
from bot.nlu.matcher import NAMES, Weights, shipped_weights


def refit() -> str:
    """Fit the weights anew and write them where the product reads them; returns old and new as a table.

    Raises OSError when the labelled texts are missing or the file of weights cannot be written.
    """
    old = shipped_weights()
    new, quality = calibrate.refit()
    new.save()
    shipped_weights.cache_clear()
    return comparison(old, new, quality)


def comparison(old: Weights, new: Weights, quality: Quality) -> str:
    """Old and new weights side by side, and how well the new ones do on sets they were not fitted to."""
    rows = [["intercept", f"{old.intercept:.3f}", f"{new.intercept:.3f}"]]
    rows += [[name, f"{old.slopes.get(name, 0.0):.3f}", f"{new.slopes[name]:.3f}"] for name in NAMES]
    bins = [[f"{claimed:.2f}", f"{right:.2f}", str(count)] for claimed, right, count in quality.bins]
    return "\n\n".join(
        (
            text_table(("weight", "old", "new"), rows),
            f"On sets held out in turn: best option right {quality.best_right:.1%}, log loss {quality.log_loss:.3f}, "
            f"Brier score {quality.brier:.3f}.",
            text_table(("claimed", "right", "texts"), bins),
        )
    )
