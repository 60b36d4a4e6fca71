"""Finances and risks from the lake: real organisations of the sample, profiles of which little is known, and lakes that lack tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import catalynx as cx
from catalynx import workflows
from catalynx.columns import RESULTS, empty_frame
from catalynx.errors import BadParameter, LakeEmpty, NotFound
from catalynx.lookups.finances import Finances, finances
from catalynx.lookups.risks import RiskPage, money_by_year, risk_parts, risks, risks_answer
from catalynx.records.profile import Profile, make_profile
from catalynx.rules import Rules
from catalynx.scoring.peers import LEAST_PEERS
from catalynx.settings import load_settings

DAY = date(2024, 2, 9)
NEWBURY, RED_CROSS = "042452884", "530196605"


@pytest.fixture(scope="module")
def workspace(sample_home: Path) -> Iterator[workflows.Workspace]:
    with workflows.Workspace(load_settings(home=sample_home)) as opened:
        yield opened


def profile_of(**fields: Any) -> Profile:
    return make_profile({"profile_id": "constructed", "organization_name": "Constructed", **fields})


def decided_for(profile: Profile, *rows: dict[str, object], hours: float | None = None) -> Any:
    """Stand for what was decided: candidates of which only what a row says is known."""
    names = ["candidate_id", "kind", "name", "ask_usd", "effort_hours", "deadline", "start_by", "evidence"]
    blank = empty_frame("decisions")
    frame = pd.DataFrame(list(rows), columns=names).astype({name: blank[name].dtype for name in names})
    shared = pd.DataFrame(
        {"candidate_id": [row["candidate_id"] for row in rows], "cost_sharing": [row.get("cost_sharing") for row in rows]}
    )
    return SimpleNamespace(profile=profile, decisions=frame, candidates=shared, rules=Rules(as_of=DAY, hours_per_month=hours))


def standing(found: Finances, ratio: str) -> pd.Series:
    return found.standings.set_index("ratio").loc[ratio]


def test_finances_of_a_real_organisation_by_hand(workspace: workflows.Workspace) -> None:
    found = cx.finances(
        workspace, profile_of(ein=NEWBURY, ntee_codes=["B42"], state="MA"), as_of=DAY, award_usd=8e5, federal=True
    )
    assert found.revenue_usd == 27_963_739  # Newbury College, tax year 2016
    margin = standing(found, "operating_margin")
    assert margin["value"] == pytest.approx(-0.09959, abs=1e-5)
    assert margin["peers"] >= LEAST_PEERS
    assert 0 <= margin["peer_percentile"] < 15
    assert margin["peer_group"].startswith("all fields in all states, revenue of $10,000,000 to $50,000,000")
    audit = found.readiness.set_index("check").loc["single_audit"]
    assert (audit["state"], "$7,916,769 of federal money spent in 2018" in audit["because"]) == ("passes", True)
    for name, frame in (("finances", found.ratios), ("finance_standings", found.standings), ("readiness", found.readiness)):
        assert list(frame.columns) == RESULTS[name].names
        for column in RESULTS[name].columns:
            assert not (column.required and frame[column.name].isna().any()), column.name


def test_two_years_of_an_extract_by_hand(workspace: workflows.Workspace) -> None:
    found = finances(workspace, profile_of(ein="455119441"), as_of=DAY)  # YMCA of Greater Waukesha County
    revenue = (15_819_896, 17_284_063)
    by_hand = (revenue[1] - revenue[0]) / 2**0.5 / (sum(revenue) / 2)
    assert standing(found, "revenue_volatility")["value"] == pytest.approx(by_hand)
    assert standing(found, "operating_margin")["years"] == 2
    assert standing(found, "operating_margin")["trend_reason"] == "2 years have a value, and 3 are needed"


def test_every_ratio_leads_to_its_return(workspace: workflows.Workspace) -> None:
    found = finances(workspace, profile_of(ein=RED_CROSS), as_of=DAY)
    row = found.ratios.set_index("ratio").loc["reserve_months"]
    kept = workspace.lake.sql("SELECT file, place, source FROM filings WHERE return_id = ?", [row["return_id"]]).iloc[0]
    assert (kept["file"], kept["place"], kept["source"]) == (row["file"], row["place"], "irs_efile")


def test_nothing_later_than_the_day_counts(workspace: workflows.Workspace) -> None:
    before = finances(workspace, profile_of(ein=RED_CROSS), as_of=date(2016, 2, 11))
    assert before.ratios["return_id"].isna().all()
    assert before.ratios["tax_year"].max() < 2016
    assert before.unknown[0] == "none of its returns was there on that day"
    after = finances(workspace, profile_of(ein=RED_CROSS), as_of=date(2016, 2, 12))
    assert after.ratios["return_id"].count() == 10


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "the profile has no EIN"),
        ({"ein": "990000001"}, "no return of EIN 990000001 is in the lake"),
        ({"ein": "030179436"}, "no return of EIN 030179436 is in the lake"),
        ({"annual_revenue_usd": 5e5}, "the profile has no EIN"),
    ],
)
def test_a_profile_of_which_little_is_known(workspace: workflows.Workspace, fields: dict[str, Any], told: str) -> None:
    found = finances(workspace, profile_of(**fields), as_of=DAY, award_usd=1e5)
    assert told in found.unknown[0]
    assert found.ratios["value"].isna().all()
    assert found.standings["peer_percentile"].isna().all()
    checks = found.readiness.set_index("check")
    assert checks.loc["reserve_months", "state"] == "unknown"
    assert checks.loc["share_of_revenue", "state"] == ("passes" if "annual_revenue_usd" in fields else "unknown")


def test_an_award_must_be_one(workspace: workflows.Workspace) -> None:
    with pytest.raises(BadParameter, match="amount_usd"):
        finances(workspace, profile_of(), award_usd=-1.0)


def test_a_workspace_without_a_lake_says_so(tmp_path: Path) -> None:
    with workflows.Workspace(load_settings(home=tmp_path)) as empty, pytest.raises(LakeEmpty):
        finances(empty, profile_of(ein=NEWBURY))


@pytest.fixture
def cut_lake(
    tmp_path: Path, workspace: workflows.Workspace, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., workflows.Workspace]:
    """Give a workspace whose lake lacks some tables, or some columns of the returns, as an older version would."""
    from catalynx.columns import TABLES, arrow_schema

    def cut(*tables: str, columns: tuple[str, ...] = ()) -> workflows.Workspace:
        import duckdb

        connection = duckdb.connect()
        for name in TABLES:
            blank = name in tables or not workspace.lake.version.rows(name)
            whole = arrow_schema(name).empty_table() if blank else workspace.lake.arrow(f"SELECT * FROM {name} LIMIT 3000")
            if name == "filings" and not blank:
                whole = workspace.lake.arrow("SELECT * FROM filings WHERE source = 'irs_efile'").drop_columns(list(columns))
            pq.write_table(whole, tmp_path / f"{name}.parquet")
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{tmp_path}/{name}.parquet')")
        made = workflows.Workspace(workspace.settings)
        lake = SimpleNamespace(id="cut", sql=lambda query, values=None: connection.sql(query, params=values).df())
        monkeypatch.setitem(made.__dict__, "lake", lake)
        return made

    return cut


@pytest.mark.parametrize("table", ["filings", "organizations", "audits", "audit_findings", "giving", "program_obligations"])
def test_a_lake_without_a_table_leaves_unknown_what_it_would_tell(cut_lake: Callable[..., Any], table: str) -> None:
    workspace, profile = cut_lake(table), profile_of(ein=RED_CROSS, ntee_codes=["P20"])
    found = finances(workspace, profile, as_of=DAY, award_usd=1e5, federal=True)
    assert (table == "filings") == found.ratios["return_id"].isna().all()
    risk = risks(workspace, decided_for(profile, {"candidate_id": "program:45.149", "kind": "program", "name": "p"}))
    assert risk.risks["risk"].dropna().between(0, 1).all()
    assert not risk.signals.loc[risk.signals["value"].isna(), "because"].str.startswith("unknown: ").eq(False).any()


def test_a_lake_of_before_a_column_leaves_it_unknown(cut_lake: Callable[..., Any]) -> None:
    workspace = cut_lake(columns=("liability_lines_add_up", "asset_lines_add_up", "investment_income_usd", "other_revenue_usd"))
    found = finances(workspace, profile_of(ein=RED_CROSS), as_of=DAY)
    assert standing(found, "operating_margin")["value"] == pytest.approx(-0.0584, abs=1e-4)
    assert "I 10" in standing(found, "revenue_concentration")["reason"]


# Risks


ROWS: list[dict[str, object]] = [
    {"candidate_id": "opportunity:PD-24-7203", "kind": "opportunity", "name": "o", "ask_usd": 5e5, "cost_sharing": True},
    {"candidate_id": "foundation:LILLY ENDOWMENT", "kind": "foundation", "name": "f", "ask_usd": 1e5},
    {"candidate_id": "program:45.149", "kind": "program", "name": "p"},
]


def test_risks_of_a_real_applicant_whose_auditor_doubts(workspace: workflows.Workspace) -> None:
    profile = profile_of(ein=NEWBURY, ntee_codes=["B42"], state="MA")
    found = risks(workspace, decided_for(profile, *ROWS))
    assert list(found.risks["candidate_id"]) == [row["candidate_id"] for row in ROWS]
    assert found.risks["strongest"].map(lambda told: told[0]).eq(
        "the single audit of 2018 doubts that it can go on (going concern)"
    ).all()  # fmt: skip
    for row in found.risks.itertuples():
        parts = risk_parts(found, row.candidate_id)
        assert parts["contribution"].sum() == pytest.approx(row.risk)
        assert parts.loc[parts["value"].notna(), "weight"].sum() == pytest.approx(row.coverage)
    with pytest.raises(NotFound, match="foundation:NOBODY"):
        risk_parts(found, "foundation:NOBODY")


def test_evidence_of_a_signal_leads_to_its_rows(workspace: workflows.Workspace) -> None:
    found = risks(workspace, decided_for(profile_of(ein=NEWBURY), *ROWS))
    told = found.signals.set_index("signal").loc["going_concern"]
    where = json.loads(told["evidence"])
    kept = workspace.lake.sql(f"SELECT going_concern, ein FROM {where['table']} WHERE audit_id = ?", [where["audit_id"]]).iloc[0]
    assert (kept["going_concern"], kept["ein"]) == (True, NEWBURY)


def test_signals_of_the_applicant_are_shared_and_those_of_candidates_differ(workspace: workflows.Workspace) -> None:
    found = risks(workspace, decided_for(profile_of(ein=NEWBURY), *ROWS))
    shared = found.signals[found.signals["candidate_id"].isna()]
    assert shared["signal"].is_unique
    assert set(shared["signal"]).isdisjoint(found.signals.loc[found.signals["candidate_id"].notna(), "signal"])
    assert found.risks["risk"].nunique() > 1
    alone = risks(workspace, decided_for(profile_of(ein=NEWBURY), ROWS[1])).risks.iloc[0]
    pd.testing.assert_series_equal(alone, found.risks.iloc[1], check_names=False)


def test_money_by_year_is_that_of_the_lake(workspace: workflows.Workspace) -> None:
    money = money_by_year(workspace.lake, date(2026, 1, 1))
    by_hand = workspace.lake.sql(
        "SELECT fiscal_year, coalesce(actual_usd, usaspending_usd) AS usd FROM program_obligations "
        "WHERE assistance_listing = '45.149' AND fiscal_year < 2026 ORDER BY fiscal_year"
    ).dropna()
    assert money["program:45.149"] == dict(zip(by_hand["fiscal_year"], by_hand["usd"], strict=True))
    assert max(money_by_year(workspace.lake, DAY)["program:45.149"]) < 2024


def test_a_page_of_risks_holds_plain_values(workspace: workflows.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = profile_of(ein=NEWBURY)
    monkeypatch.setattr(workflows, "decide", lambda *_, **__: decided_for(profile, *ROWS))
    total, found = risks_answer(workspace, profile, RiskPage(0, 1, kinds=["program", "foundation"]))
    assert total == 2
    (row,) = json.loads(json.dumps(found, allow_nan=False))["risks"]
    assert row["candidate_id"] == "foundation:LILLY ENDOWMENT"
    added = [signal["contribution"] for signal in row["signals"] if signal["contribution"] is not None]
    assert added == sorted(added, reverse=True)
    assert sum(added) == pytest.approx(row["risk"])
    assert {signal["about_candidate"] for signal in row["signals"]} == {True, False}
