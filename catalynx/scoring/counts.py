"""Counts of past grants by field or state, as the candidates carry them."""

from __future__ import annotations

import json
from collections.abc import Iterable


def read_counts(text: object) -> dict[str, int]:
    """Return the counts in a JSON cell; empty when missing."""
    return json.loads(text) if isinstance(text, str) else {}


def known_and_ours(text: object, ours: Iterable[str]) -> tuple[int, int]:
    """Return how many grants have a known field or state, and how many of them are among `ours`."""
    counts = read_counts(text)
    return sum(counts.values()), sum(counts.get(name, 0) for name in ours)


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
LEAST_DATED, MOSTLY = 12, 0.6


def told_months(text: object) -> str | None:
    """Name the three months that hold most of what a cell of ``season_counts`` counts; None where none stand out."""
    counts = read_counts(text)
    total = sum(counts.values())
    most = sorted(counts, key=lambda month: (-counts[month], int(month)))[:3]
    if total < LEAST_DATED or sum(counts[month] for month in most) < MOSTLY * total:
        return None
    names = [MONTHS[int(month) - 1] for month in sorted(most, key=int)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def counted(number: float, what: str) -> str:
    """Write ``1 grant``, ``1,204 grants``."""
    return f"{number:,.0f} {what}" if number == 1 else f"{number:,.0f} {what}s"
