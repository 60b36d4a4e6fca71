"""The published rows behind a number, found by the condition that stands beside it; and who runs an organisation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalynx.columns import TABLES
from catalynx.errors import BadParameter, LakeEmpty
from catalynx.lookups.condition import MOST_ROWS, condition_rows
from catalynx.lookups.officers import NO_NUMBER, officers
from catalynx.settings import load_settings
from catalynx.workflows import Workspace


@pytest.fixture(scope="module")
def workspace(sample_home: Path) -> Iterator[Workspace]:
    with Workspace(load_settings(home=sample_home)) as opened:
        yield opened


def test_a_value_or_one_of_a_list_finds_rows_the_newest_first(workspace: Workspace) -> None:
    for numbers in ("45.149", ["45.149"]):
        name, rows = condition_rows(workspace, json.dumps({"table": "awards", "assistance_listing": numbers}))
        assert name == "awards"
        assert set(rows["assistance_listing"]) == {"45.149"}
        assert rows["year"].dropna().is_monotonic_decreasing
        assert rows[["source", "file", "place"]].notna().all(axis=None)
    both = json.dumps({"table": "programs", "assistance_listing": ["45.149", "45.301", "nothing"]})
    assert set(condition_rows(workspace, both)[1]["assistance_listing"]) == {"45.149", "45.301"}


def test_several_columns_hold_at_once_and_rows_are_limited(workspace: Workspace) -> None:
    returns = workspace.lake.sql("SELECT ein, tax_year FROM filings LIMIT 1").iloc[0]
    _, rows = condition_rows(
        workspace, json.dumps({"table": "filings", "ein": returns["ein"], "tax_year": int(returns["tax_year"])})
    )
    assert set(zip(rows["ein"], rows["tax_year"], strict=True)) == {(returns["ein"], returns["tax_year"])}
    many = json.dumps({"table": "grants", "funder_name": "Earhart Foundation"})
    assert len(condition_rows(workspace, many, limit=7)[1]) == 7
    assert len(condition_rows(workspace, many)[1]) == MOST_ROWS


def test_behind_giving_stand_the_grants(workspace: Workspace) -> None:
    name, rows = condition_rows(workspace, json.dumps({"table": "giving", "funder_key": "EARHART FOUNDATION"}))
    assert name == "grants"
    assert list(rows.columns) == list(TABLES["grants"].names)
    assert rows["funder_name"].str.upper().eq("EARHART FOUNDATION").all()


@pytest.mark.parametrize(
    "evidence",
    [
        {"table": "nothing", "ein": "1"}, {"ein": "1"}, {"table": "filings"}, {"table": "filings", "no_such_column": "1"},
        {"table": "filings", "ein = '' OR 1 = 1 --": "1"}, {"table": "filings; DROP TABLE filings", "ein": "1"},
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused(workspace: Workspace, evidence: dict[str, str]) -> None:
    with pytest.raises(BadParameter, match="a table of the lake, and columns of it"):
        condition_rows(workspace, json.dumps(evidence))


def test_a_value_is_a_value_and_never_a_query(workspace: Workspace) -> None:
    assert condition_rows(workspace, json.dumps({"table": "filings", "ein": "' OR '1' = '1"}))[1].empty


def test_officers_are_those_of_the_latest_return(workspace: Workspace) -> None:
    known = workspace.lake.sql("SELECT ein, max(tax_year) AS year, count(*) AS lines FROM people GROUP BY ein ORDER BY ein")
    assert len(known)
    for row in known.itertuples(index=False):
        found = officers(workspace, row.ein)
        assert found.unknown is None
        assert set(found.people["tax_year"]) == {row.year}
        assert 0 < len(found.people) <= row.lines
        assert found.people[["person_name", "file", "place"]].notna().all(axis=None)


@pytest.mark.parametrize("ein", [None, float("nan")])
def test_without_a_number_officers_are_unknown(workspace: Workspace, ein: object) -> None:
    found = officers(workspace, ein)
    assert (found.unknown, len(found.people)) == (NO_NUMBER, 0)


def test_an_organisation_without_returns_says_the_way_out(workspace: Workspace) -> None:
    found = officers(workspace, "990000001")
    assert found.people.empty
    assert found.unknown == (
        "no return of EIN 99-0000001 that lists officers is in the lake; `catalynx ingest PATH` reads e-filed returns"
    )


def test_an_empty_lake_says_so(tmp_path: Path) -> None:
    with Workspace(load_settings(home=tmp_path)) as workspace:
        with pytest.raises(LakeEmpty):
            officers(workspace, "990000001")
        with pytest.raises(LakeEmpty):
            condition_rows(workspace, json.dumps({"table": "grants", "funder_name": "x"}))
