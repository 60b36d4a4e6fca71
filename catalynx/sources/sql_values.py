"""The rows of SQL ``insert`` statements, read as text: no database, nothing is run.

Understands what MySQL and PostgreSQL dumps hold: any order of columns, many rows in one statement, comments (``#``,
``--``, ``/* */``) between any two words, ``''`` and backslash escapes, NULL, values over several lines, and
commas before or after a row. A row that cannot be read is handed out with the reason, and reading goes on behind it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO, NamedTuple

CHUNK_BYTES = 2**20
_LONGEST_INSERT_HEAD = 2**20

_SKIP = r"(?:\s++|--[^\n]*+|#[^\n]*+|/\*.*?\*/)*+"
_STRING = r"'[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'|\"[^\"\\]*+(?:(?:\"\"|\\.)[^\"\\]*+)*+\""
_VALUE = rf"({_STRING}|[^\s,()'\"#;/]++)"
_BETWEEN = re.compile(rf"{_SKIP}(?:,{_SKIP})?+", re.DOTALL)
_INSERT = re.compile(
    rf"insert{_SKIP}into{_SKIP}[`\"]?(\w+)[`\"]?{_SKIP}(?:\(((?:[^()/#'-]|/\*.*?\*/|--[^\n]*|#[^\n]*)*)\){_SKIP})?values?\b",
    re.DOTALL | re.IGNORECASE,
)
_COMMENT = re.compile(r"--[^\n]*|#[^\n]*|/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(rf"{_STRING}|--[^\n]*+|#[^\n]*+|/\*.*?\*/|[();]|[^'\"();/#-]++|[/-]|.", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "", "b": "", "Z": ""}


class SqlRow(NamedTuple):
    """One row of an insert statement.

    ``values`` are literals as written, one for each of ``columns`` (`literal` reads them), or None when the row cannot be
    read; then ``reason`` says why and ``raw`` holds its text.
    """

    line: int
    columns: tuple[str, ...]
    values: tuple[str, ...] | None
    reason: str = ""
    raw: str = ""


def literal(written: str) -> str | None:
    """Return the text of a literal as written in SQL; None for NULL."""
    if written[0] not in "'\"":
        return None if written.upper() in {"NULL", "DEFAULT"} else written
    quote, text = written[0], written[1:-1]
    if quote in text:
        text = text.replace(quote * 2, quote)
    if "\\" in text:
        text = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), text)
    return text


def sql_rows(stream: BinaryIO, table: str) -> Iterator[SqlRow]:
    """Yield every row that `stream` inserts into `table`, with the line it begins on; other statements are passed over."""
    text = _Text(stream)
    while text.skip():
        insert = text.match_statement(_INSERT)
        if insert is None or insert[1].lower() != table:
            text.pass_statement()
            continue
        text.at = insert.end()
        columns = tuple(name.strip(' \t\r\n`"').lower() for name in _COMMENT.sub("", insert[2] or "").split(","))
        yield from _rows_of(text, columns if insert[2] else ())


def _rows_of(text: _Text, columns: tuple[str, ...]) -> Iterator[SqlRow]:
    pattern = _row_pattern(len(columns))
    while True:
        row = pattern.match(text.text, text.at)
        if row is not None:
            line = text.line_at(row.start(1))
            text.at = row.end()
            yield SqlRow(line, columns, row.groups())
        elif not text.skip(_BETWEEN):
            return
        elif text.text[text.at] == ";":
            text.at += 1
            return
        elif text.text[text.at] == "(":
            line, (raw, closed) = text.line_at(text.at), text.take_parenthesis()
            # More of the file was read while the end was sought: the row may be whole now.
            whole = pattern.match(raw)
            if whole is not None and whole.end() == len(raw):
                yield SqlRow(line, columns, whole.groups())
            else:
                yield SqlRow(line, columns, None, _why(columns, closed), raw)
        else:
            line, raw = text.line_at(text.at), text.take_words()
            if raw.lower().startswith("on "):
                text.pass_statement()
                return
            yield SqlRow(line, columns, None, "there is text between two rows", raw)


def _why(columns: tuple[str, ...], closed: bool) -> str:
    if not closed:
        return "the file ends within the row"
    return f"it does not hold one readable value for each of {len(columns)} columns" if columns else "the insert names no columns"


@cache
def _row_pattern(count: int) -> re.Pattern[str]:
    comma = rf"{_SKIP},{_SKIP}"
    values = comma.join([_VALUE] * count) if count else "((?!))"
    return re.compile(rf"{_SKIP}(?:,{_SKIP})?+\({_SKIP}{values}{_SKIP}\)", re.DOTALL)


class _Text:
    """A file seen as text through a window that is read on when it is needed."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        # Bytes that are no UTF-8 become lone surrogates: whoever reads the rows can tell, and set them aside.
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self.text, self.at, self._ended = "", 0, False
        self._line, self._counted = 1, 0

    def line_at(self, position: int) -> int:
        self._line += self.text.count("\n", self._counted, position)
        self._counted = max(self._counted, position)
        return self._line

    def read_on(self) -> bool:
        """Read more of the file; False at its end. Drops what was passed."""
        if self._ended:
            return False
        data = self._stream.read(max(CHUNK_BYTES, len(self.text) - self.at))
        self._ended = not data
        self.line_at(self.at)
        self.text = self.text[self.at :] + self._decoder.decode(data, final=self._ended)
        self._counted, self.at = self._counted - self.at, 0
        return True

    def skip(self, pattern: re.Pattern[str] = re.compile(_SKIP, re.DOTALL)) -> bool:
        """Pass over blanks and comments; False when nothing is left."""
        while True:
            found = pattern.match(self.text, self.at)
            end = found.end() if found else self.at
            # What is left may be a comment whose end, or whose second character, is still to be read.
            begins_comment = self.text.startswith("/*", end) or self.text[end:] in {"/", "-"}
            if (end < len(self.text) and not begins_comment) or not self.read_on():
                self.at = end if self.text[self.at : end] or end else self.at
                return self.at < len(self.text)

    def match_statement(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        while (
            (found := pattern.match(self.text, self.at)) is None
            and len(self.text) - self.at < _LONGEST_INSERT_HEAD
            and self.read_on()
        ):
            pass
        return found

    def _take(self, stops: str, nested: bool) -> tuple[str, bool]:
        """Take text up to a token in `stops` outside of strings and comments (with it, if nested)."""
        while True:
            depth = 0
            for token in _TOKEN.finditer(self.text, self.at):
                word = token[0]
                if token.end() == len(self.text) and not self._ended and word not in stops:
                    break
                depth += (word == "(") - (word == ")") if nested else 0
                if word in stops and depth <= 0:
                    raw, self.at = self._cut(token.end() if nested else token.start())
                    return raw, True
            if not self.read_on():
                raw, self.at = self._cut(len(self.text))
                return raw, False

    def _cut(self, end: int) -> tuple[str, int]:
        return self.text[self.at : end], end

    def take_parenthesis(self) -> tuple[str, bool]:
        """Take the text from ``(`` to its ``)``, and whether that is there."""
        return self._take(")", nested=True)

    def take_words(self) -> str:
        """Take what stands before the next ``(`` or ``;`` (at least one character)."""
        raw, _ = self._take("(;", nested=False)
        if not raw and self.at < len(self.text):
            raw, self.at = self.text[self.at], self.at + 1
        return raw

    def pass_statement(self) -> None:
        self._take(";", nested=False)
        self.at = min(self.at + 1, len(self.text))
