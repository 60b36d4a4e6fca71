"""Each criterion: in range, unknown where data are missing, monotone where its definition says so, sentences with the figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.rules import Applicant, Rules
from catalynx.scoring import criteria

construct: Callable[..., pd.DataFrame]
RULES = Rules(as_of=date(2024, 2, 9))
MUSEUM = Applicant(
    ein="030179436", text="A museum of American art that exhibits quilts and paintings", ntee_majors=("A",), states=("VT",),
    is_501c3=True, ask_min_usd=10_000, ask_max_usd=50_000,
)  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def _constructing(constructed_candidates: Callable[..., pd.DataFrame]) -> None:
    global construct
    construct = constructed_candidates


def judge(name: str, *rows: dict[str, object], applicant: Applicant = MUSEUM) -> pd.DataFrame:
    return criteria()[name].judge(construct(*rows), applicant, RULES)


def one(name: str, applicant: Applicant = MUSEUM, **row: object) -> tuple[float, str]:
    judged = judge(name, row, applicant=applicant).iloc[0]
    return judged["value"], judged["because"]


@pytest.mark.parametrize("name", list(criteria()))
def test_nothing_on_record_is_unknown_and_says_so(name: str) -> None:
    value, because = one(name)
    assert pd.isna(value)
    assert because.startswith("unknown: ")


def test_geography_is_a_share_where_places_are_known() -> None:
    value, because = one("geography", state_counts=json.dumps({"VT": 10, "NY": 90}), grants_count=110)
    assert value == pytest.approx(0.5)
    assert because == "10 of the 100 grants whose place is known went to VT"


def test_geography_is_a_least_number_where_places_are_not_published() -> None:
    value, because = one("geography", state_counts=json.dumps({"VT": 100}), grants_count=1000)
    assert value == pytest.approx(0.5)
    assert because == "at least 100 of 1,000 grants came to VT; the place of most is not published"
    few, because = one("geography", state_counts=json.dumps({"VT": 9, "DC": 1454}), grants_count=10_971)
    assert pd.isna(few), "nine grants of eleven thousand speak neither for nor against"
    assert because == "unknown: at least 9 of 10,971 grants came to VT; the place of most is not published"


def test_geography_none_known_here_is_unknown_not_zero() -> None:
    assert pd.isna(one("geography", state_counts=json.dumps({"DC": 5}), grants_count=1000)[0])
    assert pd.isna(one("geography", state_counts=json.dumps({"DC": 5}), grants_count=5)[0])
    assert one("geography", state_counts=json.dumps({"DC": 500}), grants_count=500)[0] == 0


@given(st.integers(0, 10), st.integers(0, 10))
def test_geography_rises_with_grants_here(fewer: int, more: int) -> None:
    counts = [json.dumps({"VT": here, "NY": 40 - here}) for here in sorted((fewer, more))]
    values = judge("geography", *({"state_counts": text, "grants_count": 40} for text in counts))["value"]
    assert values[0] <= values[1]


def test_field_needs_enough_known_grants() -> None:
    assert pd.isna(one("field", field_counts=json.dumps({"A": 9}), grants_count=9)[0])
    assert pd.isna(one("field", field_counts=json.dumps({"A": 50}), grants_count=1000)[0])
    assert pd.isna(one("field", field_counts=json.dumps({"A": 15, "B": 85}), grants_count=201)[0])
    value, because = one("field", field_counts=json.dumps({"A": 15, "B": 85}), grants_count=200)
    assert value == pytest.approx(0.5)
    assert because == "15 of the 100 grants whose field is known (50% of all) went to Arts, Culture & Humanities (A)"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(5_000, 20_000, 1.0), (20_000, 90_000, 1.0), (100, 1_000, 0.0), (500_000, 900_000, 0.0), (100_000, 200_000, 0.699)],
)
def test_size_is_one_within_and_falls_to_zero_at_ten_times(low: float, high: float, expected: float) -> None:
    value, because = one("size", grants_count=50, grant_p25_usd=low, grant_p75_usd=high)
    assert value == pytest.approx(expected, abs=1e-3)
    assert f"${low:,.0f} to ${high:,.0f}" in because


def test_size_of_offers_and_few_grants() -> None:
    assert one("size", floor_usd=1_000, ceiling_usd=40_000)[0] == 1
    assert one("size", ceiling_usd=500)[0] == 0
    assert pd.isna(one("size", grants_count=2, grant_p25_usd=10_000, grant_p75_usd=20_000)[0])
    assert pd.isna(one("size", Applicant(), grants_count=50, grant_p25_usd=1, grant_p75_usd=2)[0])


def test_recency_falls_with_years_and_regularity() -> None:
    fresh = {"first_year": 2014, "last_year": 2023, "active_years": 10}
    judged = judge(
        "recency", fresh, {**fresh, "last_year": 2018, "active_years": 5}, {**fresh, "active_years": 5},
        {"first_year": 1990, "last_year": 2012, "active_years": 23},
    )  # fmt: skip
    assert judged["value"].tolist() == pytest.approx([1.0, 0.5, 0.5, 0.0])
    assert judged["because"][1] == "the latest grant on record is of 2018 (6 years ago); it gave in 5 of the 5 years on record"


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


def test_time_runs_out() -> None:
    days = {"2024-02-20": 0.0, "2024-04-01": 0.5, "2024-09-01": 1.0}
    judged = judge("time", *({"kind": "opportunity", "deadline": day} for day in days))
    assert judged["value"].tolist() == pytest.approx(list(days.values()))


def test_mission_prefers_like_words_and_one_word_is_little() -> None:
    judged = judge(
        "mission",
        {"purpose_text": "Exhibitions of American paintings at the museum of art. Quilts."},
        {"purpose_text": "Research on marine turtles and ocean currents"},
        {"purpose_text": "Long-acting drug delivery for ART optimization"},
        {"purpose_text": "To buy paintings"},
    )
    values = judged["value"]
    assert values[0] > 0.8
    assert values[1] == 0
    assert judged["because"][1] == "shares no telling word with the mission"
    assert values[2] == 0, "ART in capitals is an abbreviation"
    assert values[3] <= 0.25


def test_mission_does_not_depend_on_the_order_of_rows() -> None:
    texts = [
        {"purpose_text": text} for text in ("art museum", "museum of quilts and art", "turtles and art", "paintings exhibited")
    ]
    forwards, backwards = judge("mission", *texts)["value"], judge("mission", *texts[::-1])["value"]
    assert forwards.tolist() == pytest.approx(backwards.tolist()[::-1])


ROW = st.fixed_dictionaries({
    "grants_count": st.integers(0, 10**6), "grant_p25_usd": st.floats(0.01, 1e9), "grant_p75_usd": st.floats(0.01, 1e9),
    "first_time_pct": st.floats(0, 100), "first_year": st.integers(1900, 2024), "last_year": st.integers(1900, 2024),
    "active_years": st.integers(1, 124), "purpose_text": st.text(max_size=40), "floor_usd": st.none() | st.floats(0, 1e9),
    "ceiling_usd": st.none() | st.floats(0, 1e9), "to_us_count": st.integers(0, 5),
})  # fmt: skip


@given(st.lists(ROW, min_size=1, max_size=4))
def test_every_value_lies_between_0_and_1(rows: list[dict[str, object]]) -> None:
    for name in criteria():
        values = judge(name, *rows)["value"].dropna()
        assert values.between(0, 1).all(), name


def test_one_is_written_as_one() -> None:
    assert one("recency", first_year=2023, last_year=2023, active_years=1)[1].endswith(
        "(1 year ago); only that year is on record"
    )
    assert one("time", kind="opportunity", deadline="2024-02-10")[1] == "1 day is left"
    assert one("time", kind="opportunity", deadline="2027-05-07")[1] == "1,183 days are left"
    assert (
        one("newcomers", to_us_count=1, to_us_last_year=2012)[1]
        == "you are no newcomer: 1 grant to you on record, the latest of 2012"
    )
    assert (
        one("geography", grants_count=1, state_counts='{"NY": 1}')[1]
        == "unknown: no more than 1 grant on record, none of it to VT"
    )
    assert (
        one("field", grants_count=1, field_counts="{}")[1]
        == "unknown: of 1 grant on record the recipient's field is known for 0 only"
    )
