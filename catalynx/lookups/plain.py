"""Frames → plain JSON values, column by column as the vocabulary says; what is missing is None."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from catalynx.columns.vocabulary import Column

if TYPE_CHECKING:
    import pandas as pd


def plain_rows(frame: pd.DataFrame, columns: Iterable[Column]) -> list[dict[str, Any]]:
    """Return the rows of `frame` as mappings of plain values; a column that the frame lacks is None throughout."""
    wanted = list(columns)
    values = [
        [_READ[column.kind](value) for value in frame[column.name].tolist()] if column.name in frame else [None] * len(frame)
        for column in wanted
    ]
    names = [column.name for column in wanted]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def plain_frame(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame that the vocabulary does not describe as mappings of plain values."""
    values = [[_any(value) for value in frame[name].tolist()] for name in frame.columns]
    return [dict(zip(map(str, frame.columns), row, strict=True)) for row in zip(*values, strict=True)]


def missing(value: Any) -> bool:
    """Whether `value` says "unknown"; a list never does."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and math.isnan(value)


def _text(value: Any) -> str | None:
    return None if missing(value) else str(value)


def _texts(value: Any) -> list[str] | None:
    return None if missing(value) else [str(item) for item in value]


def _integer(value: Any) -> int | None:
    return None if missing(value) else int(value)


def _number(value: Any) -> float | None:
    if missing(value):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _flag(value: Any) -> bool | None:
    return None if missing(value) else bool(value)


def _day(value: Any) -> str | None:
    return None if missing(value) else str(value.isoformat())[:10]


def _any(value: Any) -> Any:
    if missing(value):
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return _number(value)
    if hasattr(value, "isoformat"):
        return _day(value)
    if hasattr(value, "tolist"):
        return _any(value.tolist())
    if isinstance(value, list | tuple):
        return [_any(item) for item in value]
    return str(value)


_READ: dict[str, Callable[[Any], Any]] = {
    "text": _text, "texts": _texts, "integer": _integer, "number": _number, "usd": _number, "flag": _flag, "date": _day,
}  # fmt: skip
