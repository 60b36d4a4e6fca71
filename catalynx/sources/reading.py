"""What every reader gives: batches of typed rows, with an account of what was read, set aside, or recognised as a repeat.

A reader is one file in this package that ends with ``SOURCE = Source(…)``; nothing else has to be
told of it. Its ``read`` takes the members that it recognised and yields batches.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from catalynx.columns import arrow_schema, table
from catalynx.columns.column_rules import keeps_rules, plain
from catalynx.sources.contacts import blank_contacts
from catalynx.sources.members import Member

RAW_TEXT_LIMIT = 500
BATCH_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher's format and its reader.

    Attributes
    ----------
    name : short name, kept with every row
    title, publisher, terms : for people: what it is, who publishes it, under which licence
    tables : names of the tables that it fills
    recognises : whether a member is of this format, judged by its content first (``member.head()``) and its name second
    read : typed rows of the members recognised, streaming
    """

    name: str
    title: str
    publisher: str
    terms: str
    tables: tuple[str, ...]
    recognises: Callable[[Member], bool]
    read: Callable[[Iterable[Member]], Iterator[Batch]]


@dataclass(slots=True)
class Batch:
    """Typed rows by table, and the account of the records they came from.

    ``rows[name]`` has exactly the columns of ``columns.table(name)``; texts may come with a dictionary. For each table
    ``read = rows + whole records set aside + duplicates``; fields set aside do not count, their record is published.
    """

    rows: dict[str, pa.Table] = field(default_factory=dict)
    read: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    set_aside: list[dict[str, str | None]] = field(default_factory=list)

    def records_set_aside(self, name: str) -> int:
        """How many whole records of the table `name` were set aside."""
        return sum(1 for row in self.set_aside if row["table_name"] == name and row["field"] is None)


class Rows:
    """Collects the rows of one reader one by one, and turns them into batches.

    Use it as: ``add`` a record, or ``set_aside`` it, or say that it is a ``duplicate``; each counts as one record
    read. ``leave_unknown`` notes a field that cannot be read while its record is published without it.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._start()

    def _start(self) -> None:
        self._rows: dict[str, list[dict[str, object]]] = {}
        self._batch = Batch()
        self._count = 0

    def add(self, name: str, file: str, place: str, row: dict[str, object]) -> None:
        """Publish a record of the table `name`; columns that are not in `row` are unknown."""
        row["source"], row["file"], row["place"] = self._source, file, place
        self._rows.setdefault(name, []).append(row)
        self._batch.read[name] += 1
        self._count += 1

    def set_aside(self, name: str, file: str, place: str, reason: str, raw_text: str = "") -> None:
        """Set aside a whole record that was meant for the table `name`."""
        self._batch.read[name] += 1
        self._note(name, file, place, None, reason, raw_text)

    def leave_unknown(self, name: str, file: str, place: str, column: str, reason: str, raw_text: str = "") -> None:
        """Note that `column` of a published record cannot be read."""
        self._note(name, file, place, column, reason, raw_text)

    def duplicate(self, name: str, count: int = 1) -> None:
        """Count records that repeat one that was added."""
        self._batch.read[name] += count
        self._batch.duplicates[name] += count

    def _note(self, name: str, file: str, place: str, column: str | None, reason: str, raw_text: str) -> None:
        self._batch.set_aside.append(aside(self._source, name, file, place, reason, raw_text, column))

    def full(self) -> bool:
        """Whether it is time to hand out a batch."""
        return self._count >= BATCH_ROWS

    def batch(self) -> Batch:
        """Hand out what was collected and start anew."""
        batch = self._batch
        for name, rows in self._rows.items():
            names = set(table(name).names)
            unknown = set().union(*map(dict.keys, rows)) - names
            if unknown:
                raise KeyError(f"{self._source}: the table {name} has no columns {sorted(unknown)}")
            publish(batch, name, pa.Table.from_pylist(rows, schema=arrow_schema(name)))
        self._start()
        return batch


def aside(
    source: str, name: str, file: str, place: str, reason: str, raw_text: str = "", column: str | None = None
) -> dict[str, str | None]:
    """Return a row of the table ``set_aside``; e-mail addresses and phone numbers in `raw_text` are blanked."""
    text = blank_contacts(raw_text[: 2 * RAW_TEXT_LIMIT].replace("\x00", "\\0"))[:RAW_TEXT_LIMIT]
    where = {"source": source, "file": file, "place": place}
    return where | {"table_name": name, "field": column, "reason": reason, "raw_text": text}


def publish(batch: Batch, name: str, rows: pa.Table) -> None:
    """Put `rows` into `batch`, less those that break the rules of ``columns.table(name)``.

    A record without a required value is set aside; any other value that breaks its column's pattern or range becomes
    unknown, and is noted. ``batch.read`` must count the records already.
    """
    for column in table(name).columns:
        if column.required and rows[column.name].null_count:
            missing = pc.is_null(rows[column.name])
            batch.set_aside += _asides(rows.filter(missing), name, f"{column.name} is missing", column.name, whole=True)
            rows = rows.filter(pc.invert(missing))
        if keeps_rules(column, rows[column.name]):
            continue
        kind, values = rows[column.name].type, plain(rows[column.name])
        wrong = pc.fill_null(_breaks_rules(values, column.pattern, column.at_least, column.at_most), False)
        reason = f"{column.name} is not {_rule(column.pattern, column.at_least, column.at_most)}"
        batch.set_aside += _asides(rows.filter(wrong), name, reason, column.name, whole=column.required)
        if column.required:
            rows = rows.filter(pc.invert(wrong))
        else:
            cleaned = pc.if_else(wrong, pa.scalar(None, values.type), values).cast(kind)
            rows = rows.set_column(rows.schema.get_field_index(column.name), column.name, cleaned)
    previous = batch.rows.get(name)
    batch.rows[name] = rows if previous is None else pa.concat_tables([previous, rows])


def _breaks_rules(values: pa.ChunkedArray, pattern: str | None, at_least: float | None, at_most: float | None) -> pa.ChunkedArray:
    if pattern is not None:
        return pc.invert(pc.match_substring_regex(values, rf"\A(?:{pattern})\z"))
    below = pc.less(values, -math.inf if at_least is None else at_least)
    return pc.or_kleene(below, pc.greater(values, math.inf if at_most is None else at_most))


def _rule(pattern: str | None, at_least: float | None, at_most: float | None) -> str:
    if pattern is not None:
        return f"of the form {pattern}"
    if at_least is not None and at_most is not None:
        return f"between {at_least:g} and {at_most:g}"
    return f"at least {at_least:g}" if at_least is not None else f"at most {at_most:g}"


def _asides(rows: pa.Table, name: str, reason: str, column: str, *, whole: bool) -> list[dict[str, str | None]]:
    return [
        aside(row["source"], name, row["file"], row["place"], reason, _raw(row, column, whole), None if whole else column)
        for row in rows.to_pylist()
    ]


def _raw(row: dict[str, object], column: str, whole: bool) -> str:
    if not whole:
        return str(row[column])
    said = {key: value for key, value in row.items() if value is not None and key not in {"source", "file", "place"}}
    return "; ".join(f"{key}={value}" for key, value in said.items())
