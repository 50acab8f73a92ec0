"""Reading the voices held out of training."""

from pathlib import Path

import pytest

from bot.learning.voices import Spoken, Voices, VoicesMissing, held_out, read_examples, unseen

EXAMPLES = """
version: '3.1'
nlu:
  - intent: affirms
    examples:
      - text: yes
        metadata:
          voice: cook
      - text: Quite Right
  - intent: informs
    metadata: {voice: nurse}
    examples: |
      - 12
      - about noon: always
"""


@pytest.fixture
def nlu(tmp_path: Path) -> Path:
    """A folder with one NLU file in both of Rasa's forms."""
    (tmp_path / "acts.yml").write_text(EXAMPLES)
    return tmp_path


def test_examples_of_both_forms_are_read_as_text(nlu: Path) -> None:
    """ "yes" and "12" are messages, not truths and numbers; a voice is kept where it is named."""
    assert list(read_examples(nlu / "acts.yml")) == [
        Spoken("yes", ("affirms",), "cook"),
        Spoken("Quite Right", ("affirms",)),
        Spoken("12", ("informs",), "nurse"),
        Spoken("about noon: always", ("informs",), "nurse"),
    ]


def test_what_was_trained_on_is_not_evaluated_on(nlu: Path) -> None:
    """A held-out message whose words are in the training data is left out, letter case aside."""
    spoken = (Spoken("quite right", ("affirms",)), Spoken("spot on", ("affirms",)))
    assert unseen(Voices(spoken, (), ()), nlu) == Voices(spoken[1:], (), ())


def test_the_projects_voices_are_rich_enough() -> None:
    """Some hundred messages, three voices or more, messages of no act and of several, none of them trained on."""
    voices = unseen(held_out())
    assert len(voices.single) > 900
    assert len({spoken.voice for spoken in voices.single}) >= 3
    assert len(voices.outside) > 100
    assert all(len(spoken.acts) > 1 for spoken in voices.several)


def test_missing_voices_say_what_to_do(tmp_path: Path) -> None:
    """Without the files the error names the folder and the way out."""
    with pytest.raises(VoicesMissing, match="full checkout"):
        held_out(tmp_path)
