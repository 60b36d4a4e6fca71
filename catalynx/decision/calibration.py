"""How far what was foretold was right: hours, chances and amounts of applications against what became of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from catalynx.errors import BadParameter

LEAST: Final = 5
"""Of fewer applications a ratio says more about chance than about what was foretold."""
_Z: Final = 1.959964
"""Nineteen of twenty."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """One application that has an outcome; None is unknown.

    Attributes
    ----------
    effort_hours, hours_spent : foretold, and really spent
    chance : that was published or assumed, 0–1
    won : whether the funder gave; None while it is open, or was taken back
    ask_usd, amount_usd : asked for, and given
    """

    effort_hours: float | None = None
    hours_spent: float | None = None
    chance: float | None = None
    won: bool | None = None
    ask_usd: float | None = None
    amount_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """What came over what was foretold.

    Attributes
    ----------
    count : applications of which both are known
    ratio, low, high : 1 is right, 2 twice as much as foretold; with the range in which nineteen of twenty such ratios lie. None
        below `LEAST` applications
    """

    count: int
    ratio: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Hours, wins and amounts against what was foretold.

    Attributes
    ----------
    hours : hours spent over hours foretold
    amounts : dollars given over dollars asked for, of those won
    wins : applications won over the sum of their chances
    decided, won : applications that have ended, and those won
    won_low, won_high : range in which the true share won lies in nineteen of twenty cases; None without any
    """

    hours: Ratio
    amounts: Ratio
    wins: Ratio
    decided: int
    won: int
    won_low: float | None
    won_high: float | None


def calibrate(foretold: Sequence[Foretold]) -> Calibration:
    """Compare what was foretold with what came.

    Raises
    ------
    BadParameter
        A chance is not within 0 and 1, or hours or amounts are below 0.
    """
    for one in foretold:
        _check(one)
    ended = [one for one in foretold if one.won is not None]
    won = sum(one.won is True for one in ended)
    low, high = share_between(won, len(ended))
    return Calibration(
        _of_sums([(one.effort_hours, one.hours_spent) for one in foretold]),
        _of_sums([(one.ask_usd, one.amount_usd) for one in ended if one.won]),
        _of_chances([one for one in ended if one.chance is not None]),
        len(ended), won, low, high,
    )  # fmt: skip


def share_between(count: int, of: int) -> tuple[float | None, float | None]:
    """Return the range of a share, as Wilson's interval gives it; None without any.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. JASA 22, 209–212.
    """
    if of == 0:
        return None, None
    share = count / of
    middle, width = share + _Z**2 / (2 * of), _Z * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    whole = 1 + _Z**2 / of
    return max(0.0, (middle - width) / whole), min(1.0, (middle + width) / whole)


def _of_sums(pairs: Sequence[tuple[float | None, float | None]]) -> Ratio:
    """Return the ratio of sums, with the range that its variance between applications gives [Cochran 1977, Sampling, ch. 6]."""
    known = [(said, came) for said, came in pairs if said and came is not None]
    count = len(known)
    if count < LEAST:
        return Ratio(count)
    foretold = sum(said for said, _ in known)
    ratio = sum(came for _, came in known) / foretold
    spread = sum((came - ratio * said) ** 2 for said, came in known) / (count - 1)
    error = _Z * math.sqrt(count * spread) / foretold
    return Ratio(count, ratio, max(0.0, ratio - error), ratio + error)


def _of_chances(ended: Sequence[Foretold]) -> Ratio:
    """Return wins over the sum of chances, with the range that chance alone would give around what came."""
    chances = [one.chance for one in ended if one.chance is not None]
    expected = sum(chances)
    if len(chances) < LEAST or expected == 0:
        return Ratio(len(chances))
    won = sum(one.won is True for one in ended)
    error = _Z * math.sqrt(sum(chance * (1 - chance) for chance in chances))
    return Ratio(len(chances), won / expected, max(0.0, (won - error) / expected), (won + error) / expected)


def _check(one: Foretold) -> None:
    if one.chance is not None and not 0 <= one.chance <= 1:
        raise BadParameter("chance", one.chance, "within 0 and 1, or None when unknown")
    for name in ("effort_hours", "hours_spent", "ask_usd", "amount_usd"):
        value = getattr(one, name)
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise BadParameter(name, value, "a number of at least 0, or None when unknown")
