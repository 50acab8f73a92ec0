"""Fitting what speaks for a problem or an answer: the weights of the rankings, learnt across trades, tried on those left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bot.advice.catalogue import Catalogue, Fact
from bot.content import load
from bot.learning import matching_study, voices
from bot.learning.page import text_table
from bot.nlu import answer_ranker, problem_ranker, ranking
from bot.nlu.affairs import texts_of
from bot.nlu.answer_ranker import AnswerRanker
from bot.nlu.problem_ranker import ProblemRanker
from bot.nlu.ranking import ChoiceModel, Row
from bot.nlu.reading import read_message

COST = 0.0003
"""How dear a weight is, in log-likelihood per message for its square; keeps weights small where messages say little."""

TELLS_NO_PROBLEM = (
    "greet", "thank", "leave", "affirms", "denies", "does_not_know", "declines", "small_talk", "off_topic", "asks_privacy",
    "asks_own_data", "asks_person", "insists_quote", "wants_product", "asks_price", "asks_process", "asks_why_asked",
    "asks_abilities", "insults", "asks_discount", "asks_repeat",
)  # fmt: skip
"""Acts whose examples stand for messages about none of a company's problems."""

REQUESTS = ("I need a quote for two more {}", "we want a new {}, what does it cost", "{} please, how soon can you deliver")
"""A product asked for tells of no problem yet, whatever that product is for."""
_OF_EACH_ACT = 6


@dataclass(frozen=True)
class Case:
    """One message: features of each alternative, and the place of the one that is meant (None: none of them)."""

    rows: Row
    right: int | None


@dataclass(frozen=True)
class Quality:
    """On a trade left out: share of messages whose right alternative came first, among two, and the mean log loss."""

    first: float
    second: float
    log_loss: float


def refit(cache: Path, say: Callable[[str], None]) -> str:
    """Fit both rankings to all trades' phrasings and write the weights; returns how well they do on trades left out.

    `cache` keeps phrase vectors. Raises OSError when phrasings or catalogues are missing or the weights cannot be written.
    """
    cases = {trade: trade_cases(trade, cache, say) for trade in matching_study.trades()}
    old = ranking.shipped_models()
    tables = []
    models = {}
    for kind, names in (("problems", problem_ranker.FEATURES), ("answers", answer_ranker.FEATURES)):
        by_trade = {trade: found[kind] for trade, found in cases.items()}
        models[kind] = fit([case for found in by_trade.values() for case in found], names)
        tables += [f"{kind}, on the trade left out", _table(by_trade, names, old[kind]), _weights(old[kind], models[kind])]
    save(models)
    return "\n\n".join(tables)


def save(models: Mapping[str, ChoiceModel], path: Path = ranking.WEIGHTS_PATH) -> None:
    """Write the models where the product reads them."""
    plain = {
        kind: {"weights": {name: round(weight, 3) for name, weight in model.weights.items()}, "none": round(model.none, 3)}
        for kind, model in models.items()
    }
    path.write_text(json.dumps(plain, indent=2) + "\n", encoding="utf-8")
    ranking.shipped_models.cache_clear()


def fit(cases: Sequence[Case], names: Sequence[str]) -> ChoiceModel:
    """The conditional logit that makes what was meant likeliest (penalised maximum likelihood)."""
    found = minimize(_loss, np.zeros(len(names) + 1), args=(cases,), jac=True, method="L-BFGS-B")
    return ChoiceModel({name: float(weight) for name, weight in zip(names, found.x, strict=False)}, float(found.x[-1]))


def quality(model: ChoiceModel, cases: Sequence[Case]) -> Quality:
    """How well a model does on messages it was not fitted to."""
    ranks, losses = [], []
    for case in cases:
        chances = model.probabilities(case.rows)
        meant = 1.0 - float(chances.sum()) if case.right is None else float(chances[case.right])
        losses.append(-np.log(max(meant, 1e-9)))
        if case.right is not None:
            ranks.append(int((chances > chances[case.right]).sum()))
    return Quality(float(np.mean(np.array(ranks) == 0)), float(np.mean(np.array(ranks) < 2)), float(np.mean(losses)))


def trade_cases(trade: str, cache: Path, say: Callable[[str], None]) -> dict[str, list[Case]]:
    """The messages of one trade: of its problems and about none of them, and replies to its questions."""
    say(f"Reading the phrasings of {trade}.")
    catalogue = load(matching_study.CATALOGUES / trade)
    phrased = matching_study.phrasings(trade)
    problems, answers = ProblemRanker(catalogue, cache), AnswerRanker(catalogue, cache)
    replies = [one for one in phrased if one.fact in catalogue.facts]
    return {
        "problems": [
            *(_problem_case(problems, one.text, one.problem) for one in phrased if one.problem),
            *(_problem_case(problems, text, "") for text in (*_about_nothing(), *_requests(catalogue))),
        ],
        "answers": [
            *(_answer_case(answers, catalogue.facts[one.fact], one.text, one.choice) for one in replies),
            *(
                _answer_case(answers, catalogue.facts[one.fact], other.text, "")
                for one, other in zip(replies, replies[len(replies) // 2 :] + replies[: len(replies) // 2], strict=True)
                if one.fact != other.fact
            ),
        ],
    }


def _problem_case(ranker: ProblemRanker, text: str, problem: str) -> Case:
    ids, rows = ranker.features(texts_of(read_message(text)))
    return Case(rows, ids.index(problem) if problem else None)


def _answer_case(ranker: AnswerRanker, fact: Fact, text: str, choice: str) -> Case:
    ids = [each.id for each in fact.choices]
    return Case(ranker.features(fact, texts_of(read_message(text))), ids.index(choice) if choice else None)


def _about_nothing() -> Iterator[str]:
    """Examples of acts that tell of no problem, the same few of each every time."""
    by_act: dict[str, list[str]] = {act: [] for act in TELLS_NO_PROBLEM}
    for path in sorted(voices.TRAINING.glob("*.yml")):
        for spoken in voices.read_examples(path):
            if spoken.act in by_act:
                by_act[spoken.act].append(spoken.text)
    for texts in by_act.values():
        yield from texts[:: max(1, len(texts) // _OF_EACH_ACT)][:_OF_EACH_ACT]


def _requests(catalogue: Catalogue) -> Iterator[str]:
    """A request for each product, in the form whose turn it is."""
    for place, product in enumerate(catalogue.products.values()):
        yield REQUESTS[place % len(REQUESTS)].format(product.name)


def _loss(weights: NDArray[np.float64], cases: Sequence[Case]) -> tuple[float, NDArray[np.float64]]:
    """The mean negative log-likelihood with its penalty, and its gradient."""
    total, slope = 0.0, np.zeros_like(weights)
    for case in cases:
        scores = np.append(case.rows @ weights[:-1], weights[-1])
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        place = len(case.rows) if case.right is None else case.right
        total -= float(np.log(max(chances[place], 1e-12)))
        chances[place] -= 1.0
        slope[:-1] += case.rows.T @ chances[:-1]
        slope[-1] += chances[-1]
    penalty = COST * float(weights[:-1] @ weights[:-1])
    return total / len(cases) + penalty, slope / len(cases) + 2 * COST * np.append(weights[:-1], 0.0)


def _table(by_trade: Mapping[str, Sequence[Case]], names: Sequence[str], shipped: ChoiceModel) -> str:
    rows = []
    for trade, cases in by_trade.items():
        others = [case for other, found in by_trade.items() if other != trade for case in found]
        new, old = quality(fit(others, names), cases), quality(shipped, cases)
        rows.append([trade, *(f"{value:.1%}" for value in (new.first, new.second)), f"{new.log_loss:.3f}", f"{old.log_loss:.3f}"])
    return text_table(("trade", "first", "in two", "log loss", "of the old weights"), rows)


def _weights(old: ChoiceModel, new: ChoiceModel) -> str:
    rows = [[name, f"{old.weights.get(name, 0.0):.3f}", f"{weight:.3f}"] for name, weight in new.weights.items()]
    return text_table(("weight", "old", "new"), [*rows, ["none of them", f"{old.none:.3f}", f"{new.none:.3f}"]])
