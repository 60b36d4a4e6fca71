"""Each criterion: unknown where data are missing, its curve at known points, sentences with the figures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from catalynx.rules import Applicant, Rules
from catalynx.scoring import criteria

construct: Callable[..., pd.DataFrame]
RULES = Rules(as_of=date(2024, 2, 9))
MUSEUM = Applicant(
    ein="030179436", text="A museum of American art that exhibits quilts and paintings to children", ntee_majors=("A",),
    ntee_codes=("A50",), states=("VT",), is_501c3=True, annual_revenue_usd=2_000_000, ask_min_usd=10_000, ask_max_usd=50_000,
)  # fmt: skip
LETTER_ONLY = dataclasses.replace(MUSEUM, ntee_codes=("A",))


@pytest.fixture(scope="session", autouse=True)
def _constructing(constructed_candidates: Callable[..., pd.DataFrame]) -> None:
    global construct
    construct = constructed_candidates


def judge(name: str, *rows: dict[str, object], applicant: Applicant = MUSEUM, rules: Rules = RULES) -> pd.DataFrame:
    return criteria()[name].judge(construct(*rows), applicant, rules)


def one(criterion: str, applicant: Applicant = MUSEUM, **row: object) -> tuple[float, str]:
    judged = judge(criterion, row, applicant=applicant).iloc[0]
    return judged["value"], judged["because"]


@pytest.mark.parametrize("name", list(criteria()))
def test_nothing_on_record_is_unknown_and_says_so(name: str) -> None:
    value, because = one(name)
    assert pd.isna(value)
    assert because.startswith("unknown: ")


def test_geography_is_a_share_where_places_are_known() -> None:
    value, because = one("geography", placed_count=100, here_count=10, states_reached=2, grants_count=110)
    assert value == pytest.approx(0.5)
    assert because == "10 of the 100 grants whose place is known went to VT, over 2 states in all"


def test_geography_is_a_least_number_where_places_are_not_published() -> None:
    value, because = one("geography", placed_count=100, here_count=100, grants_count=1000)
    assert value == pytest.approx(0.5)
    assert because == "at least 100 of 1,000 grants came to VT; the place of most is not published"
    few, because = one("geography", placed_count=1463, here_count=9, grants_count=10_971)
    assert pd.isna(few), "nine grants of eleven thousand speak neither for nor against"
    assert because == "unknown: at least 9 of 10,971 grants came to VT; the place of most is not published"


def test_geography_none_known_here_is_unknown_not_zero() -> None:
    assert pd.isna(one("geography", placed_count=5, here_count=0, grants_count=1000)[0])
    assert pd.isna(one("geography", placed_count=5, here_count=0, grants_count=5)[0])
    assert one("geography", placed_count=500, here_count=0, grants_count=500)[0] == 0


def test_geography_of_an_announcement_is_the_state_in_its_title() -> None:
    title = "Missouri Conservation Partnership, Outreach, and Education"
    assert one("geography", kind="opportunity", name=title) == (0, "its title names Missouri")
    assert one("geography", dataclasses.replace(MUSEUM, states=("MO",)), kind="opportunity", name=title)[0] == 1


def test_field_needs_enough_known_grants() -> None:
    assert pd.isna(one("field", field_known_count=9, field_major_count=9, grants_count=9)[0])
    assert pd.isna(one("field", field_known_count=50, field_major_count=50, grants_count=1000)[0])
    assert pd.isna(one("field", field_known_count=100, field_major_count=15, grants_count=201)[0])
    value, because = one("field", LETTER_ONLY, field_known_count=100, field_major_count=15, grants_count=200)
    assert value == pytest.approx(0.5)
    assert because == "15 of the 100 grants whose field is known (50% of all) went to Arts, Culture & Humanities (A)"


def test_field_counts_nearer_codes_for_more() -> None:
    known = {"field_known_count": 100, "grants_count": 100, "field_major_count": 20}
    judged = judge(
        "field", {**known, "field_decile_count": 20, "field_code_count": 20}, {**known, "field_decile_count": 20}, known,
        {**known, "field_major_count": 0, "field_related": 20.0, "field_related_to": "B"}, {**known, "field_major_count": 0},
    )  # fmt: skip
    assert judged["value"].tolist() == pytest.approx([20 / 30, 0.9 * 20 / 30, 0.75 * 20 / 30, 0.75 * 20 / 30, 0])
    assert judged["because"][0].endswith("(A): 20 to your own code")
    assert judged["because"][3].endswith("funded together with it, mainly Education (B)")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(5_000, 20_000, 1.0), (20_000, 90_000, 1.0), (100, 1_000, 0.0), (500_000, 900_000, 0.0), (100_000, 200_000, 0.699)],
)
def test_size_is_one_within_and_falls_to_zero_at_ten_times(low: float, high: float, expected: float) -> None:
    value, because = one("size", grants_count=50, grant_p25_usd=low, grant_p75_usd=high)
    assert value == pytest.approx(expected, abs=1e-3)
    assert f"${low:,.0f} to ${high:,.0f}" in because


def test_size_of_a_distribution_falls_to_half_at_its_largest_tenth() -> None:
    sizes = {"grants_count": 50, "grant_p10_usd": 100, "grant_p25_usd": 500, "grant_p75_usd": 2_000}
    judged = judge(
        "size", {**sizes, "grant_p90_usd": 10_000}, {**sizes, "grant_p90_usd": 2_000}, {**sizes, "grant_p90_usd": 8_000}
    )
    assert judged["value"][0] == pytest.approx(0.5)
    assert judged["value"][1] < judged["value"][2] < judged["value"][0]
    assert judged["because"][2].endswith("less than the $10,000 you would ask for (more than nine tenths of them)")


def test_size_of_offers_and_few_grants() -> None:
    assert one("size", floor_usd=1_000, ceiling_usd=40_000)[0] == 1
    assert one("size", ceiling_usd=500)[0] == 0
    assert pd.isna(one("size", grants_count=2, grant_p25_usd=10_000, grant_p75_usd=20_000)[0])
    assert pd.isna(one("size", Applicant(), grants_count=50, grant_p25_usd=1, grant_p75_usd=2)[0])


def test_an_award_that_is_most_of_our_revenue_counts_less() -> None:
    offer = {"floor_usd": 20_000, "ceiling_usd": 60_000}
    small = dataclasses.replace(MUSEUM, annual_revenue_usd=32_000)
    value, because = one("size", small, **offer)
    assert value == pytest.approx(0.5), "20,000 of 32,000 is 62.5 %, half way from 25 to 100"
    assert because.endswith("; such an award is 62 % of your revenue")
    assert one("size", dataclasses.replace(MUSEUM, annual_revenue_usd=0.0), **offer)[0] == 1, "no share of nothing"


def test_scale_is_the_revenue_of_recipients() -> None:
    peers = {"peers_known_count": 30, "grants_count": 40, "peers_p25_usd": 1e6, "peers_p75_usd": 4e6}
    assert one("scale", **peers)[0] == 1
    larger = dataclasses.replace(MUSEUM, annual_revenue_usd=120e6)
    assert one("scale", larger, **peers)[0] == pytest.approx(0)
    assert pd.isna(one("scale", dataclasses.replace(MUSEUM, annual_revenue_usd=0.0), **peers)[0])
    assert pd.isna(one("scale", **{**peers, "grants_count": 100})[0])


def test_capacity_takes_the_return_before_gifts_and_assets() -> None:
    due = {"distributable_usd": 200_000, "shortfall_usd": 100_000, "qualifying_usd": 100_000}
    judged = judge(
        "capacity", due, {**due, "assets_change": 0.5}, {"yearly_usd": 300_000, "assets_usd": 1e9}, {"assets_usd": 6e6}, {"yearly_usd": 10_000},
        {"kind": "program", "obligated_usd": 5e6}, {"kind": "opportunity", "total_funding_usd": 10_000},
    )  # fmt: skip
    assert judged["value"].tolist() == pytest.approx([1, 0.796, 1, 1, 0, 1, 0], abs=1e-3)
    assert judged["because"][0] == "it had to pay out $200,000 and paid $100,000 of that: $100,000 are still to be paid"
    assert judged["because"][1].endswith("; its assets changed by -50 % in a year")
    assert judged["because"][3] == "its assets are $6,000,000, of which it must pay out about $300,000 a year"


def test_trend_is_half_without_change_and_unknown_with_few_years() -> None:
    judged = judge(
        "trend", {"giving_change": 1.0}, {"giving_change": 2.0}, {"giving_change": 0.4}, {"kind": "program", "giving_change": 1.2}
    )
    assert judged["value"].tolist() == pytest.approx([0.5, 1, 0, 0.6315], abs=1e-3)
    assert judged["because"][3] == "its obligations from the first to the latest year on file grew by 20 %"


def test_recency_falls_with_years_and_regularity() -> None:
    fresh = {"first_year": 2014, "last_year": 2023, "active_years": 10}
    judged = judge(
        "recency", fresh, {**fresh, "last_year": 2018, "active_years": 5}, {**fresh, "active_years": 5},
        {"first_year": 1990, "last_year": 2012, "active_years": 23},
    )  # fmt: skip
    assert judged["value"].tolist() == pytest.approx([1.0, 0.5, 0.5, 0.0])
    assert judged["because"][1] == "the latest grant on record is of 2018 (6 years ago); it gave in 5 of the 5 years on record"
    dated = one("recency", **fresh, season_counts='{"6":8,"12":6,"3":1,"9":1}')[1]
    assert dated.endswith("; most of its dated grants are of March, June and December")


def test_recency_of_a_program_counts_obligations() -> None:
    value, because = one("recency", kind="program", last_money_year=2024)
    assert value == 1
    assert because == "the latest obligations on record are of fiscal year 2024 (this year)"


def test_newcomers_are_welcome_or_not() -> None:
    judged = judge(
        "newcomers", {"first_time_pct": 25}, {"first_time_pct": 80}, {"preselected_only": True, "first_time_pct": 80},
        {"first_time_pct": 5, "to_us_count": 3, "to_us_last_year": 2019},
    )  # fmt: skip
    assert judged["value"].tolist() == [0.5, 1, 0, 1]
    assert judged["because"][3] == "you are no newcomer: 3 grants to you on record, the latest of 2019"


def test_retention_spread_and_openness() -> None:
    assert one("retention", retained_pct=35.0) == (0.5, "35 % of a year's recipients were funded again the year after")
    judged = judge(
        "spread", {"recipient_hhi": 1.0}, {"recipient_hhi": 0.02, "recent_recipients": 90}, {"recipient_hhi": 50**-0.5}
    )
    assert judged["value"].tolist() == pytest.approx([0, 1, 0.5])
    assert judged["because"][1].endswith("is spread as if over 50 equal recipients among 90")
    assert one("openness", preselected_only=True)[0] == 0
    assert one("openness", application_deadlines="MARCH 1") == (1, "its return says how to apply (when: MARCH 1)")


def test_population_compares_whom_it_is_for() -> None:
    judged = judge(
        "population", *({"kind": "program", "beneficiary_types": types} for types in (
            ["Child (6-15)", "State"], ["Veteran/Service person/Reservist (including dependents"], ["State", "Local"], ["Anyone/general public"],
            ["Private nonprofit institution/organization"],
        )),
    )  # fmt: skip
    assert judged["value"].fillna(-1).tolist() == [1, 0, -1, 1, 1]
    assert judged["because"][1] == "it is meant for veterans, whom the mission does not name"
    assert pd.isna(one("population", Applicant(text="A theatre"), kind="program", beneficiary_types=["Women"])[0])


def test_time_runs_out() -> None:
    days = {"2024-02-20": 0.0, "2024-04-01": 0.5, "2024-09-01": 1.0}
    judged = judge("time", *({"kind": "opportunity", "deadline": day} for day in days))
    assert judged["value"].tolist() == pytest.approx(list(days.values()))


def test_time_of_a_program_is_the_month_in_which_it_usually_closes() -> None:
    value, because = one("time", kind="program", season_counts='{"3":4,"8":1}')
    assert value == pytest.approx((35 - 14) / 76)
    assert because == "most of its earlier announcements closed in March, next in about 35 days"
    assert "in about 341 days" in one("time", kind="program", season_counts='{"1":1}')[1]


def test_mission_rises_with_the_match_and_one_word_is_little() -> None:
    judged = judge(
        "mission", {"mission_match": 0.32, "mission_words_count": 5, "mission_words": "art, museum"},
        {"mission_match": 0.0, "mission_words_count": 0}, {"mission_match": 2.0, "mission_words_count": 1},
    )  # fmt: skip
    assert judged["value"].tolist() == pytest.approx([0.5, 0, 0.25])
    assert judged["because"][:2].tolist() == [
        "its purposes match the mission partly (shared words: art, museum)", "shares no telling word with the mission",
    ]  # fmt: skip


def test_points_of_a_curve_are_rules() -> None:
    halved = dataclasses.replace(RULES, limits={"geography.full_at_pct": 40.0})
    row = {"placed_count": 100, "here_count": 10, "grants_count": 100}
    assert judge("geography", row, rules=halved)["value"][0] == pytest.approx(0.25)
    assert halved.plain()["limits"]["geography.full_at_pct"] == 40  # type: ignore[index]


def test_one_is_written_as_one() -> None:
    assert one("recency", first_year=2023, last_year=2023, active_years=1)[1].endswith(
        "(1 year ago); only that year is on record"
    )
    assert one("time", kind="opportunity", deadline="2024-02-10")[1] == "1 day is left"
    assert one("time", kind="opportunity", deadline="2027-05-07")[1] == "1,183 days are left"
    assert (
        one("geography", grants_count=1, placed_count=1, here_count=0)[1]
        == "unknown: no more than 1 grant on record, none of it to VT"
    )
    unknown = "unknown: of 1 grant on record the recipient's field is known for 0 only"
    assert one("field", grants_count=1, field_known_count=0)[1] == unknown
