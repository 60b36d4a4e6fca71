"""Comma-separated records out of lines of bytes, when not every line is what it should be."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from catalynx.errors import FileRefused
from catalynx.sources.members import Member

LONGEST_LINE = 2**20
_MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its first line (the header is line 1), its fields or why it has none, and its text."""

    line: int
    fields: list[str] | None
    problem: str
    text: str


def decoded(raw: bytes) -> str:
    """Return the text of one line: UTF-8 where it is valid, else Windows-1252, else Latin-1."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def header(member: Member) -> list[str]:
    """Return the names in the first line of `member`, upper case; empty when it is no line of text."""
    first = member.head().removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    if b"\0" in first:
        return []
    fields = fields_of(decoded(first.rstrip(b"\r")))
    return [field.strip().upper() for field in fields or []]


def records(member: Member, names: list[str], needed: set[str]) -> Iterator[Record]:
    """Yield the records below the header `names`; blank lines are passed over.

    A quoted field may run over several lines. Where quoting never closes, only the line on which it opens is lost.

    Raises
    ------
    FileRefused
        The header lacks one of `needed` or names a column twice, there is no record, or a line has no end.
    """
    missing = sorted(needed - {*names})
    if missing:
        raise FileRefused(member.file, f"its header lacks the columns {', '.join(missing)}")
    if len({*names}) < len(names):
        raise FileRefused(member.file, "its header names a column twice")
    found = False
    for record in _records(member, len(names)):
        found = True
        yield record
    if not found:
        raise FileRefused(member.file, "it holds a header and no records")


def _records(member: Member, width: int) -> Iterator[Record]:
    lines = _Lines(member)
    while (first := lines.take()) is not None:
        line = lines.taken
        if not first.strip():
            continue
        text, fields = first, fields_of(first)
        if fields is None and _is_open(first):
            text, fields = _continued(lines, first, width)
        if fields is None:
            yield Record(line, None, "its fields cannot be told apart by its quoting", text)
        else:
            yield _record(line, fields, width, text)


class _Lines:
    """Lines of text below the header, which can be looked at before they are taken."""

    def __init__(self, member: Member) -> None:
        self._file, self._lines, self._ahead = member.file, self._read(member), deque[str]()
        self.taken = 1

    def _read(self, member: Member) -> Iterator[str]:
        with member.open() as stream:
            stream.readline(LONGEST_LINE)
            while raw := stream.readline(LONGEST_LINE):
                if len(raw) == LONGEST_LINE:
                    raise FileRefused(self._file, f"it holds a line longer than {LONGEST_LINE:,} bytes")
                yield decoded(raw.removesuffix(b"\n").removesuffix(b"\r"))

    def take(self) -> str | None:
        line = self._ahead.popleft() if self._ahead else next(self._lines, None)
        self.taken += line is not None
        return line

    def look(self, count: int) -> list[str]:
        """Return up to `count` of the next lines, which stay to be taken."""
        self._ahead.extend(islice(self._lines, max(0, count - len(self._ahead))))
        return list(islice(self._ahead, count))


def _continued(lines: _Lines, first: str, width: int) -> tuple[str, list[str] | None]:
    """Take the lines over which a quoted field of `first` runs on; none if that does not give `width` fields."""
    text = first
    for count, line in enumerate(lines.look(_MOST_LINES - 1), 1):
        text += "\n" + line
        if not _is_open(text) and (fields := fields_of(text)) is not None and len(fields) == width:
            for _ in range(count):
                lines.take()
            return text, fields
    return first, None


def _is_open(text: str) -> bool:
    return text.count('"') % 2 == 1


def _record(line: int, fields: list[str], width: int, text: str) -> Record:
    if len(fields) != width:
        return Record(line, None, f"its fields are {len(fields)}, not {width}", text)
    if "\0" in text:
        return Record(line, None, "it holds NUL characters", text)
    return Record(line, fields, "", text)


def fields_of(text: str) -> list[str] | None:
    """Return the fields of one record; None when its quoting does not say what they are."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
