"""How figures are written for people: money, hours, days, shares, names. Unknown is written "unknown"."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Final

import pandas as pd

UNKNOWN: Final = "unknown"
_SMALL_WORDS: Final = {"and", "for", "in", "of", "on", "the", "to", "by", "at", "a", "an"}
_KEPT_UPPER: Final = frozenset({
    "US", "USA", "NEH", "NEA", "NSF", "HHS", "USDA", "HUD", "EPA", "DOE", "DOJ", "PBS", "YMCA", "YWCA", "4-H",
    "II", "III", "IV", "NW", "LLC", "VT", "NH", "ME", "DC",
})  # fmt: skip
"""Words that stay in capitals when a name filed in capitals is written for people."""


def is_unknown(value: Any) -> bool:
    """Say whether `value` is missing; a list never is, even an empty one."""
    if value is None or isinstance(value, str):
        return value is None
    return not hasattr(value, "__len__") and bool(pd.isna(value))


def money(usd: Any) -> str:
    """Write an amount in full: ``$1,204,500``."""
    if is_unknown(usd):
        return UNKNOWN
    return f"−${-usd:,.0f}" if usd < 0 else f"${usd:,.0f}"


def money_short(usd: Any) -> str:
    """Write an amount for a card: ``$1.2 M``, ``$45 k``, ``$900``."""
    if is_unknown(usd):
        return UNKNOWN
    size, sign = abs(float(usd)), "−" if usd < 0 else ""
    for limit, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        # 999,950 would be written "1,000.0 k": step up to the next unit where rounding reaches it.
        if size >= limit * 0.9995:
            scaled = size / limit
            return f"{sign}${scaled:.1f} {unit}".replace(".0 ", " ") if scaled < 99.95 else f"{sign}${scaled:,.0f} {unit}"
    return f"{sign}${size:,.0f}"


def hours(value: Any) -> str:
    """Write hours: ``182 h``."""
    return UNKNOWN if is_unknown(value) else f"{value:,.0f} h"


def hours_between(low: Any, high: Any, guess: Any = None) -> str:
    """Write an effort with its range: ``60–120 h``; the guess alone where no range is known."""
    if is_unknown(low) or is_unknown(high):
        return hours(guess)
    return hours(low) if round(low) == round(high) else f"{low:,.0f}–{high:,.0f} h"


def share(value: Any) -> str:
    """Write a share from 0 to 1 in per cent: ``85 %``."""
    return UNKNOWN if is_unknown(value) else f"{100 * value:.0f} %"


def chance(value: Any) -> str:
    """Write a small chance from 0 to 1 with two telling digits: ``0.39 %``, ``12 %``, ``less than 0.01 %``."""
    if is_unknown(value):
        return UNKNOWN
    if value < 0.0001:
        return "less than 0.01 %"
    return f"{100 * value:.0f} %" if value >= 0.0995 else f"{100 * value:.2g} %"


def chance_in_words(value: Any) -> str:
    """Write a chance such that a small one can be pictured: ``0.39 %, about 1 in 260``."""
    if is_unknown(value) or not 0.0001 <= value < 0.2:
        return chance(value)
    times = 1 / value
    size = 10 ** max(0, len(f"{times:.0f}") - 2)
    return f"{chance(value)}, about 1 in {round(times / size) * size:,}"


def score(value: Any) -> str:
    """Write a score from 0 to 1: ``0.82``."""
    return UNKNOWN if is_unknown(value) else f"{value:.2f}"


def day(value: Any) -> str:
    """Write a day: ``14 Mar 2027``."""
    found = as_day(value)
    return UNKNOWN if found is None else f"{found.day} {found:%b %Y}"


def day_short(value: Any) -> str:
    """Write a day of this or the next year: ``14 Mar``."""
    found = as_day(value)
    return UNKNOWN if found is None else f"{found.day} {found:%b}"


def day_from(value: Any, today: date) -> str:
    """Write a day and how far it is: ``14 Mar 2027 (in 16 days)``."""
    found = as_day(value)
    return UNKNOWN if found is None else f"{day(found)} ({distance(found, today)})"


def distance(value: Any, today: date) -> str:
    """Say how far a day is from `today`: ``in 16 days``, ``today``, ``3 days ago``."""
    found = as_day(value)
    if found is None:
        return UNKNOWN
    days = (found - today).days
    if days in (-1, 0, 1):
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}[days]
    return f"in {days:,} days" if days > 0 else f"{-days:,} days ago"


def ein(value: Any) -> str:
    """Write an employer identification number: ``12-3456789``."""
    if is_unknown(value):
        return UNKNOWN
    text = str(value)
    return f"{text[:2]}-{text[2:]}" if re.fullmatch(r"\d{9}", text) else text


def name(value: Any) -> str:
    """Write a name in title case where it is filed in capitals; any other name stays as filed."""
    if is_unknown(value):
        return UNKNOWN
    text = str(value)
    if text != text.upper() or not any(letter.isalpha() for letter in text):
        return text
    words = text.split(" ")
    return " ".join(_title(word, first=place == 0) for place, word in enumerate(words))


def as_day(value: Any) -> date | None:
    """Read a day from what frames hold: date, datetime, Timestamp; None where it is missing."""
    if is_unknown(value):
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else pd.Timestamp(value).date()


def _title(word: str, *, first: bool) -> str:
    bare = word.strip(".,()")
    if bare in _KEPT_UPPER or "." in word.strip(".,"):
        return word
    if not first and word.lower() in _SMALL_WORDS:
        return word.lower()
    # JANE'S is Jane's, O'NEIL is O'Neil: a single letter after the apostrophe stays small.
    return re.sub(r"[A-Z]+('[A-Z](?![A-Z]))?", lambda found: found[0].capitalize(), word)
