"""How the command line shows things: sentences, tables, progress, JSON.

What stands in data may hold anything, so control characters are left out before a terminal sees it, and nothing in it is
taken for markup.
"""

from __future__ import annotations

import json
import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

PIPE_WIDTH = 120
"""Columns of what is no terminal: a pipe, a file, a log."""
GAP = 2
LEAST_WORDS, MOST_WORDS = 24, 60
"""Columns that a column of words gets at least, and past which it gives way to others."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Screen(Console):
    """A console that takes nothing for markup, and is ``PIPE_WIDTH`` wide where it is no terminal."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)
        if not self.is_terminal and self._width is None:
            self.width = PIPE_WIDTH


out = Screen()
err = Screen(stderr=True)


class Heading(NamedTuple):
    """The head of a column.

    ``words`` may be broken between words; of columns with ``spare``, those with the highest are left out first where the
    terminal is narrow.
    """

    text: str
    right: bool = False
    words: bool = False
    spare: int = 0


def clean(text: object) -> str:
    """Return `text` without characters that would steer a terminal."""
    return _CONTROL.sub("", str(text))


def say(text: object = "", *, style: str | None = None, indent: int = 0) -> None:
    """Print a sentence; a terminal gets it broken between words, a pipe in one line. Further lines stand under `indent`."""
    whole = clean(text)
    if out.is_terminal:
        whole = "\n".join(
            textwrap.fill(
                line, out.width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False,
                drop_whitespace=True,
            )
            for line in whole.split("\n")
        )  # fmt: skip
    out.print(whole, style=style, soft_wrap=True)


def warn(text: object) -> None:
    """Print a warning, in one line beside the output, so that what a program reads stays whole."""
    err.print(f"catalynx: warning: {clean(text)}", soft_wrap=True)


def print_table(title: str, headings: Sequence[Heading], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a title, as many columns as the terminal has room for; says which it had to leave out."""
    cells = [[clean(cell) for cell in row] for row in rows]
    kept, left_out = _columns_that_fit(headings, cells, out.width)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    for place in kept:
        heading = headings[place]
        table.add_column(
            heading.text,
            justify="right" if heading.right else "left",
            no_wrap=not heading.words,
            overflow="fold",
            min_width=_least_width(heading, [row[place] for row in cells]),
        )
    for row in cells:
        table.add_row(*(row[place] for place in kept))
    say(title, style="bold")
    out.print(table)
    if left_out:
        say(f"Left out for lack of room: {', '.join(left_out)}. A wider terminal or --json shows it.", style="dim")


def _columns_that_fit(headings: Sequence[Heading], cells: list[list[str]], width: int) -> tuple[list[int], list[str]]:
    least = [_least_width(heading, [row[place] for row in cells]) for place, heading in enumerate(headings)]
    kept = list(range(len(headings)))
    while sum(least[place] + GAP for place in kept) - GAP > width:
        spare = max(kept, key=lambda place: headings[place].spare)
        if not headings[spare].spare:
            break
        kept.remove(spare)
    return kept, [heading.text for place, heading in enumerate(headings) if place not in kept]


def _least_width(heading: Heading, cells: list[str]) -> int:
    """Return the columns it needs: all of its longest cell, or of words enough that none is broken."""
    if not heading.words:
        return max(map(cell_len, [heading.text, *cells]))
    longest_word = max((cell_len(word) for cell in cells for word in cell.split()), default=0)
    whole = max(map(cell_len, [heading.text, *cells]))
    return min(whole, max(LEAST_WORDS, min(longest_word, MOST_WORDS)))


def print_list(rows: Iterable[Sequence[str]]) -> None:
    """Print rows whose last cell, such as a path, must stay whole: each is one line, however long."""
    cells = [[clean(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)][:-1]
    for *first, last in cells:
        padded = "".join(cell + " " * (width - cell_len(cell) + GAP) for cell, width in zip(first, widths, strict=True))
        out.print((padded + last).rstrip(), soft_wrap=True)


def count(number: int, what: str) -> str:
    """Write ``1 file``, ``12 files``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def print_json(content: object) -> None:
    """Print plain JSON for a program to read; what is missing is null."""
    print(json.dumps(plain(content), indent=1, ensure_ascii=False, allow_nan=False))


def records(frame: pd.DataFrame) -> list[Any]:
    """Return the rows of a frame as plain JSON values."""
    return [plain(row) for row in frame.to_dict("records")]


def plain(value: Any) -> Any:
    """Return `value` as JSON knows it; missing is None, a day or moment is ISO text."""
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if hasattr(value, "tolist") and not isinstance(value, str):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set):
        return [plain(inner) for inner in value]
    if _missing(value):
        return None
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() and value.tzinfo is None else value.isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _missing(value: object) -> bool:
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(value, float) and math.isnan(value)


class LoadProgress:
    """A bar with megabytes, time left, and what is being read; silent where the output is no terminal."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
            TextColumn("{task.fields[file]}", markup=False), console=err, transient=True, disable=not err.is_terminal,
        )  # fmt: skip

    def __enter__(self) -> LoadProgress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def start(self, total: int, files: int) -> None:
        """Begin to show a load of `total` bytes."""
        self._task = self._bar.add_task(f"reading {count(files, 'file')}", total=total, file="")

    def advance(self, bytes_read: int, file: str) -> None:
        """Show that `bytes_read` more bytes were read."""
        self._bar.update(self._task, advance=bytes_read, file=clean(file))

    def say(self, what: str) -> None:
        """Show another step."""
        self._bar.update(self._task, description=f"making the table {what}", file="")
