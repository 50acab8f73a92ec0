"""What was learnt, as files: made wholly from the accepted proposals, so that taking one back, or erasing, leaves no trace."""

from __future__ import annotations

import difflib
import fcntl
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.content.said_as import Edit, PhraseRefused, add_phrase, remove_phrase
from bot.learning.proposing import EXAMPLE, PHRASING, TEST
from bot.nlu.learnt_examples import LearntExample, as_rasa_yaml
from bot.store.corrections import Proposal
from bot.store.records import Json

_TESTS_HEAD = "# Conversation tests from corrected conversations. Made by the review room, which rewrites this file.\n"
_WIDTH = 120


@dataclass(frozen=True)
class LearntFiles:
    """Where what was learnt is kept: the examples and the tests in the data folder, the phrasings in the catalogue itself."""

    folder: Path
    catalogue: Path

    @property
    def nlu(self) -> Path:
        """The folder of training examples."""
        return self.folder / "nlu"

    @property
    def tests(self) -> Path:
        """The folder of conversation tests."""
        return self.folder / "conversations"

    @property
    def examples_file(self) -> Path:
        """The one file of training examples."""
        return self.nlu / "learnt.yml"

    @property
    def tests_file(self) -> Path:
        """The one file of conversation tests."""
        return self.tests / "learnt.yml"

    def sync(self, accepted: Sequence[Proposal]) -> bool:
        """Make the files say what was accepted and nothing else; says whether the catalogue changed.

        Raises OSError, and PhraseRefused when the catalogue's file cannot take a phrase; the other files are right then.
        """
        with self._alone():
            before = _read(self.examples_file)
            _put(self.examples_file, examples_text(accepted))
            if _lost(before, _read(self.examples_file)):
                shutil.rmtree(self.folder.parent / "models" / "cache", ignore_errors=True)
            _put(self.tests_file, tests_text(accepted))
            return self._phrasings(_phrases(accepted))

    def preview(self, proposal: Proposal, accepted: Sequence[Proposal]) -> str:
        """What accepting the proposal changes, as a unified diff; empty when it changes nothing.

        Raises PhraseRefused and OSError.
        """
        with_it = [*accepted, proposal]
        if proposal.kind == PHRASING:
            edit = add_phrase(self.catalogue, proposal.target, str(proposal.content["phrase"]))
            return _diff(edit.before, edit.after, edit.file.name) if edit else ""
        text, file = (examples_text, self.examples_file) if proposal.kind == EXAMPLE else (tests_text, self.tests_file)
        return _diff(text(accepted), text(with_it), f"{file.parent.name}/{file.name}")

    def _phrasings(self, wanted: Mapping[str, Sequence[str]]) -> bool:
        """Bring the catalogue's phrases of ours in line; they stand in the order they were proposed in."""
        kept = self._kept()
        changed = False
        for target in sorted({*kept, *wanted}):
            if kept.get(target, []) != list(wanted.get(target, ())):
                changed = self._lay(target, kept, wanted.get(target, ())) or changed
        return changed

    def _lay(self, target: str, kept: dict[str, list[str]], wanted: Sequence[str]) -> bool:
        """Lay the phrases of one target anew; one that the author wrote too is the author's and is not kept as ours."""
        edits = [
            edit for phrase in reversed(kept.get(target, [])) if (edit := _written(remove_phrase, self.catalogue, target, phrase))
        ]
        ours: list[str] = []
        try:
            for phrase in wanted:
                edit = _written(add_phrase, self.catalogue, target, phrase)
                edits += [edit] if edit else []
                ours += [phrase] if edit else []
        finally:
            kept.pop(target, None)
            kept.update({target: ours} if ours else {})
            _put(self._ledger, json.dumps(kept, ensure_ascii=False, indent=1) + "\n" if kept else "")
        return bool(edits)

    @property
    def _ledger(self) -> Path:
        return self.folder / f"phrasings_{self.catalogue.stem}.json"

    def _kept(self) -> dict[str, list[str]]:
        text = _read(self._ledger)
        found: dict[str, list[str]] = json.loads(text) if text else {}
        return found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One program at a time."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def examples_text(accepted: Iterable[Proposal]) -> str:
    """The NLU file of the accepted examples; empty when there is none."""
    return as_rasa_yaml(
        LearntExample(str(one.content["text"]), one.target, str(one.content["voice"])) for one in accepted if one.kind == EXAMPLE
    )


def tests_text(accepted: Iterable[Proposal]) -> str:
    """The file of the accepted conversation tests; empty when there is none."""
    found: dict[str, Json] = {one.target: one.content for one in sorted(accepted, key=_age) if one.kind == TEST}
    if not found:
        return ""
    return _TESTS_HEAD + yaml.safe_dump(list(found.values()), sort_keys=False, allow_unicode=True, width=_WIDTH)


def _phrases(accepted: Iterable[Proposal]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in sorted(accepted, key=_age):
        phrases = found.setdefault(one.target, []) if one.kind == PHRASING else []
        phrase = str(one.content.get("phrase", ""))
        if one.kind == PHRASING and phrase not in phrases:
            phrases.append(phrase)
    return found


def _age(one: Proposal) -> int:
    return one.id


def _written(change: object, catalogue: Path, target: str, phrase: str) -> Edit | None:
    assert callable(change)
    edit: Edit | None = change(catalogue, target, phrase)
    if edit is not None:
        try:
            edit.write()
        except OSError as error:
            why = error.strerror or str(error)
            raise PhraseRefused(
                f"{edit.file.name} cannot be written ({why}). Give the user who runs this write access to the catalogue, or serve "
                "a copy of your own: ADVISOR_CATALOGUE."
            ) from error
    return edit


def _put(file: Path, text: str) -> None:
    """The file with that text, whole or not at all; without text there is no file."""
    if _read(file) == text:
        return
    if not text:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _lost(before: str, after: str) -> bool:
    """Whether a line that was there is gone."""
    return bool(set(before.splitlines()) - set(after.splitlines()))


def _diff(before: str, after: str, name: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), f"{name} now", f"{name} then", lineterm="", n=2)
    return "\n".join(lines)
