"""Who and what a demonstration needs beside its conversations: reps who hold the calls, experiments, and a coach's notes."""

from __future__ import annotations

from bot.advice.trials import Trial
from bot.learning.experiments.judging import trial_of
from bot.learning.experiments.writing import CONTROL
from bot.store import Store, Work
from bot.store.access import Role, User
from bot.store.demonstration import CONVERSATIONS
from bot.store.experiments import Experiment
from bot.store.scores import CoachingNote

_PEOPLE = (
    ("ada", "Ada Dahl", Role.REP),
    ("ben", "Ben Costa", Role.REP),
    ("mira", "Mira Haas", Role.TRAINER),
    ("noor", "Noor Vos", Role.TRAINER),
)
_TEAM = "simulated"

_EXPERIMENTS = (
    Experiment(
        id=f"{CONVERSATIONS}shorter-success",
        title="A shorter way to ask how they will know (simulated)",
        kind="wording",
        subject="ask_cell_success",
        arms=({"name": CONTROL}, {"name": "wording 1", "text": "What will be different once this is sorted out?"}),
        measure="agreed",
    ),
    Experiment(
        id=f"{CONVERSATIONS}no-success",
        title="Advice without asking how they will know (simulated)",
        kind="question",
        subject="cell:success",
        arms=({"name": CONTROL}, {"name": "left out", "spares": True}),
        measure="finished",
    ),
)
_NOTES = (
    ("You let them finish before the second why. That is where the need came out: keep doing that.", True),
    ("Compare this call with the first one: try the read-back as soon as the need and the problem are both in the map.", False),
    ("Ask earlier who else decides and who uses it daily, and make the next date with them.", False),
)


def staff(store: Store) -> tuple[User, ...]:
    """The simulated reps, made where they are missing. They have no password: nobody can sign in as one of them."""
    with store.begin() as work:
        for name, full, role in _PEOPLE:
            if work.users.by_name(f"{CONVERSATIONS}{name}") is None:
                work.users.add(User(name=f"{CONVERSATIONS}{name}", full_name=f"{full} (simulated)", role=role, team=_TEAM))
        return tuple(user for user in _people(work) if user.role is Role.REP)


def tried(store: Store) -> tuple[Trial, ...]:
    """The simulated experiments, running."""
    with store.begin() as work:
        return tuple(trial_of(work.experiments.begin(work.experiments.create(each))) for each in _EXPERIMENTS)


def coached(store: Store, reps: tuple[User, ...]) -> None:
    """A coach's notes on the last calls of each rep."""
    with store.begin() as work:
        coach = trainers(work)[0]
        for rep in reps:
            for call, (text, example) in zip(work.calls.of_rep(rep.name, len(_NOTES)), _NOTES, strict=False):
                turns = work.turns.after(call.conversation_id)
                seq = turns[-1].seq if turns else None
                note = CoachingNote(
                    conversation_id=call.conversation_id, seq=seq, rep=rep.id, by=coach.id, text=text, example=example
                )
                work.coaching.add(note)


def trainers(work: Work) -> list[User]:
    """The simulated trainers."""
    return [user for user in _people(work) if user.role is Role.TRAINER]


def _people(work: Work) -> list[User]:
    found = (work.users.by_name(f"{CONVERSATIONS}{name}") for name, _, _ in _PEOPLE)
    return [user for user in found if user is not None]
