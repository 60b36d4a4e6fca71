"""What a user may change about scores and decisions, in one frozen object with defaults: dates, weights, thresholds, capacity.

Scoring and decision functions take it as an argument and read no clock, so the same rules give the same numbers
in a notebook, on a page, and in a test.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from catalynx.errors import BadParameter

RECOMMENDATIONS = ("pursue now", "prepare", "consider later", "monitor", "decline")
KINDS = ("foundation", "program", "opportunity")
TRACKS = ("foundation", "federal", "government", "corporate")
"""Who gives: private and community foundations; federal agencies; states and other governments; foundations of companies."""
FEASIBILITY = ("technical", "resources", "timeline", "compliance", "strategy")
"""What has to be there for an application to be made and an award to be managed."""

LIMITS: Mapping[str, float] = MappingProxyType({
    "mission.half_at": 0.32, "mission.one_word_at_most": 0.25,
    "field.same_code": 1.0, "field.same_decile": 0.9, "field.same_major": 0.75, "field.full_at_pct": 30.0,
    "geography.full_at_pct": 20.0, "geography.least_pct": 5.0,
    "size.none_at_times": 10.0, "size.carried_to_pct": 25.0, "size.none_from_pct": 100.0,
    "capacity.none_at_times": 1.0, "capacity.full_at_times": 30.0,
    "trend.none_at_times": 0.5, "trend.full_at_times": 2.0,
    "recency.fresh_years": 2.0, "recency.stale_years": 10.0,
    "newcomers.full_at_pct": 50.0, "retention.full_at_pct": 70.0, "spread.full_at_recipients": 50.0,
    "scale.none_at_times": 30.0,
    "time.none_at_days": 14.0, "time.full_at_days": 90.0,
    "competition.full_at_pct": 50.0, "competition.estimate_counts_pct": 10.0,
})  # fmt: skip
"""Where the curve of a criterion begins and ends: ``criterion.point`` → value; docs/scoring.md says what each means."""

_ORDERED = (
    ("size.carried_to_pct", "size.none_from_pct"), ("capacity.none_at_times", "capacity.full_at_times"),
    ("trend.none_at_times", "trend.full_at_times"), ("recency.fresh_years", "recency.stale_years"),
    ("time.none_at_days", "time.full_at_days"),
)  # fmt: skip
"""Points of one curve, the lower first."""


def _frozen[K, V](content: dict[K, V]) -> Mapping[K, V]:
    return MappingProxyType(content)


@dataclass(frozen=True, slots=True)
class Applicant:
    """What a score has to know of the organisation it is made for; anything may be unknown.

    Attributes
    ----------
    name : as people know it
    text : mission and focus areas in words; empty when unknown
    ntee_codes, ntee_majors : its NTEE codes, and their major groups (letters)
    states : two-letter states it works in
    ask_min_usd, ask_max_usd : what it would like to ask for; None when open
    kinds : the kinds of funding it wants
    """

    ein: str | None = None
    text: str = ""
    ntee_majors: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    is_501c3: bool | None = None
    annual_revenue_usd: float | None = None
    ask_min_usd: float | None = None
    ask_max_usd: float | None = None
    kinds: tuple[str, ...] = KINDS
    accepts_government_money: bool = True
    cost_sharing_ok: bool | None = None
    name: str = ""
    ntee_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody, or a role, with hours for applications.

    Attributes
    ----------
    name : a person or a role
    hours_per_month : spread evenly over the days
    from_day, to_day : first and last day there; None for always
    """

    name: str
    hours_per_month: float
    from_day: date | None = None
    to_day: date | None = None

    def __post_init__(self) -> None:
        """Refuse hours and days that cannot be."""
        _at_least_zero(f"hours_per_month of {self.name}", self.hours_per_month)
        if self.from_day and self.to_day and self.from_day > self.to_day:
            raise BadParameter(f"from_day of {self.name}", self.from_day.isoformat(), f"at most to_day, {self.to_day}")


@dataclass(frozen=True, slots=True)
class Commitment:
    """Other work that takes staff hours between two days, both counted."""

    name: str
    hours: float
    from_day: date
    to_day: date

    def __post_init__(self) -> None:
        """Refuse hours and days that cannot be."""
        _at_least_zero(f"hours of {self.name}", self.hours)
        if self.from_day > self.to_day:
            raise BadParameter(f"from_day of {self.name}", self.from_day.isoformat(), f"at most to_day, {self.to_day}")


def _at_least_zero(name: str, value: float | None) -> None:
    if value is not None and not (math.isfinite(value) and value >= 0):
        raise BadParameter(name, value, "a number of at least 0")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one run; ``dataclasses.replace`` makes a changed copy.

    Attributes
    ----------
    as_of : the day for which everything is judged: nothing later counts
    weights : criterion → weight, by track; a track's weights need not sum to 1, a criterion without one does not count, and one
        that a candidate cannot be asked (newcomers of an announcement) is left out of its whole
    limits : ``criterion.point`` → value, see `LIMITS`; those that are left out are as usual
    thresholds : recommendation → least score
    review_days : recommendation → days until it is looked at again
    least_coverage : share of the weight that must have data for "pursue now" or "prepare"
    scant_coverage : share of the weight that must have data for "consider later"
    least_fit : value of the criterion ``mission`` below which a candidate is at most monitored, however well the rest suits
    quiet_years : a foundation without a grant on record for longer is at most monitored until somebody has checked
    hours_per_month : staff hours for applications; None when unknown
    feasibility_weights : dimension of feasibility → weight; they need not sum to 1
    score_share : share of the score in ``combined``; feasibility has the rest
    staff : who has hours for applications, and when; when given, they count instead of ``hours_per_month``
    commitments : other work that takes of these hours
    asks, hours, deadlines : candidate_id → the ask, hours or last day that a person sets, in place of what is known or reckoned
    effort_times : kind → by how much reckoned hours are multiplied, as hours really spent may teach
    matching_usd : money of its own that the applicant can add to awards; None when unknown
    """

    as_of: date
    weights: Mapping[str, Mapping[str, float]] = field(
        default_factory=lambda: _frozen({
            "foundation": {
                "mission": 0.28, "field": 0.13, "geography": 0.18, "size": 0.12, "scale": 0.03, "capacity": 0.04, "trend": 0.01,
                "recency": 0.09, "newcomers": 0.07, "retention": 0.02, "spread": 0.02, "openness": 0.01,
            },
            "federal": {
                "mission": 0.43, "field": 0.08, "geography": 0.08, "population": 0.04, "size": 0.15, "scale": 0.02,
                "capacity": 0.02, "trend": 0.02, "recency": 0.13, "newcomers": 0.02, "spread": 0.01, "time": 0.26,
                "competition": 0.08,
            },
            "government": {
                "mission": 0.38, "field": 0.10, "geography": 0.12, "population": 0.06, "size": 0.14, "scale": 0.02,
                "capacity": 0.05, "trend": 0.03, "recency": 0.10, "newcomers": 0.02, "spread": 0.01, "time": 0.20,
                "competition": 0.08,
            },
            "corporate": {
                "mission": 0.24, "field": 0.12, "geography": 0.25, "size": 0.12, "scale": 0.02, "capacity": 0.03, "trend": 0.01,
                "recency": 0.10, "newcomers": 0.07, "retention": 0.02, "spread": 0.01, "openness": 0.01,
            },
        })
    )  # fmt: skip
    limits: Mapping[str, float] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(
        default_factory=lambda: _frozen(
            {"pursue now": 0.80, "prepare": 0.65, "consider later": 0.50, "monitor": 0.35, "decline": 0.0}
        )
    )
    review_days: Mapping[str, int] = field(
        default_factory=lambda: _frozen({"pursue now": 30, "prepare": 90, "consider later": 180, "monitor": 365, "decline": 365})
    )
    least_coverage: float = 0.7
    scant_coverage: float = 0.5
    least_fit: float = 0.3
    quiet_years: int = 5
    hours_per_month: float | None = None
    horizon_months: int = 3
    feasibility_weights: Mapping[str, float] = field(
        default_factory=lambda: _frozen(dict(zip(FEASIBILITY, (0.25, 0.25, 0.20, 0.20, 0.10), strict=True)))
    )
    score_share: float = 0.6
    staff: tuple[Post, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    asks: Mapping[str, float] = field(default_factory=lambda: _frozen({}))
    hours: Mapping[str, float] = field(default_factory=lambda: _frozen({}))
    deadlines: Mapping[str, date] = field(default_factory=lambda: _frozen({}))
    effort_times: Mapping[str, float] = field(default_factory=lambda: _frozen({}))
    matching_usd: float | None = None

    def __post_init__(self) -> None:
        """Refuse values that cannot be used."""
        for track, weights in self.weights.items():
            if track not in TRACKS:
                raise BadParameter("weights", track, f"for one of {', '.join(TRACKS)}")
            for name, weight in weights.items():
                if not (math.isfinite(weight) and weight >= 0):
                    raise BadParameter(f"weights[{track!r}][{name!r}]", weight, "a number of at least 0")
            if sum(weights.values()) <= 0:
                raise BadParameter(f"weights[{track!r}]", dict(weights), "weights of which one is above 0")
        for name, value in self.limits.items():
            if name not in LIMITS:
                raise BadParameter("limits", name, f"for one of {', '.join(LIMITS)}")
            if not (math.isfinite(value) and value > 0):
                raise BadParameter(f"limits[{name!r}]", value, "a number above 0")
        object.__setattr__(self, "limits", _frozen({**LIMITS, **self.limits}))
        for low, high in _ORDERED:
            if not self.limits[low] < self.limits[high]:
                raise BadParameter(f"limits[{low!r}]", self.limits[low], f"less than {high}, {self.limits[high]:g}")
        levels = [self.thresholds.get(name, math.nan) for name in RECOMMENDATIONS]
        if not all(0 <= low <= high <= 1 for high, low in pairwise(levels)):
            raise BadParameter(
                "thresholds", dict(self.thresholds), f"falling from {' to '.join(RECOMMENDATIONS)}, within 0 and 1"
            )
        if not 0 <= self.scant_coverage <= self.least_coverage <= 1:
            raise BadParameter(
                "scant_coverage, least_coverage",
                (self.scant_coverage, self.least_coverage),
                "within 0 and 1, the first at most the second",
            )
        if self.hours_per_month is not None and not (math.isfinite(self.hours_per_month) and self.hours_per_month >= 0):
            raise BadParameter("hours_per_month", self.hours_per_month, "a number of at least 0, or None when unknown")
        self._check_feasibility()

    def _check_feasibility(self) -> None:
        for name, weight in self.feasibility_weights.items():
            if name not in FEASIBILITY:
                raise BadParameter("feasibility_weights", name, f"for one of {', '.join(FEASIBILITY)}")
            _at_least_zero(f"feasibility_weights[{name!r}]", weight)
        if sum(self.feasibility_weights.values()) <= 0:
            raise BadParameter("feasibility_weights", dict(self.feasibility_weights), "weights of which one is above 0")
        if not 0 <= self.score_share <= 1:
            raise BadParameter("score_share", self.score_share, "within 0 and 1")
        for field_name in ("asks", "hours", "effort_times"):
            for name, value in getattr(self, field_name).items():
                if not (math.isfinite(value) and value > 0):
                    raise BadParameter(f"{field_name}[{name!r}]", value, "a number above 0")
        for name in self.effort_times:
            if name not in KINDS:
                raise BadParameter("effort_times", name, f"for one of {', '.join(KINDS)}")
        _at_least_zero("matching_usd", self.matching_usd)

    @property
    def least_coverages(self) -> tuple[float, ...]:
        """Share of the weight that must have data for each of `RECOMMENDATIONS`, in that order."""
        return (self.least_coverage, self.least_coverage, self.scant_coverage, 0.0, 0.0)

    def plain(self) -> dict[str, object]:
        """Return the rules as plain JSON values, to be kept with a decision."""
        return {
            "as_of": self.as_of.isoformat(),
            "weights": {track: dict(weights) for track, weights in self.weights.items()},
            "limits": dict(self.limits),
            "thresholds": dict(self.thresholds),
            "review_days": dict(self.review_days),
            "least_coverage": self.least_coverage,
            "scant_coverage": self.scant_coverage,
            "least_fit": self.least_fit,
            "quiet_years": self.quiet_years,
            "hours_per_month": self.hours_per_month,
            "horizon_months": self.horizon_months,
            "feasibility_weights": dict(self.feasibility_weights),
            "score_share": self.score_share,
            "staff": [_plain(post) for post in self.staff],
            "commitments": [_plain(one) for one in self.commitments],
            "asks": dict(self.asks),
            "hours": dict(self.hours),
            "deadlines": {name: day.isoformat() for name, day in self.deadlines.items()},
            "effort_times": dict(self.effort_times),
            "matching_usd": self.matching_usd,
        }


def _plain(one: Post | Commitment) -> dict[str, object]:
    return {name: day.isoformat() if isinstance(day, date) else day for name, day in asdict(one).items()}


def rules_from(plain: Mapping[str, Any]) -> Rules:
    """Return the rules that `Rules.plain` gave; what was not there yet when they were kept is as usual.

    Raises
    ------
    BadParameter
    """
    known = {one.name for one in fields(Rules)}
    if strange := sorted(set(plain) - known):
        raise BadParameter("rules", strange[0], f"for {', '.join(sorted(known))}")
    try:
        read = dict(plain) | {"as_of": date.fromisoformat(plain["as_of"])}
        read["staff"] = tuple(Post(**_days(one)) for one in plain.get("staff", ()))
        read["commitments"] = tuple(Commitment(**_days(one)) for one in plain.get("commitments", ()))
        read["deadlines"] = {name: date.fromisoformat(day) for name, day in plain.get("deadlines", {}).items()}
        return Rules(**read)
    except BadParameter:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise BadParameter("rules", dict(plain), f"as `Rules.plain` gives them ({error})") from error


def _days(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: date.fromisoformat(day) if name.endswith("_day") and day else day for name, day in one.items()}
