"""The candidates as arrays, and what a signal of feasibility says of each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from catalynx.decision.situation import Situation
from catalynx.decision.stages import days_of, hours_left, lead_days

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from catalynx.rules import Applicant, Rules

    type Floats = np.ndarray[Any, np.dtype[np.float64]]
    type Flags = np.ndarray[Any, np.dtype[np.bool_]]

SOON_DAYS: Final = 30
"""A gap that no day of work asks to be closed is to be closed in so many days."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The candidates as arrays, with whom they are judged for."""

    ids: Any
    kind: Any
    what: list[str]
    track: Any
    ask_usd: Floats
    hours: Floats
    left_days: Floats
    lead: Floats
    hours_there: Floats
    closing: list[date]
    start: Floats
    federal: Flags
    rows: Mapping[str, Any]
    applicant: Applicant
    rules: Rules
    situation: Situation


WHEN_IT_CLOSES, WHO_MAY_APPLY = "Find out when applications", "Ask whether you may apply"
"""How the gaps begin that the next action says in its own words."""

type Gap = tuple[str, date] | None
type Said = tuple[float | None, str, Gap]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What one signal says: whether it is asked of each candidate, its value (NaN unknown), why, and the gap."""

    asked: Flags
    value: Floats
    because: list[str]
    gap: list[Gap]


def asked_of(candidates: pd.DataFrame, applicant: Applicant, rules: Rules, situation: Situation) -> Asked:
    """Prepare what the signals read."""
    import numpy as np

    today = float((rules.as_of - date(1970, 1, 1)).days)
    ends, starts = days_of(candidates["deadline"]), days_of(candidates["start_by"])
    lead = lead_days(candidates["effort_hours"]).to_numpy(dtype="float64", na_value=np.nan)
    return Asked(
        candidates["candidate_id"].to_numpy(dtype=object), candidates["kind"].to_numpy(dtype=object),
        _named(candidates),
        candidates["track"].to_numpy(dtype=object), _numbers(candidates, "ask_usd"), _numbers(candidates, "effort_hours"),
        ends - today, np.fmax(lead, ends - starts), hours_left(candidates["deadline"], rules).to_numpy(),
        _closing(starts, ends, rules), starts, (candidates["track"] == "federal").to_numpy(dtype=bool),
        {
            "cost_sharing": _cells(candidates, "cost_sharing"), "reason": _cells(candidates, "eligibility_reason"),
            "eligibility": _cells(candidates, "eligibility"), "gave": _numbers(candidates, "to_us_count"),
            "gave_last": _numbers(candidates, "to_us_last_year"), "ends": ends,
        },
        applicant, rules, situation,
    )  # fmt: skip


def _numbers(candidates: pd.DataFrame, name: str) -> Floats:
    import numpy as np

    if name not in candidates:
        return np.full(len(candidates), np.nan)
    return candidates[name].to_numpy(dtype="float64", na_value=np.nan)


def _cells(candidates: pd.DataFrame, name: str) -> list[Any]:
    """Return a column's values, None where missing."""
    if name not in candidates:
        return [None] * len(candidates)
    column = candidates[name]
    return [None if lacks else one for one, lacks in zip(column.to_numpy(dtype=object), column.isna(), strict=True)]


def _named(candidates: pd.DataFrame) -> list[str]:
    """Return what a sentence calls each candidate: its name, or the number of a listing or announcement."""
    names = candidates["name"] if "name" in candidates else candidates["candidate_id"]
    columns = (one.to_numpy() for one in (candidates["candidate_id"], candidates["kind"], names))
    return [called(str(identity), kind, str(name)) for identity, kind, name in zip(*columns, strict=True)]


def called(candidate_id: str, kind: str, name: str) -> str:
    """Return what a sentence calls a candidate: a foundation's name, else the number of a listing or announcement."""
    return name if kind == "foundation" else candidate_id.partition(":")[2] or candidate_id


def _closing(starts: Floats, ends: Floats, rules: Rules) -> list[date]:
    """Return the day by which a gap has to be closed: when work begins, else before the deadline, else soon."""
    soon, closing = rules.as_of + timedelta(days=SOON_DAYS), []
    today = float((rules.as_of - date(1970, 1, 1)).days)
    for start, end in zip(starts, ends, strict=True):
        if start == start and start > today:
            closing.append(min(day_of(start), day_of(end)))
        else:
            closing.append(soon if end != end else min(soon, max(rules.as_of, day_of(end))))
    return closing


def day_of(days: float) -> date:
    """Return the date so many days after 1 January 1970."""
    return date(1970, 1, 1) + timedelta(days=int(days))


def said_day(day: date) -> str:
    """Write a day: ``9 Feb 2024``."""
    return f"{day:%-d %b %Y}"


def judged(one: Asked, said: Iterable[Said | None]) -> Judged:
    """Put what was said of each candidate in order; None for what was not asked."""
    import numpy as np

    told = list(said)
    asked = np.array([each is not None for each in told], dtype=bool)
    full: list[Said] = [(None, "", None) if each is None else each for each in told]
    values = np.array([np.nan if value is None else value for value, _, _ in full], dtype="float64")
    return Judged(asked, np.clip(values, 0.0, 1.0), [text for _, text, _ in full], [_one_gap(gap) for _, _, gap in full])


def _one_gap(gap: Gap) -> Gap:
    """Keep one gap one: a semicolon stands between two, and what a record or a name says may hold one."""
    return None if gap is None else (gap[0].replace("; ", ", "), gap[1])
