"""The whole way on the shipped data: what stands behind a candidate, what an applicant received before, and lakes without candidates."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from catalynx import workflows
from catalynx.columns import RESULTS
from catalynx.errors import BadParameter
from catalynx.lake.evidence import Asker
from catalynx.records.profile import Profile, make_profile, slug
from catalynx.settings import load_settings

PRESERVATION = "program:45.149"


@pytest.fixture(scope="module")
def workspace(sample_home: Path) -> Iterator[workflows.Workspace]:
    with workflows.Workspace(load_settings(home=sample_home)) as opened:
        yield opened


@pytest.fixture(scope="module")
def museum(workspace: workflows.Workspace) -> Profile:
    return workspace.records.find_profile("shelburne")


@pytest.fixture(scope="module")
def decided(workspace: workflows.Workspace, museum: Profile) -> workflows.Decided:
    return workflows.decide(workspace, museum)


def decision(decided: workflows.Decided, candidate_id: str) -> pd.Series:
    return decided.decisions.set_index("candidate_id", drop=False).loc[candidate_id]


def test_rows_behind_come_in_the_order_that_is_said(
    workspace: workflows.Workspace, museum: Profile, decided: workflows.Decided
) -> None:
    candidate = decision(decided, PRESERVATION)
    found = workflows.evidence(workspace, candidate, profile=museum, limit=60)
    tiers = found["nearness"].map({"to you": 0, "your field and state": 1}).fillna(2).tolist()
    assert tiers == sorted(tiers)
    ours = found[found["nearness"] == "to you"]
    assert ours["recipient_name"].tolist() == ["Shelburne Museum"] * 3
    assert ours["year"].tolist() == [2005, 1999, 1991]
    near = found[found["nearness"] == "your field and state"]
    assert 0 < len(near) < 30
    assert set(near["recipient_state"]) == {"VT"}
    for tier in (near, found[found["nearness"].isna()]):
        assert tier["year"].is_monotonic_decreasing
    assert workflows.evidence_order(museum) == (
        "first gifts to Shelburne Museum, then those to Arts, Culture & Humanities (A) in VT, then the newest"
    )


def test_without_a_profile_the_newest_come_first(workspace: workflows.Workspace, decided: workflows.Decided) -> None:
    found = workflows.evidence(workspace, decision(decided, PRESERVATION), limit=40)
    assert found["nearness"].isna().all()
    assert found["year"].is_monotonic_decreasing
    assert workflows.evidence_order() == "the newest first"
    assert Asker("A fund", ein="123456789").order == "first gifts to A fund, then the newest"


def test_an_order_changes_no_row(workspace: workflows.Workspace, museum: Profile, decided: workflows.Decided) -> None:
    candidate = decision(decided, PRESERVATION)
    ours = workflows.evidence(workspace, candidate, profile=museum, limit=100_000)
    newest = workflows.evidence(workspace, candidate, limit=100_000)
    assert len(ours) > 2_000
    assert sorted(ours["award_id"]) == sorted(newest["award_id"])
    told = workflows.evidence_rows(workspace, decided.decisions.head(3), profile=museum, each=2)
    assert told["nearness"].tolist()[:2] == ["to you", "to you"]
    assert told.groupby("candidate_id").size().max() == 2


def test_what_was_given_before_is_told_and_asked_from_while_it_is_recent(
    workspace: workflows.Workspace, museum: Profile, decided: workflows.Decided
) -> None:
    row = decided.candidates.set_index("candidate_id").loc[PRESERVATION]
    assert json.loads(row["to_us_gifts"])[0] == {"year": 2005, "amount_usd": 584041.0}
    assert (row["to_us_count"], row["to_us_recent_count"]) == (3, 0)
    assert row["ask_basis"].startswith("the median of its grants, $")
    told = decision(decided, PRESERVATION)["reasons_for"][0]
    assert told == "it gave to you before: $584,041 in 2005, $700,000 in 1999 and $591,000 in 1991"
    assert decided.candidates["ask_basis"].notna().sum() == decided.decisions["ask_usd"].notna().sum()

    then = workflows.decide(workspace, museum, as_of=date(2006, 2, 9))
    row = then.candidates.set_index("candidate_id").loc[PRESERVATION]
    assert (row["to_us_recent_count"], row["to_us_median_usd"]) == (2, 642_020.5)
    assert decision(then, PRESERVATION)["ask_usd"] == 250_000
    assert row["ask_basis"].startswith(
        "the median of your 2 grants from it in the last ten years, $642,020 (half of all its grants are $"
    )
    assert row["ask_basis"].endswith("held to the $250,000 that you would ask for at most")


@pytest.mark.parametrize(
    ("listing", "verdict", "words"),
    [("45.129", "fails", "only one entity in each state may receive assistance from NEH as the state humanities council"),
     ("45.311", "unknown", "Native American and Native Hawaiian Library Services"), ("10.578", "unknown", "WIC Grants To States"),
     ("10.047", "unknown", "Tribal Food Sovereignty"), ("45.149", "passes", "open to"), ("45.164", "passes", "open to"),
     ("93.833", "passes", "open to")],
)  # fmt: skip
def test_what_is_meant_for_others_does_not_pass(decided: workflows.Decided, listing: str, verdict: str, words: str) -> None:
    found = decision(decided, f"program:{listing}")
    assert found["eligibility"] == verdict
    assert words in found["eligibility_reason"]


def test_no_sentence_counts_one_in_the_plural(decided: workflows.Decided) -> None:
    said = pd.concat([decided.parts["because"], decided.decisions["marks"].explode(), decided.decisions["reasons_for"].explode()])
    assert not said.dropna().str.contains(r"(?:^|[ (])1 (?:grants|times|years|days|gifts)\b", regex=True).any()
    assert not said.dropna().str.contains(r"\bfield [A-Z]\b", regex=True).any()


def test_data_much_older_than_the_day_are_a_caution(workspace: workflows.Workspace, museum: Profile) -> None:
    assert workflows.cautions(workspace, museum) == ()
    assert workflows.cautions(workspace, museum, as_of=date(2025, 2, 9)) == ()
    (said,) = workflows.cautions(workspace, museum, as_of=date(2025, 6, 1))
    assert said.startswith("The newest grant, award or opportunity in the lake is of ")
    assert "recency looks old" in said


@pytest.fixture
def codes_only(tmp_path: Path) -> Iterator[workflows.Workspace]:
    """A workspace whose lake has NTEE codes and nothing to apply to."""
    with workflows.Workspace(load_settings(home=tmp_path)) as opened:
        workflows.ingest(opened, [workflows.SAMPLE / "ntee"])
        yield opened


def test_a_lake_without_candidates_gives_empty_typed_frames(codes_only: workflows.Workspace) -> None:
    profile = workflows.keep_demo_profile(codes_only)
    assert list(workflows.discover(codes_only, profile).columns) == RESULTS["candidates"].names
    scored, parts = workflows.score(codes_only, profile)
    assert (len(scored), len(parts), str(scored["score"].dtype)) == (0, 0, "float64")
    found = workflows.decide(codes_only, profile)
    assert list(found.decisions.columns) == RESULTS["decisions"].names
    assert found.agenda.sentence.startswith("The lake holds no foundation, program or opportunity yet: `catalynx ingest PATH`")
    assert workflows.record(codes_only, found)
    assert workflows.evidence_rows(codes_only, found.decisions).empty
    assert workflows.data_facts(codes_only)["table_name"].tolist() == ["ntee_codes"]


def test_a_profile_says_what_is_to_be_filled_in(workspace: workflows.Workspace, museum: Profile) -> None:
    bare = make_profile({"organization_name": "A constructed library", "profile_id": "bare"})
    assert museum.to_fill_in is None
    (said,) = workflows.cautions(workspace, bare)
    assert said.startswith(
        "Fill in a mission, an NTEE code, a state, whether it is a 501(c)(3), an amount to ask for and staff hours a month: "
    )
    assert "`catalynx profile export bare profile.yaml`" in said
    assert museum.revised(mission_statement="", focus_areas=[]).to_fill_in.startswith("Fill in a mission: ")  # type: ignore[union-attr]


def test_a_profile_from_an_ein_has_an_id_to_read(codes_only: workflows.Workspace, workspace: workflows.Workspace) -> None:
    made = workflows.profile_from_lake(workspace, "03-0179436")
    assert (made.profile_id, made.organization_name) == ("shelburne-museum-incorporated", "Shelburne Museum Incorporated")
    for expected in ("village-library", "village-library-2", "village-library-3"):
        profile_id = codes_only.records.free_profile_id("Village Library")
        assert profile_id == expected
        codes_only.records.save_profile(make_profile({"organization_name": "Village Library", "profile_id": profile_id}))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Shelburne Museum", "shelburne-museum"), ("St. Mary's  Café & Arts", "st-marys-cafe-arts"), ("図書館", "profile"), ("--", "profile"),
     ("A" * 90, "a" * 50)],
)  # fmt: skip
def test_slugs(name: str, expected: str) -> None:
    assert slug(name) == expected
    assert slug(name, {expected, f"{expected}-2"}) == f"{expected}-3"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert make_profile({"organization_name": "x", "profile_id": slug(name, {expected})})


@pytest.mark.parametrize("ein", ["12345", "", "03-01794360", "abcdefghi", "٠٣٠١٧٩٤٣٦"])
def test_what_is_no_ein_is_said_so(workspace: workflows.Workspace, ein: str) -> None:
    with pytest.raises(BadParameter, match=r"nine digits with leading zeros, such as 03-0179436"):
        workflows.profile_from_lake(workspace, ein)
