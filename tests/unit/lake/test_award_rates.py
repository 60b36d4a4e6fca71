"""Award rates: the latest ended year that a program's text tells of, its competitions together, and the way to its sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from catalynx.columns import arrow_schema
from catalynx.lake import Snapshot, open_lake
from catalynx.lake.award_rates import COLUMNS, award_rates, with_award_rates_of_listings
from catalynx.lake.evidence import Asker, rows_behind
from catalynx.settings import load_settings

DAY = date(2024, 2, 9)


class ConstructedLake:
    """A snapshot of nothing but constructed competitions."""

    def __init__(self, *told: tuple[str, int, int, int, str]) -> None:
        self._rows = [
            {
                "assistance_listing": listing, "entry_year": year, "place": f"{listing} results[0]", "number": number,
                "fiscal_year": year, "year_stated": True, "applications": applied, "awards": awarded, "stage": stage,
                "sentence": f"{awarded} of {applied}", "doubt": None, "source": "constructed", "file": "constructed",
            }
            for number, (listing, year, applied, awarded, stage) in enumerate(told, 1)
        ]  # fmt: skip

    def sql(self, query: str, parameters: dict[str, object]) -> pd.DataFrame:
        import duckdb

        from catalynx.lake.snapshot import to_frame

        with duckdb.connect() as connection:
            connection.register("competitions", pa.Table.from_pylist(self._rows, schema=arrow_schema("competitions")))
            return to_frame(connection.sql(query, params=parameters).to_arrow_table())


def rate(*told: tuple[str, int, int, int, str], day: date = DAY) -> dict[str, object]:
    found = award_rates(ConstructedLake(*told), as_of=day)  # type: ignore[arg-type]
    return {} if found.empty else {str(name): value for name, value in found.iloc[0].items()}


@pytest.fixture(scope="module")
def sample(sample_home: Path) -> Iterator[Snapshot]:
    with open_lake(load_settings(home=sample_home).lake) as snapshot:
        yield snapshot


def test_competitions_of_a_year_are_counted_together() -> None:
    found = rate(("10.999", 2020, 67, 7, "actual"), ("10.999", 2020, 16, 4, "actual"))
    assert (found["applications_count"], found["awards_count"], found["award_rate_year"]) == (83, 11, 2020)
    assert found["award_rate_pct"] == pytest.approx(100 * 11 / 83)
    assert found["award_rate_sentence"] == "7 of 67"


def test_a_total_beside_its_parts_counts_alone() -> None:
    found = rate(("10.999", 2020, 50, 9, "actual"), ("10.999", 2020, 30, 5, "actual"), ("10.999", 2020, 20, 4, "actual"))
    assert (found["applications_count"], found["awards_count"]) == (50, 9)


def test_what_is_said_twice_counts_as_said_last() -> None:
    found = rate(("10.999", 2020, 56, 30, "actual"), ("10.999", 2020, 56, 38, "actual"))
    assert (found["applications_count"], found["awards_count"]) == (56, 38)


def test_facts_come_before_estimates_and_the_latest_before_others() -> None:
    told = [("10.999", 2019, 10, 4, "actual"), ("10.999", 2021, 20, 5, "actual"), ("10.999", 2023, 90, 60, "estimate")]
    found = rate(*told)
    assert (found["award_rate_kind"], found["award_rate_year"], found["award_rate_years"]) == ("actual", 2021, 2)
    assert (found["award_rate_low_pct"], found["award_rate_high_pct"]) == (25.0, 40.0)
    assert rate(told[2])["award_rate_kind"] == "estimate"


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2020, 9, 30), 2019), (date(2020, 10, 1), 2020), (date(2019, 9, 30), None)],
)
def test_a_year_that_has_not_ended_is_no_fact(day: date, year: int | None) -> None:
    found = rate(("10.999", 2019, 10, 4, "actual"), ("10.999", 2020, 20, 5, "actual"), day=day)
    assert found.get("award_rate_year") == year


def test_programs_of_the_sample_have_rates_that_lead_to_their_sentences(sample: Snapshot) -> None:
    found = award_rates(sample, as_of=DAY)
    assert 200 <= len(found) <= 400
    assert found["assistance_listing"].is_unique
    assert found["award_rate_pct"].between(0, 100).all()
    assert (found["award_rate_year"] <= 2024).all()
    candidates = [
        {"candidate_id": f"program:{row.assistance_listing}", "evidence": row.award_rate_evidence} for row in found.itertuples()
    ]
    ((table, rows),) = rows_behind(sample, candidates, Asker(), limit=1000)
    assert table == "competitions"
    told = rows.groupby("candidate_id")["sentence"].agg(set)
    for row in found.itertuples():
        assert row.award_rate_sentence in told[f"program:{row.assistance_listing}"]


def test_a_known_program_of_the_sample(sample: Snapshot) -> None:
    found = award_rates(sample, as_of=date(2022, 2, 9)).set_index("assistance_listing").loc["47.041"]
    assert (found["applications_count"], found["awards_count"], found["award_rate_year"]) == (7261, 1471, 2021)
    assert found["award_rate_sentence"] == "In Fiscal Year 2021, 7,261 proposals were received, and 1,471 awards were made."
    assert json.loads(str(found["award_rate_evidence"])) == {"table": "competitions", "assistance_listing": "47.041"}


def test_an_announcement_takes_the_rate_of_its_first_listing_with_facts() -> None:
    lake = ConstructedLake(("10.998", 2021, 20, 5, "estimate"), ("10.999", 2020, 10, 4, "actual"))
    asked = pd.DataFrame({
        "opportunity_id": ["A", "B", "C", "D"],
        "assistance_listings": [["10.998", "10.999"], ["10.998"], ["10.111"], None],
    })  # fmt: skip
    found = with_award_rates_of_listings(lake, asked, as_of=DAY)  # type: ignore[arg-type]
    assert found["opportunity_id"].tolist() == ["A", "B", "C", "D"]
    assert found["award_rate_kind"].fillna("").tolist() == ["actual", "estimate", "", ""]
    assert set(COLUMNS) <= set(found.columns)


def test_a_lake_without_competitions_has_no_rates(small_lake: Path) -> None:
    with open_lake(small_lake) as snapshot:
        assert award_rates(snapshot, as_of=DAY).empty
