"""Questions to the lake, compared with pandas on the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from catalynx.errors import BadParameter
from catalynx.lake import Snapshot, open_lake
from catalynx.lake.queries import funders_that_gave
from catalynx.settings import load_settings


@pytest.fixture(scope="module")
def sample(sample_home: Path) -> Iterator[Snapshot]:
    with open_lake(load_settings(home=sample_home).lake) as snapshot:
        yield snapshot


@pytest.mark.parametrize(
    ("field", "state", "least", "most", "since"),
    [
        ("A", "VT", 0.01, 1e12, 1900),
        ("E", "DC", 10_000, 500_000, 2015),
        ("C", "DC", 1, 50_000, 2010),
        ("B", "WY", 0.01, 1e9, 1990),
    ],
)
def test_funders_are_those_that_pandas_finds(sample, field, state, least, most, since) -> None:
    giving = sample.table("giving")
    kept = giving[
        (giving["recipient_state"] == state) & (giving["ntee_major"] == field) & giving["amount_usd"].between(least, most)
        & (giving["year"] >= since) & (giving["track"] == "foundation") & (giving["status"] == "paid")
        & (giving["recipient_kind"] != "individual")
    ]  # fmt: skip
    expected = kept.groupby("funder_key").agg(
        gifts=("gift_id", "size"), total_usd=("amount_usd", "sum"), median_usd=("amount_usd", "median"), last_year=("year", "max")
    )  # fmt: skip
    expected = expected.reset_index().sort_values(["total_usd", "funder_key"], ascending=[False, True], ignore_index=True)
    found = funders_that_gave(sample, ntee_major=field, state=state, least_usd=least, most_usd=most, since_year=since)
    assert len(expected) >= 1
    pd.testing.assert_frame_equal(found[list(expected.columns)], expected, check_dtype=False, check_exact=False)


def test_the_federal_track_and_the_limit(sample) -> None:
    found = funders_that_gave(sample, ntee_major="A", state="DC", since_year=1990, track="federal", limit=2)
    assert len(found) == 2
    assert found["total_usd"].is_monotonic_decreasing


def test_a_question_to_which_there_is_no_answer_gives_no_rows(sample) -> None:
    found = funders_that_gave(sample, ntee_major="Y", state="GU", since_year=2020)
    assert (len(found), found.columns.tolist()[:2]) == (0, ["funder_key", "funder_name"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ntee_major": "a"}, "ntee_major is 'a', but must be one letter"),
        ({"ntee_major": ""}, "ntee_major is '', but must be one letter"),
        ({"state": "Vermont"}, "state is 'Vermont', but must be two capital letters"),
        ({"least_usd": 10, "most_usd": 5}, "most_usd is 5, but must be at least least_usd, 10"),
        ({"until_year": 1999}, "until_year is 1999, but must be at least since_year, 2020"),
        ({"track": "both"}, "track is 'both', but must be foundation or federal"),
        ({"limit": 0}, "limit is 0, but must be at least 1"),
    ],
)
def test_a_wrong_question_is_told_so(sample, change, message) -> None:
    with pytest.raises(BadParameter, match=message):
        funders_that_gave(sample, **{"ntee_major": "A", "state": "VT", "since_year": 2020, **change})
