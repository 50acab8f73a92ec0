"""Lists of conversations for reviewers: pages by a place in the order, bounded counts, search, neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, literal, literal_column, select, text

from bot.store.ledger import Clock
from bot.store.review_filter import MARKED, Sought, beyond, conditions, ordering
from bot.store.review_record import Indexed
from bot.store.review_search import matched_after, matching, matching_within
from bot.store.review_tables import review_index, review_marks, review_tags, review_words
from bot.store.rows import record_of
from bot.store.tables import turns

Place = tuple[Any, int]
COUNTED = 10_000
"""Results are counted up to here; beyond, it is said that there are more."""

MOST_VALUES = 60
RARE = 5_000
"""A tag or mark that fewer conversations have is looked up first; a more frequent one is met soon when walking the list."""

FEW = 300
BATCH = 1_000
_SIZES = (150, 500, *[BATCH] * 10)
"""How many matches one page looks through, batch by batch, before it shows what it has and offers to go on."""

_AT_ONCE = 60


@dataclass(frozen=True)
class Page:
    """Some conversations and the place where the list goes on (None at its end). `hits` are the newest matching turns by id."""

    rows: tuple[Indexed, ...]
    after: Place | None = None
    hits: tuple[int, ...] = ()


@dataclass(frozen=True)
class Count:
    """How many there are; at least so many when not exact."""

    number: int
    exact: bool


_WALK_INDEXES = text("SET LOCAL enable_seqscan = off; SET LOCAL random_page_cost = 1.1")
"""Lists are short, and an index that both filters and orders finds them with a few reads apart from each other: PostgreSQL takes
such reads for four times as dear as reading on, and would rather pass by all newer conversations."""


class Lists:
    """Conversations as reviewers find them. Every method reads only."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def page(self, sought: Sought, after: Place | None = None, limit: int = 50) -> Page:
        """The conversations that follow a place in the list, newest activity first unless asked otherwise.

        With words to search for, the one whose latest matching message is newest comes first.
        """
        if sought.words:
            return self._searched(sought, after, limit)
        column, falls = ordering(sought)
        rare = self._rare(sought)
        found = self._gathered(select(review_index).where(*self._conditions(sought, rare), beyond(sought, after)), rare)
        listed = found.selected_columns
        direction = (listed[column.name].desc(), listed.id.desc()) if falls else (listed[column.name], listed.id)
        rows = self._rows(found.order_by(*direction).limit(limit + 1))
        return _cut(rows, limit, lambda row: (getattr(row, column.name), row.id))

    def count(self, sought: Sought) -> Count:
        """How many conversations there are, counted up to `COUNTED`; of a search, among so many newest matches."""
        if sought.words:
            return self._count_of_search(sought)
        walked = select(literal(1)).select_from(review_index).where(*self._conditions(sought)).order_by(ordering(sought)[0].desc())
        some = walked.limit(COUNTED + 1).subquery()
        number = int(self._session.execute(select(func.count()).select_from(some)).scalar())
        return Count(min(number, COUNTED), number <= COUNTED)

    def beside(self, sought: Sought, row: Indexed) -> tuple[str | None, str | None]:
        """The ids of the conversations before and after this one in the list, as far as there are any."""
        if sought.words:
            sought = replace(sought, words="")
        column, falls = ordering(sought)
        place = (getattr(row, column.name), row.id)
        after = self.page(replace(sought, seed=0.0), place, 1).rows
        where = [*self._conditions(sought), _before(column, falls, place)]
        backward = (column, review_index.c.id) if falls else (column.desc(), review_index.c.id.desc())
        before = self._session.execute(select(review_index.c.conversation_id).where(*where).order_by(*backward).limit(1)).scalar()
        return before, after[0].conversation_id if after else None

    def words(self, turn_ids: Iterable[int]) -> dict[int, tuple[int, str, str]]:
        """What was said in turns, masked: the turn's number, the customer's words, the reply; by id."""
        both = select(review_words.c.id, turns.c.seq, review_words.c.said, review_words.c.replied)
        joined = both.join(turns, turns.c.id == review_words.c.id).where(review_words.c.id.in_(list(turn_ids)))
        return {row.id: (row.seq, row.said, row.replied) for row in self._session.execute(joined)}

    def values(self, column: str) -> tuple[str, ...]:
        """The values that occur in one of the `LISTED` columns."""
        return self._leaps(review_index.c[column])

    def tags(self) -> tuple[str, ...]:
        """The tags in use."""
        return self._leaps(review_tags.c.tag)

    def arms(self) -> tuple[str, ...]:
        """The experiments' arms that conversations were in."""
        return tuple(mark.removeprefix("arm:") for mark in self._leaps(review_marks.c.mark, "arm:", "arm;"))

    def _leaps(self, column: Any, least: str = "", below: str = "") -> tuple[str, ...]:
        """The different values of an indexed column in order, at most `MOST_VALUES`, by a leap to the next for each."""
        found: list[str] = []
        while len(found) < MOST_VALUES:
            further = select(func.min(column)).where(column > (found[-1] if found else least))
            value = self._session.execute(further.where(column < below) if below else further).scalar()
            if value is None:
                break
            found.append(value)
        return tuple(found)

    def plan(self, sought: Sought, after: Place | None = None) -> str:
        """How the database would make a page, in its own words: for the test that no big table is read whole."""
        statements: list[Any] = []
        run = self._session.execute

        def noting(statement: Any, *rest: Any) -> Any:
            statements.append(statement)
            return run(statement, *rest)

        self._session.execute = noting
        try:
            self.page(sought, after)
            self.count(sought)
        finally:
            del self._session.execute
        asked = [statement for statement in statements if statement is not _WALK_INDEXES]
        return "\n".join(line for statement in asked for line in explained(self._session, statement))

    def _rows(self, statement: Any) -> list[Indexed]:
        return [record_of(Indexed, row) for row in self._session.execute(statement)]

    def _conditions(self, sought: Sought, rare: Sequence[str] | None = None) -> list[Any]:
        """The conditions, with rare tags and marks looked up first, and PostgreSQL told to walk indexes: lists are short."""
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(_WALK_INDEXES)
        rare = self._rare(sought) if rare is None else rare
        plain = {name: values for name, values in sought.wanted.items() if name not in rare}
        first = [self._holders(name, sought.wanted[name]) for name in rare]
        return [*conditions(replace(sought, wanted=plain), self._clock()), *first]

    def _gathered(self, found: Any, rare: Sequence[str]) -> Any:
        """The select as it is; on PostgreSQL, where rare values were looked up first, one that puts its rows in order afterwards.

        PostgreSQL believes that rare values lie evenly, and would walk past all conversations since the last one.
        """
        if not rare or self._session.get_bind().dialect.name != "postgresql":
            return found
        return select(found.cte("gathered").prefix_with("MATERIALIZED"))

    def _rare(self, sought: Sought) -> tuple[str, ...]:
        """The names of what is wanted that few conversations have."""
        return tuple(name for name, values in sought.wanted.items() if self._looked_up_first(name, values))

    def _looked_up_first(self, name: str, values: tuple[str, ...]) -> bool:
        if name not in (*MARKED, "tag"):
            return False
        some = select(literal(1)).select_from(_holder_table(name)).where(_held(name, values)).limit(RARE).subquery()
        return int(self._session.execute(select(func.count()).select_from(some)).scalar()) < RARE

    def _holders(self, name: str, values: tuple[str, ...]) -> Any:
        table = _holder_table(name)
        holders = select(table.c.conversation_id).where(_held(name, values))
        listed = self._session.get_bind().dialect.name == "postgresql"  # it would join a subquery as it pleases
        return review_index.c.conversation_id.in_(list(self._session.execute(holders).scalars()) if listed else holders)

    def _searched(self, sought: Sought, after: Place | None, limit: int) -> Page:
        matches = matching(self._session, sought.words, sought.who)
        if matches is None:
            return Page(())
        matches = self._narrowed(sought, matches)
        found: dict[str, tuple[Indexed, int]] = {}
        seen: set[str] = set()
        last: int | None = after[1] if after else None
        for size in _SIZES:
            hits = self._hits(matches, last, size)
            for row, hit in self._newest_of(hits, sought, (after, seen), limit + 1 - len(found)):
                found[row.conversation_id] = (row, hit)
            last = hits[-1][0] if hits else last
            if len(found) > limit or len(hits) < size:
                break
        more = len(found) > limit or len(hits) == size
        shown = list(found.values())[:limit]
        place = shown[-1][1] if len(found) > limit else last
        goes_on = (0, place) if more and place is not None else None
        return Page(tuple(row for row, _ in shown), goes_on, tuple(hit for _, hit in shown))

    def _narrowed(self, sought: Sought, matches: Any) -> Any:
        """The matches, in little only when the filters leave little; and the id to walk them by: FTS5 only walks by its own."""
        few = self._few(sought)
        if few is None:
            return matches, _turn_id(self._session)
        return matching_within(self._session, sought.words, sought.who, few), literal_column("review_words.id")

    def _hits(self, matches: Any, last: int | None, size: int) -> list[Any]:
        found, walked = matches
        newest = [walked < last] if last is not None else []
        return list(self._session.execute(found.where(*newest).order_by(walked.desc()).limit(size)).all())

    def _newest_of(
        self, hits: Sequence[Any], sought: Sought, before: tuple[Place | None, set[str]], wanted: int
    ) -> Iterator[tuple[Indexed, int]]:
        """Up to `wanted` conversations of some matches, each with its newest match, without those seen or shown before."""
        after, seen = before
        newest: dict[str, int] = {}
        for id, conversation in hits:
            if conversation not in seen:
                newest.setdefault(conversation, id)
        seen.update(newest)
        ids = list(newest)
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            where = [*self._conditions(sought), review_index.c.conversation_id.in_(some)]
            rows = self._rows(select(review_index).where(*where))
            shown = self._shown_before(sought, [row.conversation_id for row in rows], after)
            for row in sorted(rows, key=lambda row: -newest[row.conversation_id]):
                if row.conversation_id not in shown:
                    yield row, newest[row.conversation_id]
                    wanted -= 1
            if wanted <= 0:
                return

    def _shown_before(self, sought: Sought, ids: list[str], after: Place | None) -> set[str]:
        """Those whose newest match came before the place at which this page begins."""
        if after is None or not ids:
            return set()
        return set(self._session.execute(matched_after(self._session, sought.words, sought.who, ids, after[1])).scalars())

    def _few(self, sought: Sought) -> tuple[str, ...] | None:
        """The ids of what the filters leave, when they leave little; then only there is searched."""
        where = self._conditions(sought)
        if len(where) < 2:
            return None
        ids = select(review_index.c.conversation_id).where(*where).limit(FEW + 1)
        found = tuple(self._session.execute(ids).scalars())
        return found if len(found) <= FEW else None

    def _count_of_search(self, sought: Sought) -> Count:
        matches = matching(self._session, sought.words, sought.who)
        if matches is None:
            return Count(0, True)
        hits = self._hits(self._narrowed(sought, matches), None, BATCH)
        ids = list(dict.fromkeys(conversation for _, conversation in hits))
        where = [*self._conditions(sought), review_index.c.conversation_id.in_(ids)]
        number = int(self._session.execute(select(func.count()).select_from(review_index).where(*where)).scalar())
        return Count(number, len(hits) < BATCH)


def explained(session: Any, statement: Any) -> list[str]:
    """The database's plan for a statement, a line for each step."""
    bind = session.get_bind()
    compiled = statement.compile(dialect=bind.dialect, compile_kwargs={"render_postcompile": True})
    prefix = "EXPLAIN " if bind.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    names = getattr(compiled, "positiontup", None)
    values = [_bound(compiled, name, bind.dialect) for name in names] if names else None
    named = {name: _bound(compiled, name, bind.dialect) for name in compiled.params}
    rows = session.connection().exec_driver_sql(prefix + str(compiled), tuple(values) if values is not None else named)
    return [str(row[-1]) for row in rows]


def _bound(compiled: Any, name: str, dialect: Any) -> Any:
    kind = compiled.binds[name].type if name in compiled.binds else None
    processor = kind.dialect_impl(dialect).bind_processor(dialect) if kind is not None else None
    value = compiled.params[name]
    return processor(value) if processor else value


def _turn_id(session: Any) -> Any:
    """The id to walk matches by: FTS5 only walks by its own."""
    return review_words.c.id if session.get_bind().dialect.name == "postgresql" else literal_column("review_words_fts.rowid")


def _before(column: Any, falls: bool, place: Place) -> Any:
    value, id = place
    if falls:
        return (column >= value) & ((column > value) | (review_index.c.id > id))
    return (column <= value) & ((column < value) | (review_index.c.id < id))


def _holder_table(name: str) -> Any:
    return review_tags if name == "tag" else review_marks


def _held(name: str, values: tuple[str, ...]) -> Any:
    if name == "tag":
        return review_tags.c.tag.in_(values)
    return review_marks.c.mark.in_([f"{name}:{value}" for value in values])


def _cut(rows: list[Indexed], limit: int, place: Any) -> Page:
    shown = tuple(rows[:limit])
    return Page(shown, place(shown[-1]) if len(rows) > limit else None)
