"""What each criterion rests on: the rows of the lake from which its number can be made again. One place for all of them.

How the rows of a way are found stands in `catalynx.lake.score_rows` (``WAYS``); here is only which way holds for which candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

type Row = Mapping[str, Any]
"""One candidate, as ``columns.RESULTS["candidates"]``."""

ELIGIBILITY: Final = "eligibility"
"""No criterion, and followed like one: the hard rules read rows as well."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Rows that a number can rest on.

    Attributes
    ----------
    way : how they are found, a name in ``catalynx.lake.score_rows.WAYS``
    fields : columns of the rows that are read, where that is not the same for all criteria of the way
    holds : for which candidates; None is all
    """

    way: str
    fields: tuple[str, ...] = ()
    holds: Callable[[Row], bool] | None = None


def _says(*names: str) -> Callable[[Row], bool]:
    """Whether one of these columns says something: a number that is not 0, a text that is not empty, yes."""
    return lambda row: any(_known(row.get(name)) and bool(row[name]) for name in names)


def _known(value: object) -> bool:
    return value is not None and type(value).__name__ not in ("NAType", "NaTType") and value == value


def _by_obligations(row: Row) -> bool:
    """Whether the latest obligations tell when a program last gave, and not an award, as `recency` says it."""
    gift, money = row.get("last_year"), row.get("last_money_year")
    return _known(money) and (not _known(gift) or bool(money >= gift))  # type: ignore[operator]


_BEFORE_NEWCOMERS = (Ground("to_us", holds=_says("to_us_count")),)
_APPLICATIONS: Final = ("preselected_only", "application_form", "application_deadlines")

RESTS_ON: Final[Mapping[str, Mapping[str, tuple[Ground, ...]]]] = {
    "mission": {
        "foundation": (Ground("purposes"),), "program": (Ground("program", ("objective",)),),
        "opportunity": (Ground("opportunity", ("description",)),),
    },
    "population": {"program": (Ground("program", ("beneficiary_types",)),)},
    "field": {"foundation": (Ground("fields"),), "program": (Ground("fields"),)},
    "geography": {
        "foundation": (Ground("places"),), "program": (Ground("places"),), "opportunity": (Ground("opportunity", ("title",)),),
    },
    "size": {
        "foundation": (Ground("sizes"),), "program": (Ground("sizes"),),
        "opportunity": (Ground("opportunity", ("floor_usd", "ceiling_usd")),),
    },
    "scale": {"foundation": (Ground("revenues"),), "program": (Ground("revenues"),)},
    "capacity": {
        "foundation": (
            Ground("returns", ("distributable_usd", "qualifying_distributions_usd", "assets_fmv_usd"),
                   _says("distributable_usd")),
            Ground("years", holds=_says("yearly_usd")), Ground("returns", ("assets_fmv_usd",)), Ground("registered"),
        ),
        "program": (Ground("latest_obligations"),), "opportunity": (Ground("opportunity", ("total_funding_usd",)),),
    },
    "trend": {"foundation": (Ground("years"),), "program": (Ground("ends_of_obligations"),)},
    "recency": {
        "foundation": (Ground("dated"),), "program": (Ground("obligations", holds=_by_obligations), Ground("dated")),
    },
    "newcomers": {
        "foundation": (
            *_BEFORE_NEWCOMERS, Ground("returns", ("preselected_only",), _says("preselected_only")), Ground("recipients"),
        ),
        "program": (*_BEFORE_NEWCOMERS, Ground("recipients")),
    },
    "retention": {"foundation": (Ground("followed"),), "program": (Ground("followed"),)},
    "spread": {"foundation": (Ground("shares"),), "program": (Ground("shares"),)},
    "openness": {"foundation": (Ground("returns", _APPLICATIONS),)},
    "network": {"foundation": (Ground("shared_grantees"),)},
    "competition": {"program": (Ground("competitions"),), "opportunity": (Ground("competitions"),)},
    "time": {
        "program": (Ground("announcements"),), "opportunity": (Ground("opportunity", ("close_date",)),),
    },
    ELIGIBILITY: {
        "foundation": (Ground("own_registration"),), "program": (Ground("program", ("applicant_types", "assistance_types")),),
        "opportunity": (Ground("opportunity", ("applicant_types", "instruments", "stage", "close_date", "cost_sharing")),),
    },
}  # fmt: skip
"""Criterion → kind of candidate → grounds; of those that hold, the first that has rows."""


def grounds_of(criterion: str, candidate: Row) -> tuple[Ground, ...]:
    """Return the grounds that a criterion can have for a candidate, the nearest first; none where it is not asked of its kind."""
    found = RESTS_ON[criterion].get(str(candidate["kind"]), ())
    return tuple(ground for ground in found if ground.holds is None or ground.holds(candidate))
