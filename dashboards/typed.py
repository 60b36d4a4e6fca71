"""What people type into a form, as numbers and days."""

from __future__ import annotations

import math
from datetime import date, datetime


def amount_of(typed: str) -> float | None:
    """Read an amount as people type it: ``250000``, ``$250,000``, ``250k``, ``1.2 M``; None where it is none above zero."""
    text_ = typed.strip().replace(",", "").removeprefix("$").strip().casefold()
    scale = {"k": 1e3, "m": 1e6}.get(text_[-1:], 1.0)
    amount = number_of(text_.rstrip("km").strip())
    return amount * scale if amount is not None and 0 < amount * scale < 1e12 else None


def money_of(typed: str) -> float | None:
    """Read an amount as `amount_of` does, where nothing at all is one too."""
    return 0.0 if number_of(typed.strip().removeprefix("$")) == 0 else amount_of(typed)


def number_of(typed: str) -> float | None:
    """Read a number, finite and at least 0; None where it is none."""
    try:
        number = float(typed.strip())
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def share_of(typed: str) -> float | None:
    """Read a share as people type it, in per cent: ``20`` or ``20 %``; None where it is none of 0 to 100."""
    number = number_of(typed.strip().removesuffix("%"))
    return number / 100 if number is not None and number <= 100 else None


def day_of(typed: str) -> date | None:
    """Read a day, ``2027-03-31`` or as pages write it, ``31 Mar 2027``; None where it is none."""
    for form in ("%Y-%m-%d", "%d %b %Y"):
        try:
            return datetime.strptime(typed.strip(), form).date()
        except ValueError:
            continue
    return None
