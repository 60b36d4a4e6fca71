"""Ratios by year: real returns reckoned by hand from their lines, what is undefined, and what must not matter."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.columns import RESULTS, empty_frame
from catalynx.errors import MissingColumns
from catalynx.scoring.finance import RATIOS, gifts_by_year, ratios_by_year
from catalynx.scoring.form_lines import LINES, NUMBERS, returns_that_count
from catalynx.scoring.over_years import QUESTIONS, revenue_volatility, standings, theil_sen
from catalynx.sources import read_frames

SAMPLE = Path(__file__).parents[3] / "catalynx/sample"
DAY = date(2024, 2, 9)
PROPUBLICA, SAN_DIEGO, ASCENSION, ASU, RED_CROSS = "142007220", "201585919", "311662309", "866051042", "530196605"
SOUND = {
    "total_revenue_usd": 1_000.0, "contributions_usd": 400.0, "program_service_revenue_usd": 500.0, "investment_income_usd": 60.0,
    "other_revenue_usd": 40.0, "total_expenses_usd": 900.0, "program_expenses_usd": 700.0, "administration_expenses_usd": 150.0,
    "fundraising_expenses_usd": 50.0, "depreciation_usd": 60.0, "assets_usd": 5_000.0, "liabilities_usd": 1_200.0,
    "net_assets_usd": 3_800.0, "unrestricted_net_assets_usd": 3_000.0, "land_buildings_equipment_usd": 600.0,
    "secured_debt_usd": 300.0, "cash_usd": 80.0, "savings_usd": 60.0,
}  # fmt: skip


def construct(*years: dict[str, object]) -> pd.DataFrame:
    """Constructed returns: ``SOUND`` with what each says otherwise."""
    rows = [
        {**SOUND, "return_id": f"r{place}", "ein": "045678901", "form": "990", "tax_year": 2015 + place, "canonical": True,
         "period_end": pd.Timestamp(2015 + place, 12, 31), "source": "irs_efile", "file": "constructed.xml", "place": "/Return",
         **year}
        for place, year in enumerate(years or ({},))
    ]  # fmt: skip
    blank = empty_frame("filings")
    return pd.DataFrame(rows, columns=list(blank.columns)).astype(blank.dtypes.to_dict())


def of(filings: pd.DataFrame, ratio: str, as_of: date = DAY) -> pd.Series:
    found = ratios_by_year(filings, as_of=as_of)
    return found[found["ratio"] == ratio].iloc[-1]


@pytest.fixture(scope="module")
def real() -> pd.DataFrame:
    return read_frames(SAMPLE / "irs_990")["filings"]


# By hand, from the lines of the real returns

BY_HAND = [
    (PROPUBLICA, "program_share", 10_716_533 / 12_461_149, "IX 25B / IX 25A"),
    (PROPUBLICA, "administration_share", 1_279_495 / 12_461_149, "IX 25C / IX 25A"),
    (PROPUBLICA, "fundraising_share", 465_121 / 12_461_149, "IX 25D / IX 25A"),
    (PROPUBLICA, "fundraising_cost", 465_121 / 16_882_164, "IX 25D / VIII 1h"),
    (PROPUBLICA, "liabilities_to_assets", 285_437 / 11_552_064, "X 26 / X 16"),
    (PROPUBLICA, "operating_margin", (17_046_930 - 12_461_149) / 17_046_930, "(I 12 − IX 25A) / I 12"),
    # Line 23 is blank; 136,734 + 148,703 on lines 17 and 19 make up line 26, so no debt is secured.
    (PROPUBLICA, "reserve_months", (2_792_399 - 408_871) / (12_461_149 / 12), "X 23 is blank"),
    (PROPUBLICA, "months_of_cash", (1_733_727 + 3_408_243) / ((12_461_149 - 160_102) / 12), "(X 1 + X 2)"),
    (PROPUBLICA, "revenue_concentration",
     (16_882_164**2 + 60_000**2 + 3_919**2 + 100_847**2) / 17_046_930**2, "shares in I 12"),
    (RED_CROSS, "reserve_months", (49_676_214 - 962_131_010 + 7_943) / (2_886_003_368 / 12), "X 27 − X 10c + X 23"),
    (RED_CROSS, "fundraising_cost", 180_933_909 / 660_035_659, "IX 25D / VIII 1h"),
    (ASU, "reserve_months", (32_987_954 - 63_435_523 + 12_830_000) / (105_293_431 / 12), "X 27 − X 10c + X 23"),
    (ASCENSION, "operating_margin", (227_808_804 - 245_782_671) / 227_808_804, "(I 12 − IX 25A) / I 12"),
    (ASCENSION, "months_of_cash", 14_384_299 / ((245_782_671 - 24_049_496) / 12), "X 1 is blank"),
    (SAN_DIEGO, "liabilities_to_assets", 0.0, "X 26 / X 16"),
]  # fmt: skip


@pytest.mark.parametrize(("ein", "ratio", "by_hand", "lines"), BY_HAND)
def test_real_returns_by_hand(real: pd.DataFrame, ein: str, ratio: str, by_hand: float, lines: str) -> None:
    row = of(real[real["ein"] == ein], ratio)
    assert row["value"] == pytest.approx(by_hand, rel=1e-12)
    assert lines in row["lines"]
    assert pd.isna(row["reason"])
    assert row["file"].endswith(".xml.gz")
    assert row["place"] == "/Return"


def test_a_real_return_without_contributions_has_no_cost_of_raising_them(real: pd.DataFrame) -> None:
    row = of(real[real["ein"] == ASCENSION], "fundraising_cost")
    assert pd.isna(row["value"])
    assert row["reason"] == "contributions (the denominator) is zero"


def test_a_real_loss_on_investments_leaves_concentration_unknown(real: pd.DataFrame) -> None:
    row = of(real[real["ein"] == SAN_DIEGO], "revenue_concentration")  # line I 10 is −2,005
    assert pd.isna(row["value"])
    assert "negative" in row["reason"]


def test_a_real_990pf_is_not_asked_for_what_its_form_has_not(real: pd.DataFrame) -> None:
    found = ratios_by_year(real[real["form"] == "990PF"], as_of=DAY).set_index("ratio")
    assert found.loc["operating_margin", "value"] == pytest.approx((682_297_426 - 688_329_126) / 682_297_426)
    assert found.loc["program_share", "reason"] == "Form 990PF does not ask for program expenses"


# What is undefined


@pytest.mark.parametrize(
    ("changes", "ratio", "reason"),
    [
        ({"total_revenue_usd": 0.0}, "operating_margin", "total revenue (the denominator) is zero"),
        ({"total_revenue_usd": -50.0}, "operating_margin", "total revenue (the denominator) is negative, −$50"),
        ({"total_expenses_usd": 0.0}, "program_share", "total expenses (the denominator) is zero"),
        ({"assets_usd": 0.0}, "liabilities_to_assets", "assets (the denominator) is zero"),
        ({"total_expenses_usd": None}, "reserve_months", "line IX 25A (total expenses) is blank"),
        ({"secured_debt_usd": None}, "reserve_months", "line X 23 (secured debt) is blank"),
        ({"depreciation_usd": None}, "months_of_cash", "line IX 22A (depreciation) is blank"),
        ({"depreciation_usd": 900.0}, "months_of_cash", "total expenses less depreciation (the denominator) is zero"),
        ({"form": "990EZ", "cash_usd": None}, "months_of_cash", "Form 990EZ does not ask for cash"),
        ({"source": "irs_return_extract", "cash_usd": None}, "months_of_cash", "the extract of the return holds no cash"),
        ({"total_revenue_usd": 0.0}, "revenue_concentration", "total revenue (the denominator) is zero"),
    ],
)
def test_undefined_is_unknown_with_its_reason(changes: dict[str, object], ratio: str, reason: str) -> None:
    row = of(construct(changes), ratio)
    assert pd.isna(row["value"])
    assert row["reason"].startswith(reason)


def test_a_blank_line_is_nothing_only_where_the_sum_proves_it() -> None:
    proven = of(construct({"secured_debt_usd": None, "liability_lines_add_up": True}), "reserve_months")
    assert proven["value"] == pytest.approx((3_000 - 600) / (900 / 12))
    open_ = of(construct({"secured_debt_usd": None, "liability_lines_add_up": False}), "reserve_months")
    assert pd.isna(open_["value"])
    assert of(construct({"fundraising_expenses_usd": None, "program_expenses_usd": 750.0}), "fundraising_share")["value"] == 0
    assert pd.isna(of(construct({"fundraising_expenses_usd": None}), "fundraising_share")["value"])


def test_assets_of_an_extract_are_its_liabilities_and_net_assets() -> None:
    row = of(construct({"assets_usd": None}), "liabilities_to_assets")
    assert row["value"] == pytest.approx(1_200 / 5_000)
    assert "I 21 + I 22" in row["lines"]


def test_no_return_gives_no_row_and_no_frame_without_columns_is_taken() -> None:
    nothing = ratios_by_year(empty_frame("filings"), as_of=DAY)
    assert nothing.empty
    assert list(nothing.columns) == RESULTS["finances"].names
    assert revenue_volatility(empty_frame("filings"), as_of=DAY).empty
    assert standings(nothing).empty
    with pytest.raises(MissingColumns, match="filings lacks the columns"):
        ratios_by_year(pd.DataFrame({"ein": ["045678901"]}), as_of=DAY)


# Which returns count


def test_only_what_was_there_on_the_day_counts() -> None:
    filings = construct({"filed_at": "2016-11-02T10:00:00-05:00"}, {"filed_at": None}, {"period_end": pd.NaT})
    assert list(returns_that_count(filings, date(2016, 11, 1))["tax_year"]) == []
    assert list(returns_that_count(filings, date(2016, 11, 2))["tax_year"]) == [2015]
    assert list(returns_that_count(filings, date(2018, 12, 30))["tax_year"]) == [2015, 2016]
    assert list(returns_that_count(filings, date(2018, 12, 31))["tax_year"]) == [2015, 2016, 2017]


def test_a_whole_return_goes_before_an_extract_and_superseded_ones_do_not_count() -> None:
    filings = construct(
        {"tax_year": 2016, "period_end": pd.NaT, "source": "irs_return_extract", "total_revenue_usd": 5.0},
        {"tax_year": 2016},
        {"tax_year": 2017, "canonical": False},
        {"tax_year": 2018, "form": "990T"},
    )
    assert list(returns_that_count(filings, DAY)["return_id"]) == ["r1"]


# Over the years


def test_theil_sen_is_the_median_slope_and_needs_three_years() -> None:
    assert theil_sen([2015, 2016, 2017], [1.0, 2.0, 9.0]) == 4.0  # slopes 1, 7, 4
    assert theil_sen([2015, 2016, 2017, 2018, 2019], [1.0, 2.0, 3.0, 4.0, 100.0]) == pytest.approx(1.0, abs=0.5)
    assert theil_sen([2015, 2016], [1.0, 2.0]) is None
    assert theil_sen([2015, 2015, 2016], [1.0, 2.0, 3.0]) is None
    assert theil_sen([2015, 2016, 2017], [1.0, float("nan"), 3.0]) is None
    assert theil_sen([], []) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=9), st.floats(-100, 100))
def test_a_straight_line_added_moves_the_slope_by_as_much(values: list[float], slope: float) -> None:
    years = [2000.0 + place for place in range(len(values))]
    tilted = [value + slope * year for value, year in zip(values, years, strict=True)]
    before, after = theil_sen(years, values), theil_sen(years, tilted)
    assert before is not None
    assert after is not None
    assert after - before == pytest.approx(slope, abs=1e-6 * (1 + max(map(abs, values))))


def test_volatility_by_hand_and_its_limits() -> None:
    filings = construct({"total_revenue_usd": 100.0}, {"total_revenue_usd": 200.0}, {"total_revenue_usd": 300.0})
    row = revenue_volatility(filings, as_of=DAY).iloc[0]
    assert row["value"] == pytest.approx(100 / 200)  # deviations −100, 0, 100: σ = √(20,000 / 2)
    assert "2015, 2016, 2017" in row["lines"]
    one = revenue_volatility(construct(), as_of=DAY).iloc[0]
    assert (pd.isna(one["value"]), one["reason"]) == (True, "one year with a revenue is on file, and two are needed")
    none = revenue_volatility(construct({"total_revenue_usd": None}), as_of=DAY).iloc[0]
    assert none["reason"].startswith("no year")
    losses = revenue_volatility(construct({"total_revenue_usd": -1.0}, {"total_revenue_usd": 1.0}), as_of=DAY).iloc[0]
    assert (pd.isna(losses["value"]), "not above zero" in losses["reason"]) == (True, True)


def test_standings_take_the_latest_year_even_when_it_is_unknown() -> None:
    filings = construct({}, {"total_revenue_usd": 1_100.0}, {"total_revenue_usd": 1_200.0}, {"total_revenue_usd": 0.0})
    row = standings(ratios_by_year(filings, as_of=DAY)).set_index("ratio").loc["operating_margin"]
    assert row["tax_year"] == 2018
    assert pd.isna(row["value"])
    assert row["years"] == 3
    assert row["trend_per_year"] == pytest.approx((1 - 900 / 1_200 - 0.1) / 2)
    assert row["better"] == "higher"


def test_every_ratio_has_a_question() -> None:
    assert set(RATIOS) < set(QUESTIONS)


# Gifts on record


def test_gifts_by_year_by_hand() -> None:
    gifts = pd.DataFrame(
        {"year": [2015, 2015, 2015, 2016, 2030, None], "funder_name": ["A", "A", "B", "A", "A", "A"],
         "amount_usd": [100.0, 200.0, 100.0, 50.0, 9.0, 9.0]}
    )  # fmt: skip
    found = gifts_by_year(gifts, construct(), as_of=DAY).set_index(["ratio", "tax_year"])
    assert found.loc[("funder_concentration", 2015), "value"] == pytest.approx(0.75**2 + 0.25**2)
    assert found.loc[("largest_funder_share", 2015), "value"] == pytest.approx(300 / 1_000)
    assert found.loc[("largest_funder_share", 2015), "return_id"] == "r0"
    assert "one funder alone" in found.loc[("funder_concentration", 2016), "reason"]
    assert "no return of tax year 2016" in found.loc[("largest_funder_share", 2016), "reason"]
    assert set(found.index.get_level_values("tax_year")) == {2015, 2016}
    assert len(found) == 4


def test_gifts_of_zero_or_less_say_nothing() -> None:
    gifts = pd.DataFrame({"year": [2015, 2015], "funder_name": ["A", "B"], "amount_usd": [0.0, -5.0]})
    assert gifts_by_year(gifts, construct(), as_of=DAY).empty
    assert gifts_by_year(empty_frame("giving"), empty_frame("filings"), as_of=DAY).empty


# What must not matter


money = st.one_of(st.none(), st.floats(-1e9, 1e9))
constructed_years = st.lists(st.fixed_dictionaries(dict.fromkeys(NUMBERS, money)), min_size=1, max_size=4)


@settings(max_examples=12)
@given(constructed_years, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_and_nothing_is_changed(years: list[dict[str, object]], random: object) -> None:
    filings = construct(*years)
    before = filings.copy(deep=True)
    shuffled = filings.iloc[random.sample(range(len(filings)), len(filings))]  # type: ignore[attr-defined]
    first, second = ratios_by_year(filings, as_of=DAY), ratios_by_year(shuffled, as_of=DAY)
    pd.testing.assert_frame_equal(first, second)
    pd.testing.assert_frame_equal(filings, before)
    assert (first["value"].isna() == first["reason"].notna()).all()
    assert np.isfinite(first["value"].dropna()).all()


@settings(max_examples=10)
@given(st.floats(1, 1e9), st.floats(0, 1e9), st.floats(1, 1e6))
def test_more_debt_is_never_sounder(assets: float, liabilities: float, more: float) -> None:
    less = of(construct({"assets_usd": assets, "liabilities_usd": liabilities}), "liabilities_to_assets")["value"]
    assert of(construct({"assets_usd": assets, "liabilities_usd": liabilities + more}), "liabilities_to_assets")["value"] >= less


def test_every_form_has_lines_of_columns_only() -> None:
    for form, lines in LINES.items():
        assert set(lines) <= set(NUMBERS), form
