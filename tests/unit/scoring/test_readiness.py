"""Readiness for an award: the three checks, their limits, and what is unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from catalynx.errors import BadParameter
from catalynx.scoring.limits import DIMENSIONS, Limits
from catalynx.scoring.readiness import Award, Federal, fiscal_year_of, readiness

DAY = date(2024, 2, 9)
RESERVE = pd.DataFrame([{"ratio": "reserve_months", "value": 2.3, "tax_year": 2015, "reason": None}])


def checked(award: Award, *, revenue: float | None = 1e6, federal: Federal | None = None, day: date = DAY,
            standings: pd.DataFrame = RESERVE, limits: Limits | None = None) -> pd.DataFrame:  # fmt: skip
    found = readiness(standings, revenue, federal or Federal(), award, as_of=day, limits=limits or Limits())
    return found.set_index("check")


def test_share_of_revenue() -> None:
    passes = checked(Award(250_000.0, False)).loc["share_of_revenue"]
    assert (passes["state"], passes["value"]) == ("passes", 0.25)
    assert passes["because"] == "$250,000 is 25.0% of the revenue of $1,000,000, at most 25%"
    assert checked(Award(250_001.0, False)).loc["share_of_revenue", "state"] == "concern"


@pytest.mark.parametrize(("revenue", "told"), [(None, "not known"), (0.0, "$0"), (-4.0, "$-4"), (float("nan"), "not known")])
def test_without_revenue_the_share_is_unknown(revenue: float | None, told: str) -> None:
    row = checked(Award(1.0, False), revenue=revenue).loc["share_of_revenue"]
    assert (row["state"], told in row["because"], pd.isna(row["value"])) == ("unknown", True, True)


@pytest.mark.parametrize(
    ("day", "end", "begins", "limit"),
    [
        (date(2024, 9, 30), None, date(2024, 1, 1), 750_000),
        (date(2024, 10, 1), date(2023, 9, 30), date(2024, 10, 1), 1_000_000),
        (date(2024, 9, 30), date(2023, 9, 30), date(2023, 10, 1), 750_000),
        (date(2025, 6, 30), date(2015, 6, 30), date(2024, 7, 1), 750_000),
        (date(2025, 7, 1), date(2015, 6, 30), date(2025, 7, 1), 1_000_000),
        (date(2024, 2, 29), date(2023, 2, 28), date(2023, 3, 1), 750_000),
        (date(2025, 1, 1), None, date(2025, 1, 1), 1_000_000),
    ],
)
def test_the_threshold_goes_by_the_first_day_of_the_fiscal_year(day: date, end: date | None, begins: date, limit: int) -> None:
    assert fiscal_year_of(day, end) == begins
    assert Limits().single_audit_usd(begins) == limit
    row = checked(Award(1.0, True), day=day, federal=Federal(year_end=end)).loc["single_audit"]
    assert row["limit"] == limit
    assert f"${limit:,}" in row["because"]


@pytest.mark.parametrize(
    ("usd", "spent", "state", "told"),
    [
        (100_000.0, None, "unknown", "no other federal money is on record"),
        (800_000.0, None, "concern", "alone is above"),
        (100_000.0, 600_000.0, "passes", "no single audit is due"),
        (150_000.0, 600_000.0, "concern", "would bring it about"),
        (100_000.0, 7_916_769.0, "passes", "it is audited already"),
    ],
)
def test_single_audit(usd: float, spent: float | None, state: str, told: str) -> None:
    row = checked(Award(usd, True), federal=Federal(spent, 2018)).loc["single_audit"]
    assert (row["state"], told in row["because"]) == (state, True)


def test_money_that_is_not_federal_adds_nothing_to_an_audit() -> None:
    assert checked(Award(5e6, False), federal=Federal(700_000.0, 2018)).loc["single_audit", "state"] == "passes"


def test_reserve() -> None:
    row = checked(Award(1.0, False)).loc["reserve_months"]
    assert (row["state"], row["because"]) == ("concern", "its reserve of tax year 2015 lasts 2.3 months, fewer than 3")
    assert checked(Award(1.0, False), limits=replace(Limits(), reserve_months=2.0)).loc["reserve_months", "state"] == "passes"
    owed = checked(Award(1.0, False), standings=RESERVE.assign(value=-3.8)).loc["reserve_months"]
    assert "is negative, at −3.8 months of expenses" in owed["because"]
    unknown = RESERVE.assign(value=float("nan"), reason="line X 23 (secured debt) is blank")
    assert checked(Award(1.0, False), standings=unknown).loc["reserve_months", "because"] == (
        "unknown: line X 23 (secured debt) is blank"
    )
    assert checked(Award(1.0, False), standings=RESERVE.iloc[:0]).loc["reserve_months", "state"] == "unknown"


@pytest.mark.parametrize("usd", [0.0, -1.0, float("inf"), float("nan")])
def test_what_is_no_award_is_refused(usd: float) -> None:
    with pytest.raises(BadParameter, match="amount_usd"):
        Award(usd, False)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"weights": {"luck": 1.0}}, "luck"),
        ({"weights": {"financial": -1.0}}, "financial"),
        ({"weights": {"financial": 0.0}}, "weights"),
        ({"reserve_months": 0.0}, "reserve_months"),
        ({"largest_share": float("nan")}, "largest_share"),
        ({"liabilities_sound": 1.0}, "liabilities_sound"),
        ({"years_back": 0}, "years_back"),
    ],
)
def test_limits_that_cannot_be_used_are_refused(changes: dict[str, object], named: str) -> None:
    with pytest.raises(BadParameter, match=named):
        replace(Limits(), **changes)  # type: ignore[arg-type]


def test_the_weights_are_those_that_were_published() -> None:
    assert [Limits().weights[name] for name in DIMENSIONS] == [0.25, 0.20, 0.20, 0.15, 0.10, 0.10]
