"""Limits on the size of an applicant that a text states: budgets or revenues below or above an amount."""

from __future__ import annotations

import re

_AMOUNT = r"\$ ?(?P<amount>\d[\d,]*(?:\.\d+)?) ?(?P<unit>million|billion|thousand|[MBK]\b)?"
_WHAT = r"(?:annual |operating |gross |total |organizational )*(?:budgets?|revenues?|receipts|income)"
_MOST = (
    r"(?:of |is |are |that (?:is|are) |not to |must |be )*"
    r"(?:less than|under|below|up to|not exceed(?:ing)?|no more than|at most|smaller than)"
)
_LEAST = r"(?:of |is |are |that (?:is|are) |must |be )*(?:more than|over|above|at least|exceed(?:ing)?|no less than|greater than)"
_MOST_SAID = re.compile(rf"{_WHAT} {_MOST} {_AMOUNT}", re.IGNORECASE)
_LEAST_SAID = re.compile(rf"{_WHAT} {_LEAST} {_AMOUNT}", re.IGNORECASE)
_UNITS = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "b": 1e9}
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[A-Z])")


def size_limit(text: str, revenue_usd: float | None) -> tuple[str, str] | None:
    """Say whether a text limits applicants by their budget or revenue, and whether one with `revenue_usd` keeps to it.

    Returns
    -------
    ``fails`` where it does not, ``unknown`` where the revenue is not known, each with the sentence; None without a limit, or
    within it
    """
    for sentence in _SENTENCE_END.split(text):
        for pattern, is_most in ((_MOST_SAID, True), (_LEAST_SAID, False)):
            found = pattern.search(sentence)
            if found is None:
                continue
            limit = float(found["amount"].replace(",", "")) * _UNITS.get((found["unit"] or "").lower(), 1.0)
            quoted = f"“{' '.join(sentence.split())[:200]}”"
            if revenue_usd is None:
                return "unknown", f"its text limits the size of applicants, and the profile names no revenue: {quoted}"
            if (revenue_usd > limit) if is_most else (revenue_usd < limit):
                return "fails", f"its text limits the size of applicants, and your revenue is ${revenue_usd:,.0f}: {quoted}"
    return None
