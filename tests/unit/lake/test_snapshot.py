"""Reading the lake: parameters, types, tables that are not there, and files that are none of its business."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from catalynx import workflows
from catalynx.columns import TABLES, arrow_schema
from catalynx.errors import LakeEmpty, NotFound
from catalynx.lake import ingest, open_lake, prospects
from catalynx.settings import load_settings

SAMPLE = Path(__file__).parents[3] / "catalynx/sample"


def test_values_go_in_as_parameters(small_lake) -> None:
    with open_lake(small_lake) as lake:
        nasty = "x' OR 'a' = 'a"
        assert lake.sql("SELECT * FROM organizations WHERE name = ?", [nasty]).empty
        assert lake.sql("SELECT * FROM organizations WHERE name = $name", {"name": nasty}).empty
        assert lake.sql("SELECT count(*) AS n FROM organizations WHERE state = $state", {"state": "VT"})["n"].tolist() == [400]
        assert (
            lake.sql("SELECT count(*) AS n FROM organizations WHERE ein IN (SELECT unnest($eins))", {"eins": ["010471151"]})["n"][
                0
            ]
            == 1
        )


def test_a_question_asked_wrongly_is_not_called_damage(small_lake) -> None:
    with open_lake(small_lake) as lake:
        for query, parameters in (
            ("SELECT nope FROM grants", None),
            ("SELEC", None),
            ("SELECT * FROM grants WHERE year = ?", []),
        ):
            with pytest.raises(duckdb.Error):
                lake.sql(query, parameters)


def test_a_query_reaches_no_file_outside_its_version(small_lake, tmp_path) -> None:
    outside = tmp_path / "private.csv"
    outside.write_text("a,b\n1,2\n")
    with open_lake(small_lake) as lake:
        for query in (
            f"SELECT * FROM read_csv('{outside}')",
            f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
            "SET enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                lake.sql(query)
    assert not (tmp_path / "out.csv").exists()


def test_frames_have_types_in_which_missing_stays_missing(small_lake) -> None:
    with open_lake(small_lake) as lake:
        filings = lake.table("filings")
        organizations = lake.table("organizations")
    assert str(filings["tax_year"].dtype) == "Int64"
    assert str(filings["canonical"].dtype) == "boolean"
    assert str(filings["period_end"].dtype).startswith("datetime64")
    assert filings["preselected_only"].isna().any()
    assert organizations["ein"].str.fullmatch(r"\d{9}").all()
    assert organizations["assets_usd"].isna().any()
    assert not (organizations["assets_usd"] == 0).all()


def test_an_unknown_table_is_named_with_those_there_are(small_lake) -> None:
    with open_lake(small_lake) as lake:
        with pytest.raises(NotFound, match=r"No table 'orgs'. There are organizations, filings"):
            lake.table("orgs")
        with pytest.raises(LakeEmpty, match=r"has no opportunities, programs. `catalynx ingest PATH`"):
            lake.need("organizations", "opportunities", "programs")


@pytest.fixture(scope="module")
def only_grants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("grants")
    (home / "in").mkdir()
    ingest(home / "lake", [SAMPLE / "irs_990"])
    return home


@pytest.fixture
def only_organizations(tmp_path, extract) -> Path:
    ingest(tmp_path / "lake", [extract("eo_a.csv")])
    return tmp_path


def check_all_is_answered(home: Path) -> pd.DataFrame:
    with open_lake(home / "lake") as lake:
        for name in TABLES:
            frame = lake.table(name)
            assert list(frame.columns) == TABLES[name].names
            assert len(frame) == lake.version.rows(name)
            assert lake.arrow(f"SELECT * FROM {name}").schema.types == arrow_schema(name).types
        day = date(2024, 2, 9)
        seeker = prospects.Seeker("030179436", ("VT",), ("A50",), "A museum of American art")
        assert prospects.opportunities(lake, seeker, as_of=day).empty
        assert prospects.programs(lake, seeker, as_of=day).empty
        foundations = prospects.foundations(lake, seeker, as_of=day)
    with workflows.Workspace(load_settings(home=home)) as workspace:
        profile = workflows.keep_demo_profile(workspace)
        found = workflows.discover(workspace, profile, as_of=day)
        assert len(found) == len(foundations)
    return foundations


def test_a_lake_of_organizations_alone_answers_every_question(only_organizations) -> None:
    foundations = check_all_is_answered(only_organizations)
    assert len(foundations) >= 1
    assert foundations["grants_count"].isna().all()


def test_a_lake_of_returns_alone_answers_every_question(only_grants) -> None:
    assert len(check_all_is_answered(only_grants)) >= 1


def test_a_lake_of_one_table_without_funders_answers_every_question(tmp_path) -> None:
    ingest(tmp_path / "lake", [SAMPLE / "ntee"])
    assert check_all_is_answered(tmp_path).empty
