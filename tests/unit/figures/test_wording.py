"""How figures are written for people."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.errors import BadParameter
from catalynx.figures import choosing, wording
from catalynx.figures.drawing import shortened

MISSING = [None, float("nan"), pd.NA, pd.NaT]
TODAY = date(2027, 2, 26)


@pytest.mark.parametrize("value", MISSING, ids=repr)
@pytest.mark.parametrize(
    "write", [wording.money, wording.money_short, wording.hours, wording.share, wording.score, wording.day, wording.day_short, wording.ein, wording.name]
)  # fmt: skip
def test_missing_is_unknown_never_zero(write, value) -> None:
    assert write(value) == "unknown"


@pytest.mark.parametrize(
    ("usd", "full", "short"),
    [
        (1_204_500, "$1,204,500", "$1.2 M"), (0, "$0", "$0"), (900, "$900", "$900"), (999.6, "$1,000", "$1 k"), (45_000, "$45,000", "$45 k"),
        (999_960, "$999,960", "$1 M"), (-1_500, "−$1,500", "−$1.5 k"), (2.5e9, "$2,500,000,000", "$2.5 B"), (362_500, "$362,500", "$362 k"),
    ],
)  # fmt: skip
def test_money(usd: float, full: str, short: str) -> None:
    assert (wording.money(usd), wording.money_short(usd)) == (full, short)


@given(st.floats(min_value=0, max_value=1e11))
def test_short_money_is_never_far_off(usd: float) -> None:
    sign, number, unit = wording.money_short(usd)[0], *[*wording.money_short(usd)[1:].split(" "), ""][:2]
    value = float(number.replace(",", "")) * {"": 1, "k": 1e3, "M": 1e6, "B": 1e9}[unit]
    assert sign == "$"
    assert value == pytest.approx(usd, rel=0.06, abs=0.51)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (date(2027, 3, 14), "14 Mar 2027 (in 16 days)"), (datetime(2027, 2, 26, 9), "26 Feb 2027 (today)"),
        (pd.Timestamp("2027-02-27"), "27 Feb 2027 (tomorrow)"), (date(2027, 2, 25), "25 Feb 2027 (yesterday)"),
        (date(2024, 2, 26), "26 Feb 2024 (1,096 days ago)"), (None, "unknown"),
    ],
)  # fmt: skip
def test_days(value, said: str) -> None:
    assert wording.day_from(value, TODAY) == said


@pytest.mark.parametrize(
    ("filed", "written"),
    [
        ("JANE'S TRUST OF VERMONT", "Jane's Trust of Vermont"), ("THE MUSEUM IN THE WOODS", "The Museum in the Woods"),
        ("YMCA OF BURLINGTON VT", "YMCA of Burlington VT"), ("A.B. SMITH FUND", "A.B. Smith Fund"), ("O'NEIL-BYRNE FUND", "O'Neil-Byrne Fund"),
        ("deCordova Museum", "deCordova Museum"), ("60-1234", "60-1234"), ("", ""),
    ],
)  # fmt: skip
def test_names_filed_in_capitals_are_written_for_people(filed: str, written: str) -> None:
    assert wording.name(filed) == written


def test_other_words() -> None:
    assert wording.ein("030179436") == "03-0179436"
    assert wording.ein("3017943") == "3017943"
    assert wording.share(0.847) == "85 %"
    assert wording.hours(1_234.4) == "1,234 h"
    assert wording.hours_between(60, 120) == "60–120 h"
    assert wording.hours_between(60.2, 60.4) == "60 h"
    assert wording.hours_between(None, 120, 80) == "80 h"


@given(st.text(max_size=80), st.integers(min_value=8, max_value=40))
def test_a_shortened_name_fits_and_says_that_it_was_cut(name: str, length: int) -> None:
    short = shortened(name, length)
    assert len(short) <= length
    assert short == name or short.endswith("…")


def constructed_decisions() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "rank": [1, 2, 3, 4],
            "kind": ["foundation", "program", "program", "opportunity"],
            "name": ["Constructed B (fund)", "constructed a", "Constructed C", "Constructed D"],
            "funder_name": ["Maple", None, "Lake", "Lake"],
            "recommendation": ["pursue now", "prepare", "prepare", "monitor"],
            "score": [0.9, 0.7, 0.65, None],
            "coverage": [1.0, 0.5, 0.7, 0.0],
            "ask_usd": [10.0, None, 30.0, 20.0],
            "deadline": pd.to_datetime(["2027-05-01", None, "2027-03-14", "2027-04-01"]),
            "effort_hours": [9.0, 5.0, None, 7.0],
            "reasons_for": [["many museums"], [], ["few rivals"], ["x"]],
            "reasons_against": [[], ["museums excluded"], [], []],
        }
    )


@pytest.mark.parametrize(
    ("asked", "ranks"),
    [
        ({}, [1, 2, 3, 4]), ({"kind": "program"}, [2, 3]), ({"recommendation": "prepare", "kind": "foundation"}, []),
        ({"minimum_score": 0.65}, [1, 2, 3]), ({"minimum_score": 0.66}, [1, 2]), ({"text": "MUSEUMS"}, [1, 2]), ({"text": "lake constructed"}, [3, 4]),
        ({"text": "(fund)"}, [1]), ({"text": "[("}, []), ({"sort": "name"}, [2, 1, 3, 4]), ({"sort": "score"}, [1, 2, 3, 4]),
        ({"sort": "ask"}, [3, 4, 1, 2]), ({"sort": "deadline"}, [3, 4, 1, 2]), ({"sort": "effort"}, [2, 4, 1, 3]),
    ],
)  # fmt: skip
def test_choosing(asked: dict, ranks: list[int]) -> None:
    decisions = constructed_decisions()
    assert choosing.chosen(decisions, **asked)["rank"].tolist() == ranks
    assert list(choosing.chosen(decisions, **asked).columns) == list(decisions.columns)


def test_choosing_names_what_it_can_sort_by() -> None:
    with pytest.raises(BadParameter, match="one of rank, name, score"):
        choosing.chosen(constructed_decisions(), sort="colour")


@pytest.mark.parametrize(
    ("value", "short", "in_words"),
    [
        (None, "unknown", "unknown"), (0.0, "less than 0.01 %", "less than 0.01 %"), (0.00385, "0.39 %", "0.39 %, about 1 in 260"),
        (0.000339, "0.034 %", "0.034 %, about 1 in 2,900"), (0.0996, "10 %", "10 %, about 1 in 10"), (0.5, "50 %", "50 %"),
        (1.0, "100 %", "100 %"),
    ],
)  # fmt: skip
def test_chances(value: float | None, short: str, in_words: str) -> None:
    assert wording.chance(value) == short
    assert wording.chance_in_words(value) == in_words
