"""How the command line shows things: tables, money, days, progress, JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def money(amount: object) -> str:
    """Show US dollars in full, or ``unknown``."""
    return "unknown" if _missing(amount) else f"${float(amount):,.0f}"  # type: ignore[arg-type]


def day(moment: object) -> str:
    """Show a day as ``14 Mar 2027``, or ``unknown``."""
    return "unknown" if _missing(moment) else f"{moment:%-d %b %Y}"


def share(value: object) -> str:
    """Show a number from 0 to 1 with two places, or ``unknown``."""
    return "unknown" if _missing(value) else f"{value:.2f}"


def ein(digits: object) -> str:
    """Show an EIN as ``12-3456789``, or ``unknown``."""
    return "unknown" if _missing(digits) else f"{str(digits)[:2]}-{str(digits)[2:]}"


def print_table(title: str, columns: Iterable[tuple[str, str]], rows: Iterable[Iterable[str]]) -> None:
    """Print rows; `columns` are (heading, left or right)."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for heading, side in columns:
        table.add_column(heading, justify=side, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(str(cell).replace("[", r"\[") for cell in row))
    out.print(table)


def print_json(content: object) -> None:
    """Print plain JSON for a program to read; what is missing is null."""
    print(json.dumps(plain(content), indent=1, ensure_ascii=False))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as plain JSON values."""
    return [plain(row) for row in frame.to_dict("records")]  # type: ignore[misc]


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
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
            TextColumn("{task.fields[file]}"), console=err, transient=True,
        )  # fmt: skip

    def __enter__(self) -> LoadProgress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def start(self, total: int, files: int) -> None:
        """Begin to show a load of `total` bytes."""
        self._task = self._bar.add_task(f"reading {files} file{'s' if files != 1 else ''}", total=total, file="")

    def advance(self, count: int, file: str) -> None:
        """Show that `count` more bytes were read."""
        self._bar.update(self._task, advance=count, file=file)

    def say(self, what: str) -> None:
        """Show another step."""
        self._bar.update(self._task, description=f"making the table {what}", file="")
