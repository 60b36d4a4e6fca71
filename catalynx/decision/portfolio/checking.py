"""What cannot be planned is refused before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from catalynx.decision.portfolio.staff_hours import Days, days_of
from catalynx.decision.portfolio.terms import AIMS, Application, Limits, Member
from catalynx.errors import BadParameter

MOST_MONTHS, MOST_APPLICATIONS = 60, 20_000


def checked(
    applications: Sequence[Application], staff: Sequence[Member], limits: Limits, aim: str, seconds: float = 1.0, gap: float = 0.0
) -> None:
    """Refuse what cannot be planned.

    Raises
    ------
    BadParameter
    """
    if aim not in AIMS:
        raise BadParameter("aim", aim, f"one of {', '.join(AIMS)}")
    if not (math.isfinite(seconds) and seconds > 0):
        raise BadParameter("seconds", seconds, "above 0")
    if not (math.isfinite(gap) and gap >= 0):
        raise BadParameter("gap", gap, "a share of at least 0")
    if len(applications) > MOST_APPLICATIONS:
        raise BadParameter("applications", len(applications), f"at most {MOST_APPLICATIONS:,}; choose by score first")
    if not staff:
        raise BadParameter("staff", "nobody", "at least one person or role with its hours a month")
    _once("staff", [one.name for one in staff])
    _once("applications", [one.candidate_id for one in applications])
    known = {one.candidate_id for one in applications}
    if strangers := sorted(set(limits.must) - known):
        raise BadParameter("limits.must", strangers, "candidates that are among the applications")
    if both := sorted(set(limits.must) & set(limits.must_not)):
        raise BadParameter("limits.must and limits.must_not", both, "without a candidate in both")
    if limits.risk.weight and aim != "usd":
        raise BadParameter(
            "limits.risk.weight", limits.risk.weight, f'0 for the aim "{aim}": only dollars have good and bad years'
        )


def days_checked(staff: Sequence[Member], limits: Limits, as_of: date, months: int) -> Days:
    """Return the days of the plan.

    Raises
    ------
    BadParameter
    """
    if not (isinstance(months, int) and 1 <= months <= MOST_MONTHS):
        raise BadParameter("months", months, f"a whole number of 1 to {MOST_MONTHS}")
    return days_of(staff, as_of, months, limits.commitments)


def _once(what: str, names: list[str]) -> None:
    twice = sorted({one for one in names if names.count(one) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise BadParameter(what, twice, "named once each")
