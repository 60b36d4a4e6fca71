"""A lake that lacks one of its tables, or a profile that says little: every question is answered with what is unknown, none fails."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import catalynx as cx
from catalynx import workflows
from catalynx.errors import LakeEmpty, NotFound
from catalynx.lake.versions import current_folder, load, save
from catalynx.lookups.evidence import score_evidence
from catalynx.lookups.likelihood import likelihoods_of
from catalynx.lookups.officers import officers
from catalynx.scoring.rests_on import RESTS_ON
from catalynx.settings import load_settings
from catalynx.workflows import Workspace

TABLES = (
    ("awards",), ("filings",), ("giving",), ("organizations",), ("programs",),
    ("audits", "entity_links", "grants", "program_obligations"), ("competitions", "opportunities", "people"),
)  # fmt: skip
"""Those on which most rests alone; the others a few at once, for the time that each lake takes."""


@pytest.fixture(scope="module")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with a part of each kind of file that ships."""
    home = tmp_path_factory.mktemp("whole")
    parts = ("assistance_listings", "foundation_grants", "fac/fac-2019.tar.gz", "irs_990", "irs_bmf/eo_vt.csv.gz", "ntee",
             "grants_gov/New_grants.csv.gz", "neh/NEH_Grants2000s_Flat.zip")  # fmt: skip
    with Workspace(load_settings(home=home)) as workspace:
        workflows.ingest(workspace, [workflows.SAMPLE / part for part in parts])
        workflows.keep_demo_profile(workspace)
        workspace.set_as_of(workflows.DEMO_AS_OF)
    return home


@pytest.fixture(params=TABLES, ids="-".join)
def lacking(
    request: pytest.FixtureRequest, small_home: Path, tmp_path: Path, copy_home: Callable[[Path, Path], Path]
) -> Iterator[tuple[tuple[str, ...], Workspace]]:
    home = copy_home(small_home, tmp_path / "home")
    folder = current_folder(home / "lake")
    version = load(folder)
    for name in request.param:
        assert version.rows(name), "it was there"
        os.unlink(folder / f"{name}.parquet")
    save(replace(version, tables=tuple(table for table in version.tables if table.name not in request.param)), folder)
    with Workspace(load_settings(home=home)) as workspace:
        yield request.param, workspace


def test_everything_is_answered_or_said_to_be_unknown(lacking: tuple[tuple[str, ...], Workspace]) -> None:
    names, workspace = lacking
    profile = workspace.records.find_profile("shelburne")
    decided = workflows.decide(workspace, profile)
    parts = decided.parts
    assert len(decided.decisions) > 100
    assert parts.loc[parts["value"].notna(), "value"].between(0, 1).all()
    assert parts.loc[parts["value"].isna(), "because"].str.startswith("unknown").all()
    by_kind = decided.decisions.groupby("kind")["candidate_id"].first()
    assert ("program" in by_kind) == ("programs" not in names)
    for candidate in by_kind:
        explained = cx.explain(workspace, profile, candidate)
        assert explained.parts["contribution"].sum() == pytest.approx(explained.decision["score"])
        assert "nknown" in explained.how_likely.in_words or "were funded" in explained.how_likely.in_words
        assert workflows.evidence(workspace, decided.decisions.set_index("candidate_id", drop=False).loc[candidate]) is not None
    behind = score_evidence(workspace, decided, by_kind, RESTS_ON, each=2)
    assert not set(names) & set(behind["table_name"])
    check_other_answers(workspace, profile, decided, set(names))


def check_other_answers(workspace: Workspace, profile: Any, decided: Any, names: set[str]) -> None:
    found = cx.finances(workspace, profile, award_usd=100_000, federal=True)
    assert found.unknown
    assert set(found.readiness["state"]) <= {"passes", "concern", "unknown"}
    risks = cx.risks(workspace, decided)
    assert risks.signals.loc[risks.signals["value"].isna(), "because"].str.contains("unknown").all()
    tied = cx.network(workspace, profile)
    if names & {"giving", "people"}:
        assert any("`catalynx ingest PATH`" in said for said in tied.unknown)
    if "giving" in names:
        with pytest.raises(NotFound, match="No foundation"):
            cx.paths(workspace, profile, "Earhart Foundation")
    else:
        assert cx.paths(workspace, profile, "Earhart Foundation").sentence
    likely = likelihoods_of(workspace, profile)
    assert likely.rows["likelihood"].isna().all()
    assert likely.rows["base_rate"].notna().any() == (not names & {"competitions", "programs"})
    facts = workflows.data_facts(workspace)
    assert not facts.loc[facts["table_name"].isin(names), "rows"].any(), "what was set aside of it is still told"


PROFILES: dict[str, dict[str, Any]] = {
    "no EIN and no field": {"ein": None, "ntee_codes": []},
    "a foreign address, no revenue": {"ein": None, "state": None, "city": "Oslo", "annual_revenue_usd": 0.0, "geographic_scope": []},
    "a name alone": {"ein": None, "ntee_codes": [], "state": None, "city": None, "mission_statement": "", "focus_areas": [],
                     "annual_revenue_usd": None, "geographic_scope": [], "is_501c3": None},
}  # fmt: skip


@pytest.mark.parametrize("less", PROFILES.values(), ids=list(PROFILES))
def test_a_profile_that_says_little_is_answered_with_what_is_unknown(small_home: Path, less: dict[str, Any]) -> None:
    with Workspace(load_settings(home=small_home)) as workspace:
        known = workspace.records.find_profile("shelburne").fields()
        profile = cx.make_profile({**known, "organization_name": "Constructed Museum of Nowhere", **less})
        decided = workflows.decide(workspace, profile)
        parts = decided.parts
        assert parts.loc[parts["value"].notna(), "value"].between(0, 1).all()
        assert parts.loc[parts["value"].isna(), "because"].str.startswith("unknown").all()
        assert decided.decisions["coverage"].between(0, 1).all()
        assert not decided.decisions["unknown"].map(len).eq(0).all()
        finances = cx.finances(workspace, profile, award_usd=50_000, federal=True)
        assert any("EIN" in said for said in finances.unknown)
        assert finances.standings["value"].isna().all()
        # What the profile itself says of its revenue is all that there is to judge by.
        assert set(finances.readiness["state"]) == ({"passes", "unknown"} if profile.annual_revenue_usd else {"unknown"})
        assert any("EIN" in said for said in cx.network(workspace, profile).unknown)
        assert cx.paths(workspace, profile, "Earhart Foundation").length is None
        assert len(cx.risks(workspace, decided).risks)


def test_people_of_a_lake_without_people_are_unknown(
    small_home: Path, tmp_path: Path, copy_home: Callable[[Path, Path], Path]
) -> None:
    home = copy_home(small_home, tmp_path / "home")
    folder = current_folder(home / "lake")
    version = load(folder)
    save(replace(version, tables=tuple(table for table in version.tables if table.name != "people")), folder)
    with Workspace(load_settings(home=home)) as workspace:
        assert officers(workspace, "530196605").unknown


@pytest.mark.parametrize(
    "ask",
    [
        lambda workspace, who: workflows.decide(workspace, who), lambda workspace, who: cx.explain(workspace, who, "program:45.149"),
        lambda workspace, who: cx.finances(workspace, who), lambda workspace, who: cx.network(workspace, who),
        lambda workspace, who: cx.paths(workspace, who, "Earhart Foundation"), lambda workspace, who: likelihoods_of(workspace, who),
    ],
    ids=["decide", "explain", "finances", "network", "paths", "likelihood"],
)  # fmt: skip
def test_a_lake_that_was_never_filled_says_how_to_fill_it(ask: Callable[..., object], tmp_path: Path) -> None:
    who = cx.make_profile({"organization_name": "Constructed Museum"})
    with Workspace(load_settings(home=tmp_path)) as workspace, pytest.raises(LakeEmpty, match="catalynx"):
        ask(workspace, who)
