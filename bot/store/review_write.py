"""Keeping the review index: in the transaction of each turn, after what happens later, and anew from the turns themselves."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, or_, select, update

from bot.store import tables
from bot.store.counting import MARKS
from bot.store.records import Conversation, PromiseState, Turn
from bot.store.review_record import Indexed, after_turn, begun, known_names, words_of
from bot.store.review_tables import review_flags, review_index, review_marks, review_words
from bot.store.rows import field_names, plain, record_of, values_of

TELLING = (tables.feedback, tables.promises, tables.hand_overs)
"""Entries that say how a conversation ended, whenever they come."""

_BY_CONVERSATION = select(review_index).where(review_index.c.conversation_id == bindparam("of"))
_ADD_WORDS = insert(review_words)
_ADD_MARKS = insert(review_marks)
_LEARNED = tuple(MARKS.values())
_KEPT_BY_REVIEWERS = ("flagged", "review_state", "reviewer", "reviewed_at")


def row_of(session: Any, conversation_id: str) -> Indexed | None:
    """The row of a conversation, or None."""
    row = session.connection().execute(_BY_CONVERSATION, {"of": conversation_id}).first()
    return None if row is None else record_of(Indexed, row)


def note_turn(session: Any, conversation: Conversation, turn: Turn) -> None:
    """Take one stored turn into the index. Costs the same however long the conversation is."""
    before = row_of(session, conversation.id)
    if before is None and turn.seq > 1:
        rebuild(session, conversation)
        return
    _store(session, before, after_turn(before or _begun(session, conversation), conversation, turn))
    said, replied = words_of(turn, conversation.state)
    words = {"id": turn.id, "conversation_id": conversation.id, "said": said, "replied": replied}
    session.connection().execute(_ADD_WORDS, words)


def note_entry(session: Any, conversation_id: str) -> None:
    """Take what happened beside the turns into the index: feedback, promises, hand-overs."""
    negative, broken, handed = _negative(conversation_id), _broken(conversation_id), _handed(conversation_id)
    mine = update(review_index).where(review_index.c.conversation_id == conversation_id)
    session.execute(
        mine.values(
            negative=negative,
            broken=broken,
            handed_over=or_(review_index.c.handed_over, handed),
            failed=or_(review_index.c.failed, negative, broken),
        )
    )


def rebuild(session: Any, conversation: Conversation) -> Indexed:
    """Make the row, marks and words of a conversation anew from its turns; what reviewers noted stays."""
    before = row_of(session, conversation.id)
    for table in (review_marks, review_words):
        session.execute(delete(table).where(table.c.conversation_id == conversation.id))
    row = _kept(_begun(session, conversation), before)
    turns = select(tables.turns).where(tables.turns.c.conversation_id == conversation.id).order_by(tables.turns.c.seq)
    for found in session.execute(turns).all():
        turn = record_of(Turn, found)
        row = after_turn(row, conversation, turn)
        said, replied = words_of(turn, turn.dossier if known_names(turn.dossier) else conversation.state)
        session.execute(_ADD_WORDS, {"id": turn.id, "conversation_id": conversation.id, "said": said, "replied": replied})
    if before is not None:
        session.execute(delete(review_index).where(review_index.c.id == before.id))
    _store(session, None, row)
    note_entry(session, conversation.id)
    return row


def mark(session: Any, conversation_id: str, kind: str, value: str) -> None:
    """Make a conversation findable by one more value of `MARKED`, such as an experiment's arm; twice is once."""
    row = row_of(session, conversation_id)
    name = f"{kind}:{value}"[:200]
    if row is not None and name not in row.marks:
        _store(session, row, replace(row, marks=(*row.marks, name)))


def remark(session: Any, conversation_id: str, marks: tuple[str, ...]) -> None:
    """Make a conversation findable by these marks of what was learned, in place of the earlier ones."""
    row = row_of(session, conversation_id)
    if row is None:
        return
    kept = tuple(mark for mark in row.marks if mark.partition(":")[0] not in _LEARNED)
    old = [mark for mark in row.marks if mark.partition(":")[0] in _LEARNED and mark not in marks]
    new = [mark for mark in marks if mark not in row.marks]
    if old:
        mine = review_marks.c.conversation_id == conversation_id
        session.execute(delete(review_marks).where(mine, review_marks.c.mark.in_(old)))
    if new:
        session.execute(_ADD_MARKS, [{"conversation_id": conversation_id, "mark": mark} for mark in new])
    if old or new:
        session.execute(update(review_index).where(review_index.c.id == row.id).values(marks=[*kept, *marks]))


def _store(session: Any, before: Indexed | None, row: Indexed) -> None:
    """Write what changed; an index without changes is not written to."""
    if before is None:
        without = () if row.id else ("id",)
        session.execute(insert(review_index), values_of(row, *without))
        new = row.marks
    else:
        changed = tuple(name for name in field_names(Indexed) if getattr(row, name) != getattr(before, name))
        if changed:
            values = {name: plain(getattr(row, name)) for name in changed}
            session.connection().execute(_update_of(changed), {**values, "of": before.id})
        new = row.marks[len(before.marks) :]
    if new:
        session.execute(_ADD_MARKS, [{"conversation_id": row.conversation_id, "mark": mark} for mark in new])


@lru_cache(maxsize=256)
def _update_of(changed: tuple[str, ...]) -> Any:
    """The statement that changes these columns of one row, made once: making it costs more than running it."""
    columns = {name: bindparam(name) for name in changed}
    return update(review_index).where(review_index.c.id == bindparam("of")).values(columns)


def _kept(row: Indexed, before: Indexed | None) -> Indexed:
    if before is None:
        return row
    noted = tuple(mark for mark in before.marks if mark.partition(":")[0] in ("arm", *_LEARNED))
    return replace(row, id=before.id, marks=noted, **{name: getattr(before, name) for name in _KEPT_BY_REVIEWERS})


def _begun(session: Any, conversation: Conversation) -> Indexed:
    tests = select(tables.customers.c.is_test).where(tables.customers.c.id == conversation.customer_id)
    is_test = bool(session.execute(tests).scalar()) if conversation.customer_id else False
    return begun(conversation, is_test)


def _negative(conversation_id: str) -> Any:
    feedback = tables.feedback.c
    return exists().where(feedback.conversation_id == conversation_id, feedback.rating <= 0)


def _broken(conversation_id: str) -> Any:
    promises = tables.promises.c
    return exists().where(promises.conversation_id == conversation_id, promises.state == PromiseState.BROKEN.value)


def _handed(conversation_id: str) -> Any:
    return exists().where(tables.hand_overs.c.conversation_id == conversation_id)


def flagged(session: Any, conversation_id: str) -> None:
    """Note in the index whether any flag stands on the conversation."""
    any_flag = exists().where(review_flags.c.conversation_id == conversation_id)
    session.execute(update(review_index).where(review_index.c.conversation_id == conversation_id).values(flagged=any_flag))
