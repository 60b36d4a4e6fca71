"""Values on their way into a database: refused, with their name, before a database has to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import PurePath
from typing import Any

from catalynx.errors import BadParameter
from catalynx.records.profile import USD_LIMIT, unstorable

_DEPTH = 50


def text(name: str, value: object, limit: int, *, empty: bool = False) -> str:
    """Return `value` when it is text that every database can hold, of at most `limit` characters.

    Raises
    ------
    BadParameter
    """
    if not isinstance(value, str) or len(value) > limit or not (empty or value.strip()):
        raise BadParameter(name, value, f"text of {'0' if empty else '1'} to {limit:,} characters")
    if reason := unstorable(value):
        raise BadParameter(name, value, f"plain text; it {reason}")
    return value


def choice(name: str, value: object, among: Iterable[str]) -> str:
    """Return `value` when it is one of `among`, else raise `BadParameter`."""
    among = tuple(among)
    if not isinstance(value, str) or value not in among:
        raise BadParameter(name, value, f"one of {', '.join(among)}")
    return value


def whole(name: str, value: object, at_least: int, at_most: int) -> int:
    """Return `value` when it is a whole number within the limits, else raise `BadParameter`."""
    if not isinstance(value, int) or isinstance(value, bool) or not at_least <= value <= at_most:
        raise BadParameter(name, value, f"a whole number from {at_least:,} to {at_most:,}")
    return value


def number(name: str, value: object, at_most: float = USD_LIMIT) -> float | None:
    """Return `value` as a number from 0 to `at_most`; None and NaN are unknown, the rest raises `BadParameter`."""
    value = plain(name, value)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= at_most:
        raise BadParameter(name, value, f"a number from 0 to {at_most:,.0f}, or unknown")
    return float(value)


def day(name: str, value: object) -> date | None:
    """Return `value` as a day; None and NaT are unknown, text must be YYYY-MM-DD, the rest raises `BadParameter`."""
    value = plain(name, value)
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise BadParameter(name, value, "a day, YYYY-MM-DD, or unknown") from None


def plain(name: str, value: object, depth: int = 0) -> Any:
    """Return `value` as JSON that every database can hold.

    Days and moments become ISO text, paths text, numpy's scalars Python's; NaN and NaT are unknown and become None.

    Raises
    ------
    BadParameter
        Infinity, NUL and control characters, lone surrogates, too deep, or a kind that JSON does not have.
    """
    if depth > _DEPTH:
        raise BadParameter(name, "…", f"nested at most {_DEPTH} deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | PurePath):
        return text(name, str(value), 1_000_000, empty=True)
    if isinstance(value, Mapping):
        return {
            text(f"a key of {name}", key, 200, empty=True): plain(f"{name}.{key}", item, depth + 1) for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [plain(f"{name}[{index}]", item, depth + 1) for index, item in enumerate(items)]
    return _scalar(name, value, depth)


def _scalar(name: str, value: object, depth: int) -> Any:
    if type(value).__name__ == "NAType":
        return None
    if hasattr(value, "tolist"):  # numpy's scalars and arrays
        return plain(name, value.tolist(), depth + 1)
    if value != value:  # NaN, NaT
        return None
    if isinstance(value, int):
        return value if abs(value) < 2**63 else whole(name, value, -(2**63), 2**63 - 1)
    if isinstance(value, float):
        if math.isinf(value):
            raise BadParameter(name, value, "a finite number")
        return float(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise BadParameter(name, value, "text, a number, a flag, a day, a list or a mapping of these")
