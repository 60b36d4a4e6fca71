"""Risk: each signal by hand, what is unknown, and what must not matter."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.columns import empty_frame
from catalynx.errors import BadParameter, MissingColumns
from catalynx.scoring.finance import gifts_by_year, ratios_by_year
from catalynx.scoring.limits import DIMENSIONS, Limits
from catalynx.scoring.over_years import revenue_volatility, standings
from catalynx.scoring.risk import assess, signals_of
from catalynx.scoring.risk_of_conduct import due_dates
from catalynx.scoring.risk_signals import Facts, of_applicant, signals

DAY = date(2024, 2, 9)
LINE = {"canonical": True, "form": "990", "ein": "045678901", "source": "irs_efile", "file": "f", "place": "/Return"}


def filed(*years: dict[str, object]) -> pd.DataFrame:
    """Constructed returns."""
    rows = [
        {**LINE, "return_id": f"r{place}", "tax_year": 2018 + place, "period_end": pd.Timestamp(2018 + place, 12, 31), **year}
        for place, year in enumerate(years)
    ]
    blank = empty_frame("filings")
    return pd.DataFrame(rows, columns=list(blank.columns)).astype(blank.dtypes.to_dict())


def framed(name: str, *rows: dict[str, object]) -> pd.DataFrame:
    blank = empty_frame(name)
    return pd.DataFrame(list(rows), columns=list(blank.columns)).astype(blank.dtypes.to_dict())


def facts_of(filings: pd.DataFrame | None = None, gifts: pd.DataFrame | None = None, **known: object) -> Facts:
    filings = empty_frame("filings") if filings is None else filings
    gifts = empty_frame("giving") if gifts is None else gifts
    parts = [ratios_by_year(filings, as_of=DAY), gifts_by_year(gifts, filings, as_of=DAY), revenue_volatility(filings, as_of=DAY)]
    parts = [part for part in parts if len(part)]
    finances = pd.concat(parts, ignore_index=True) if parts else empty_frame("finances")
    found = Facts(DAY, finances, standings(finances), filings, empty_frame("audits"), empty_frame("audit_findings"))
    return replace(found, **known)  # type: ignore[arg-type]


def candidates(*rows: dict[str, object]) -> pd.DataFrame:
    """Constructed candidates of which only what a row says is known."""
    full = [
        {"candidate_id": f"foundation:{place}", "kind": "foundation", "name": f"Fund {place}", "ask_usd": None,
         "effort_hours": None, "deadline": None, "start_by": None, "cost_sharing": None, "money_by_year": {}, **row}
        for place, row in enumerate(rows or ({},))
    ]  # fmt: skip
    return pd.DataFrame(full).astype({"ask_usd": "float64", "effort_hours": "float64"})


def signal(name: str, facts: Facts, *rows: dict[str, object]) -> pd.Series:
    _, told = assess(candidates(*rows), facts)
    return told[told["signal"] == name].iloc[0]


NOTHING = facts_of()
AUDIT = {"audit_id": "1-2021", "name": "x", "audit_year": 2021, "fiscal_year_end": pd.Timestamp(2021, 12, 31),
         "going_concern": False, "material_weakness": False, "significant_deficiency": False, "material_noncompliance": False,
         "federal_expenditure_usd": 800_000.0, "source": "fac_audits", "file": "f", "place": "line 2"}  # fmt: skip


def audited(**changes: object) -> Facts:
    return replace(NOTHING, audits=framed("audits", {**AUDIT, **changes}))


# The applicant's signals


@pytest.mark.parametrize(
    ("name", "years", "value", "told"),
    [
        ("deficits", [{"total_revenue_usd": 100, "total_expenses_usd": 110}, {"total_revenue_usd": 100, "total_expenses_usd": 90}],
         0.5, "deficit in 1 of 2 years on file: 2018 (-10.0%)"),
        ("debt", [{"assets_usd": 100, "liabilities_usd": 70}], 0.5, "owes 70% of its assets of 2018"),
        ("reserve", [{"unrestricted_net_assets_usd": 30, "land_buildings_equipment_usd": 10, "secured_debt_usd": 0,
                      "total_expenses_usd": 80}], 0.5, "lasts 3.0 months"),
        ("cash", [{"cash_usd": 10, "savings_usd": 0, "total_expenses_usd": 130, "depreciation_usd": 10}], 1.0, "1.0 months"),
        ("revenue_decline", [{"total_revenue_usd": usd, "total_expenses_usd": 1} for usd in (110, 100, 90)], 0.5, "falls by 10%"),
        ("revenue_swings", [{"total_revenue_usd": usd} for usd in (75, 125)], 0.5**0.5, "swings by 35%"),
        ("late_returns", [{"filed_at": "2019-11-15T23:00:00-05:00"}, {"filed_at": "2020-11-17T00:10:00-05:00"}], 0.5,
         "31 Dec 2019 on 17 Nov 2020, due 16 Nov 2020"),
    ],
)  # fmt: skip
def test_signals_of_returns_by_hand(name: str, years: list[dict[str, object]], value: float, told: str) -> None:
    row = signal(name, facts_of(filed(*years)))
    assert row["value"] == pytest.approx(value)
    assert told in row["because"]
    assert json.loads(row["evidence"] or "{}").get("table", "filings") == "filings"
    unknown = signal(name, NOTHING)
    assert pd.isna(unknown["value"])
    assert unknown["because"].startswith("unknown: ")


def test_one_funder_by_hand() -> None:
    gifts = pd.DataFrame({"year": [2018], "funder_name": ["A"], "amount_usd": [25.0]})
    row = signal("one_funder", facts_of(filed({"total_revenue_usd": 100.0}), gifts))
    assert (row["value"], row["because"]) == (0.5, "its largest funder on record gave 25% of the revenue of 2018")
    assert signal("one_funder", NOTHING)["because"] == "unknown: no gift to it is on record"


@pytest.mark.parametrize(
    ("name", "changes", "value"),
    [
        ("going_concern", {}, 0.0), ("going_concern", {"going_concern": True}, 1.0), ("going_concern", {"going_concern": None}, None),
        ("noncompliance", {"material_noncompliance": True}, 1.0),
        ("internal_control", {}, 0.0), ("internal_control", {"significant_deficiency": True}, 0.5),
        ("internal_control", {"material_weakness": True, "significant_deficiency": True}, 1.0),
        # Due nine months after the year's end, so nobody can know that of 2023 in February 2024.
        ("going_concern", {"going_concern": True, "audit_year": 2023, "fiscal_year_end": pd.Timestamp(2023, 12, 31)}, None),
    ],
)  # fmt: skip
def test_signals_of_audits_by_hand(name: str, changes: dict[str, object], value: float | None) -> None:
    row = signal(name, audited(**changes))
    assert pd.isna(row["value"]) if value is None else row["value"] == value
    assert ("of 2021" in row["because"]) == ("audit_year" not in changes)


@pytest.mark.parametrize(
    ("finding", "value", "told"),
    [
        (None, 0.0, "no finding"),
        ({}, 0.5, "1 finding"),
        ({"repeat": True}, 1.0, "1 repeated"),
        ({"questioned_costs": True}, 1.0, "1 q"),
    ],
)
def test_findings_of_audits(finding: dict[str, object] | None, value: float, told: str) -> None:
    row = {
        "audit_id": "1-2021",
        "finding_id": "9",
        "reference": "2021-001",
        "source": "fac_audits",
        "file": "f",
        "place": "line 3",
    }
    found = empty_frame("audit_findings") if finding is None else framed("audit_findings", row | finding)
    said = signal("audit_findings", replace(audited(), findings=found))
    assert (said["value"], told in said["because"]) == (value, True)


@pytest.mark.parametrize(
    ("end", "first", "extended"),
    [
        (date(2015, 6, 30), date(2015, 11, 16), date(2016, 5, 16)),  # both 15ths are Sundays
        (date(2014, 12, 31), date(2015, 5, 15), date(2015, 11, 16)),
        (date(2021, 11, 30), date(2022, 4, 18), date(2022, 10, 17)),  # Emancipation Day is kept on Friday, 15 April
        (date(2017, 2, 28), date(2017, 7, 17), date(2018, 1, 16)),  # Martin Luther King Day
    ],
)
def test_due_dates(end: date, first: date, extended: date) -> None:
    assert due_dates(end) == (first, extended)


# The candidates' signals


@pytest.mark.parametrize(
    ("name", "row", "known", "value", "told"),
    [
        ("award_share", {"ask_usd": 25.0}, {"revenue_usd": 100.0}, 0.5, "$25 would be 25.0% of its revenue"),
        ("award_share", {"ask_usd": 25.0}, {"revenue_usd": 0.0}, None, "not known to be above zero"),
        ("award_share", {}, {"revenue_usd": 100.0}, None, "no sensible ask"),
        ("time_left", {"deadline": "2024-03-10", "start_by": "2024-01-10"}, {}, 0.5, "30 days are left of the 60"),
        ("time_left", {"deadline": "2024-02-01", "start_by": "2024-01-10"}, {}, 1.0, "0 days are left"),
        ("time_left", {"deadline": "2025-02-01", "start_by": "2024-12-10"}, {}, 0.0, "358 days are left"),
        ("time_left", {}, {}, None, "no deadline"),
        ("hours", {"effort_hours": 100.0, "deadline": "2024-03-11"}, {"hours_per_month": 100.0}, 0.5, "takes 100 of the 102"),
        ("hours", {"effort_hours": 100.0, "deadline": "2024-03-11"}, {}, None, "no staff hours are known"),
        ("hours", {"effort_hours": 100.0, "deadline": "2024-03-11"}, {"hours_per_month": 0.0}, 1.0, "of the 0 staff hours"),
        ("award_scale", {"ask_usd": 300.0}, {"largest_gift_usd": 100.0}, 0.5, "3.0 times the largest on record"),
        ("award_scale", {"ask_usd": 300.0}, {}, None, "no gift or award"),
        ("cost_sharing", {"cost_sharing": True}, {"cost_sharing_ok": False}, 1.0, "cannot"),
        ("cost_sharing", {"cost_sharing": True}, {}, None, "does not say whether it can"),
        ("cost_sharing", {"cost_sharing": False}, {}, 0.0, "no cost sharing"),
        ("single_audit", {"kind": "program", "ask_usd": 800_000.0}, {}, 1.0, "would bring a single audit about"),
        ("single_audit", {"kind": "program", "ask_usd": 1.0}, {}, None, "no other federal money"),
        ("single_audit", {}, {}, 0.0, "not federal"),
        ("funder_decline", {"money_by_year": {2019: 110.0, 2020: 100.0, 2021: 90.0}}, {}, 0.5, "falls by 10% a year, 2019 to 2021"),
        ("funder_decline", {"money_by_year": {2019: 90.0, 2020: 100.0, 2021: 110.0}}, {}, 0.0, "grows by 10%"),
        ("funder_decline", {"money_by_year": {2019: 90.0}}, {}, None, "1 year of its money is on record"),
        ("funder_swings", {"money_by_year": {2019: 50.0, 2020: 100.0, 2021: 150.0}}, {}, 0.5, "swings by 50%"),
        ("funder_swings", {}, {}, None, "0 years of its money"),
    ],
)  # fmt: skip
def test_signals_of_candidates_by_hand(
    name: str, row: dict[str, object], known: dict[str, object], value: float | None, told: str
) -> None:
    found = signal(name, replace(NOTHING, **known), row)  # type: ignore[arg-type]
    assert pd.isna(found["value"]) if value is None else found["value"] == pytest.approx(value, abs=0.02)
    assert told in found["because"]
    assert found["because"].startswith("unknown: ") == (value is None)


# The whole


def test_nothing_known_is_an_unknown_risk_and_no_middling_number() -> None:
    risks, told = assess(candidates({"kind": "program"}), NOTHING)
    row = risks.iloc[0]
    assert pd.isna(row["risk"])
    assert row[list(DIMENSIONS)].isna().all()
    assert row["coverage"] == 0
    assert row["strongest"] == []
    assert len(row["unknown"]) == len(told) == len(signals())


def test_weights_sum_to_one_and_every_dimension_has_signals() -> None:
    _, told = assess(candidates(), NOTHING)
    assert told["weight"].sum() == pytest.approx(1)
    for name, weight in Limits().weights.items():
        assert told.loc[told["dimension"] == name, "weight"].sum() == pytest.approx(weight)


def test_a_signal_without_data_lowers_the_coverage_and_not_the_risk() -> None:
    facts = audited(going_concern=True)
    more, _ = assess(candidates({"kind": "program"}), facts)
    only = replace(Limits(), weights={"financial": 1.0})
    financial, _ = assess(candidates({"kind": "program"}), facts, only)
    assert financial.iloc[0]["risk"] == 1.0
    assert financial.iloc[0]["coverage"] == pytest.approx(2 / 5)
    assert more.iloc[0]["coverage"] < financial.iloc[0]["coverage"]
    assert more.iloc[0]["strongest"][0] == "the single audit of 2021 doubts that it can go on (going concern)"


amounts = st.one_of(st.none(), st.floats(1, 1e7))
some = st.fixed_dictionaries({
    "kind": st.sampled_from(["foundation", "program", "opportunity"]), "ask_usd": amounts, "effort_hours": amounts,
    "cost_sharing": st.sampled_from([None, True, False]),
    "money_by_year": st.dictionaries(st.integers(2014, 2023), st.floats(1, 1e9), max_size=5),
})  # fmt: skip


@settings(max_examples=12)
@given(st.lists(some, min_size=2, max_size=5), amounts, st.booleans())
def test_in_range_whole_in_parts_and_alike_alone_and_among_others(
    rows: list[dict[str, object]], revenue: float | None, doubt: bool
) -> None:
    facts = replace(audited(going_concern=doubt), revenue_usd=revenue)
    frame = candidates(*rows)
    before = frame.copy(deep=True)
    risks, told = assess(frame, facts)
    pd.testing.assert_frame_equal(frame, before)
    assert risks["risk"].dropna().between(0, 1).all()
    assert risks["coverage"].between(0, 1).all()
    for place, row in risks.iterrows():
        parts = signals_of(told, row["candidate_id"])
        assert len(parts) == len(signals())
        assert parts["contribution"].sum() == pytest.approx(row["risk"])
        assert parts.loc[parts["value"].notna(), "weight"].sum() == pytest.approx(row["coverage"])
        alone, _ = assess(frame.loc[[place]], facts)
        pd.testing.assert_series_equal(alone.iloc[0], row, check_names=False)
    turned, _ = assess(frame.iloc[::-1], facts)
    pd.testing.assert_frame_equal(turned.sort_index(), risks)


def test_a_worse_signal_is_never_a_lower_risk() -> None:
    asks = [1_000.0 * 2**place for place in range(12)]
    facts = replace(NOTHING, revenue_usd=1e6, largest_gift_usd=50_000.0)
    risks, _ = assess(candidates(*({"ask_usd": ask} for ask in asks)), facts)
    assert risks["risk"].is_monotonic_increasing


def test_columns_that_lack_are_named_and_no_candidate_is_no_row() -> None:
    with pytest.raises(MissingColumns, match="money_by_year"):
        assess(candidates().drop(columns="money_by_year"), NOTHING)
    risks, told = assess(candidates().iloc[:0], NOTHING)
    assert risks.empty
    assert told["candidate_id"].isna().all()


def test_a_signal_must_have_a_dimension_and_a_name_of_its_own() -> None:
    with pytest.raises(BadParameter, match="luck"):
        of_applicant("luck")(lambda facts, limits: None)
    with pytest.raises(BadParameter, match="weight"):
        of_applicant("financial", weight=0)(lambda facts, limits: None)

    def deficits(facts: object, limits: object) -> None:
        """Has a name that is taken."""

    with pytest.raises(BadParameter, match="deficits"):
        of_applicant("financial")(deficits)
