"""What a funder gave to the applicant before: its years and amounts, and the ask that starts from them."""

from __future__ import annotations

import json
from collections.abc import Container
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant

MOST_TOLD = 5


def earlier_gifts(text: object) -> list[dict[str, float | None]]:
    """Return the gifts in a cell of ``to_us_gifts``, newest first, each with ``year`` and ``amount_usd``; none when missing."""
    return json.loads(text) if isinstance(text, str) else []


def gave_before(text: object) -> str | None:
    """Say which gifts a cell of ``to_us_gifts`` holds: ``it gave to you before: $5,000 in 2012``; None without any."""
    gifts = earlier_gifts(text)
    if not gifts:
        return None
    told = [_gift(gift) for gift in gifts[:MOST_TOLD]]
    if len(gifts) > MOST_TOLD:
        rest = gifts[MOST_TOLD:]
        years = sorted(int(gift["year"]) for gift in rest if gift["year"] is not None)
        span = "" if not years else f" of {years[0]}" if years[0] == years[-1] else f" of {years[0]} to {years[-1]}"
        told.append(f"{len(rest)} more{span}")
    return f"it gave to you before: {', '.join(told[:-1])}{' and ' if told[1:] else ''}{told[-1]}"


def _gift(gift: dict[str, float | None]) -> str:
    amount = "an amount that is not known" if gift["amount_usd"] is None else f"${gift['amount_usd']:,.0f}"
    return amount + (" in a year that is not known" if gift["year"] is None else f" in {gift['year']:.0f}")


def ask_basis(candidates: pd.DataFrame, ask_usd: pd.Series, applicant: Applicant, *, by_hand: Container[str] = ()) -> pd.Series:
    """Say from what each suggested ask starts, and what held it; None where no ask is known.

    Parameters
    ----------
    candidates : with what the funder gives, ``to_us_median_usd`` and ``to_us_recent_count``
    ask_usd : the asks, as ``effort.asks`` gives them
    by_hand : candidates of which a person set the ask
    """
    import pandas as pd

    told = [
        None
        if pd.isna(ask)
        else f"${ask:,.0f}, as set by hand"
        if row["candidate_id"] in by_hand
        else _basis(row, float(ask), applicant)
        for row, ask in zip(candidates.to_dict("records"), ask_usd, strict=True)
    ]
    return pd.Series(told, candidates.index, dtype="str")


def _basis(row: dict, ask: float, applicant: Applicant) -> str:
    start, usual = _start(row)
    told = [start]
    if applicant.ask_max_usd is not None and usual > applicant.ask_max_usd:
        told.append(f"held to the ${applicant.ask_max_usd:,.0f} that you would ask for at most")
    elif applicant.ask_min_usd is not None and usual < applicant.ask_min_usd <= ask:
        told.append(f"raised to the ${applicant.ask_min_usd:,.0f} that you would ask for at least")
    elif ask + 500 < usual:
        told.append("held to what it usually gives at most")
    return ", ".join(told)


def _start(row: dict) -> tuple[str, float]:
    """Say what the ask starts from, with its amount."""
    floor, ceiling, median, ours = (
        None if row[name] != row[name] else row[name]
        for name in ("floor_usd", "ceiling_usd", "grant_median_usd", "to_us_median_usd")
    )
    if ours is not None:
        count = int(row["to_us_recent_count"])
        what = "your grant from it" if count == 1 else f"the median of your {count} grants from it"
        what += " in the last ten years"
        beside = (
            ""
            if median is None
            else f" (half of all its grants are ${row['grant_p25_usd']:,.0f} to ${row['grant_p75_usd']:,.0f})"
        )
        return f"{what}, ${ours:,.0f}{beside}", ours
    if ceiling is not None:
        if floor is None:
            return f"the middle of what is offered, up to ${ceiling:,.0f}", (ceiling / 10 * ceiling) ** 0.5
        offered = (
            f"the ${ceiling:,.0f} that is offered"
            if floor == ceiling
            else f"the middle of the ${floor:,.0f} to ${ceiling:,.0f} offered"
        )
        return offered, (floor * ceiling) ** 0.5
    median = row["grant_median_usd"]
    return f"the median of its grants, ${median:,.0f}", median
