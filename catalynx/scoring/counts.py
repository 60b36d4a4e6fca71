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


def counted(number: float, what: str) -> str:
    """Write ``1 grant``, ``1,204 grants``."""
    return f"{number:,.0f} {what}" if number == 1 else f"{number:,.0f} {what}s"
