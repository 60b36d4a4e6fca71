"""Every number of a score can be followed to rows of the lake, and made again from them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import catalynx as cx
from catalynx import workflows
from catalynx.columns import RESULTS, TABLES
from catalynx.errors import BadParameter, NotFound
from catalynx.lake.gift_rows import GIFT_WAYS
from catalynx.lake.score_rows import WAYS
from catalynx.lookups.evidence import evidence_of, score_evidence
from catalynx.records.profile import Profile
from catalynx.rules import KINDS
from catalynx.scoring import criteria
from catalynx.scoring.rests_on import ELIGIBILITY, RESTS_ON, grounds_of
from catalynx.settings import load_settings

PRESERVATION = "program:45.149"
ALL = 100_000


@pytest.fixture(scope="module")
def workspace(sample_home: Path) -> Iterator[workflows.Workspace]:
    with workflows.Workspace(load_settings(home=sample_home)) as opened:
        yield opened


@pytest.fixture(scope="module")
def museum(workspace: workflows.Workspace) -> Profile:
    return workspace.records.find_profile("shelburne")


@pytest.fixture(scope="module")
def decided(workspace: workflows.Workspace, museum: Profile) -> workflows.Decided:
    """All criteria asked of everybody, also those that usually have no weight."""
    rules = workflows.rules_for(workspace, museum)
    weights = {track: {name: of_track.get(name, 0.01) for name in criteria()} for track, of_track in rules.weights.items()}
    return workflows.decide(workspace, museum, rules=replace(rules, weights=weights))


@pytest.fixture(scope="module")
def sampled(decided: workflows.Decided) -> list[str]:
    """The best of each kind, foundations of which grants or returns are known, and every twentieth of all."""
    known = decided.candidates.set_index("candidate_id")
    best = decided.decisions.groupby("kind")["candidate_id"].head(80)
    given = known.index[(known["kind"] == "foundation") & known["grants_count"].notna()]
    return list(dict.fromkeys([*best, *given, *decided.candidates["candidate_id"].iloc[::20]]))


def test_every_criterion_says_what_it_rests_on_for_every_kind_that_it_is_asked_of(decided: workflows.Decided) -> None:
    assert set(RESTS_ON) == {*criteria(), ELIGIBILITY}
    for name, criterion in criteria().items():
        applies = criterion.applies
        asked = decided.candidates if applies is None else decided.candidates[applies(decided.candidates).to_numpy(dtype=bool)]
        kinds = set(asked["kind"])
        assert kinds <= set(RESTS_ON[name]), name
    ways = {ground.way for kinds in RESTS_ON.values() for grounds in kinds.values() for ground in grounds}
    assert ways == set(WAYS)
    assert set(GIFT_WAYS) < ways
    assert {kind for kinds in RESTS_ON.values() for kind in kinds} == set(KINDS)


def test_every_number_has_rows_with_source_file_and_place(
    workspace: workflows.Workspace, decided: workflows.Decided, sampled: list[str]
) -> None:
    assert len(sampled) >= 200
    parts = decided.parts[decided.parts["value"].notna() & decided.parts["candidate_id"].isin(sampled)]
    found = score_evidence(workspace, decided, sampled, each=3)
    assert list(found.columns) == RESULTS["score_evidence"].names
    numbers = set(zip(parts["candidate_id"], parts["criterion"], strict=True))
    followed = set(zip(found["candidate_id"], found["criterion"], strict=True))
    assert numbers - followed == set()
    # The shipped data know no field, revenue or way to apply of enough grants; their sentences are counted again below.
    assert {name for _, name in numbers} >= set(criteria()) - {"openness", "field", "scale", "network"}
    assert found[["source", "file", "place", "table_name", "row_id"]].notna().all().all()
    assert set(found["table_name"]) <= set(TABLES)
    assert found.groupby(["candidate_id", "criterion"]).size().max() <= 3
    assert list(dict.fromkeys(found["candidate_id"])) == [one for one in sampled if one in set(found["candidate_id"])]


def part(decided: workflows.Decided, candidate_id: str, criterion: str) -> pd.Series:
    parts = decided.parts
    return parts[(parts["candidate_id"] == candidate_id) & (parts["criterion"] == criterion)].iloc[0]


def best_known(decided: workflows.Decided, criterion: str, kind: str = "foundation", nth: int = 0) -> str:
    """Return the candidate of that kind whose number rests on most grants."""
    known = decided.parts[(decided.parts["criterion"] == criterion) & decided.parts["value"].notna()]
    found = decided.candidates[
        (decided.candidates["kind"] == kind) & decided.candidates["candidate_id"].isin(known["candidate_id"])
    ]
    return str(found.sort_values(["grants_count", "candidate_id"], ascending=[False, True])["candidate_id"].iloc[nth])


def numbers_in(sentence: str) -> list[int]:
    return [int(number.replace(",", "")) for number in re.findall(r"(?<![\w.])\d[\d,]*(?![\w.]*\d)", sentence)]


@pytest.mark.parametrize(("kind", "nth"), [("program", 0), ("program", 1), ("program", 2), ("foundation", 0), ("foundation", 1)])
def test_the_counts_of_places_are_made_again(
    workspace: workflows.Workspace, decided: workflows.Decided, museum: Profile, kind: str, nth: int
) -> None:
    one = part(decided, best_known(decided, "geography", kind, nth), "geography")
    rows = cx.evidence(workspace, one, profile=museum, limit=ALL, rules=decided.rules)
    here, known = int((rows["fact"] == "VT").sum()), int(rows["fact"].notna().sum())
    said = numbers_in(one["because"])
    assert said[:2] == ([here, len(rows)] if one["because"].startswith("at least") else [here, known])
    assert rows["nearness"].eq("in your state").sum() == here
    assert rows["nearness"].notna().head(here).all()


@pytest.mark.parametrize("nth", range(2))
def test_the_sizes_of_grants_are_made_again(
    workspace: workflows.Workspace, decided: workflows.Decided, museum: Profile, nth: int
) -> None:
    one = part(decided, best_known(decided, "size", nth=nth), "size")
    rows = cx.evidence(workspace, one, profile=museum, limit=ALL, rules=decided.rules)
    low, high = rows["amount_usd"].quantile(0.25), rows["amount_usd"].quantile(0.75)
    given = f"${low:,.0f} to ${high:,.0f}" if low < high else f"${high:,.0f}"
    assert one["because"].startswith(f"half of its grants are {given}")
    assert (rows["fact"] == [f"${round(usd):,}" for usd in rows["amount_usd"]]).mean() > 0.99


@pytest.mark.parametrize("nth", range(2))
def test_how_behaviour_is_reckoned_can_be_made_again(
    workspace: workflows.Workspace, decided: workflows.Decided, museum: Profile, nth: int
) -> None:
    one = part(decided, best_known(decided, "retention", nth=nth), "retention")
    rows = cx.evidence(workspace, one, profile=museum, limit=ALL, rules=decided.rules)
    pairs = rows[rows["nearness"].notna()].drop_duplicates(["recipient_key", "year"])
    share = 100 * (pairs["nearness"] == "funded again the year after").mean()
    assert one["because"].startswith(f"{share:.0f} % of a year's recipients")

    one = part(decided, best_known(decided, "spread", nth=nth), "spread")
    rows = cx.evidence(workspace, one, profile=museum, limit=ALL, rules=decided.rules)
    usd = rows.groupby("recipient_key")["amount_usd"].sum()
    assert f"as if over {usd.sum() ** 2 / (usd**2).sum():,.0f} equal recipients" in one["because"]

    one = part(decided, best_known(decided, "recency", nth=nth), "recency")
    rows = cx.evidence(workspace, one, profile=museum, limit=ALL, rules=decided.rules)
    assert f"the latest grant on record is of {rows['year'].max()}" in one["because"]
    span = rows["year"].max() - rows["year"].min() + 1
    assert span == 1 or f"it gave in {rows['year'].nunique()} of the {span} years" in one["because"]


def test_newcomers_and_earlier_gifts_are_counted_again(
    workspace: workflows.Workspace, decided: workflows.Decided, museum: Profile
) -> None:
    said = decided.parts[(decided.parts["criterion"] == "newcomers") & decided.parts["value"].notna()]
    for one in said[said["because"].str.contains("had not received before")].head(5).to_dict("records"):
        rows = cx.evidence(workspace, one, profile=museum, limit=ALL, rules=decided.rules)
        recent = rows[rows["nearness"].notna()].drop_duplicates("recipient_key")
        share = 100 * (recent["nearness"] == "a recipient it had not funded before").mean()
        assert one["because"].startswith(f"{share:.0f} % of the recipients")
    ours = cx.evidence(workspace, part(decided, PRESERVATION, "newcomers"), profile=museum, rules=decided.rules)
    assert ours["fact"].tolist() == ["2005, $584,041", "1999, $700,000", "1991, $591,000"]
    assert set(ours["nearness"]) == {"to you"}


def test_fields_are_counted_again(workspace: workflows.Workspace, decided: workflows.Decided, museum: Profile) -> None:
    said = decided.parts[(decided.parts["criterion"] == "field") & decided.parts["because"].str.contains(r"is known for [1-9]")]
    for one in said.head(5).to_dict("records"):
        rows = cx.evidence(workspace, one, profile=museum, limit=ALL, rules=decided.rules)
        assert numbers_in(one["because"])[:2] == [len(rows), int(rows["fact"].notna().sum())]
        assert rows.loc[rows["fact"].notna(), "known_from"].notna().all()
        ours = int(rows["fact"].str.startswith("A").sum())
        counted = decided.candidates.set_index("candidate_id").loc[one["candidate_id"], "field_major_count"]
        assert rows["nearness"].notna().sum() == ours == counted


def test_what_texts_say_of_competition_is_added_up_again(
    workspace: workflows.Workspace, decided: workflows.Decided, museum: Profile
) -> None:
    said = decided.parts[(decided.parts["criterion"] == "competition") & decided.parts["value"].notna()]
    for one in said.head(8).to_dict("records"):
        rows = cx.evidence(workspace, one, profile=museum, rules=decided.rules)
        counts = [numbers_in(fact)[:2] for fact in rows[rows["nearness"] == "the year that counts"]["fact"]]
        total = [sum(column) for column in zip(*counts, strict=True)]
        largest = max(counts, key=lambda pair: pair[1])
        assert numbers_in(one["because"])[:2] in (total, largest)
        assert rows["what"].notna().all()


def test_shared_words_stand_in_the_purposes(workspace: workflows.Workspace, decided: workflows.Decided, museum: Profile) -> None:
    candidate_id = best_known(decided, "mission", nth=3)
    one = part(decided, candidate_id, "mission")
    words = str(decided.candidates.set_index("candidate_id").loc[candidate_id, "mission_words"]).split(", ")
    rows = cx.evidence(workspace, one, profile=museum, limit=ALL, rules=decided.rules)
    found = {word for fact in rows["fact"].dropna() for word in fact.split(", ")}
    assert found == set(words)
    texts = rows["what"].head(3).str.lower()
    assert all(any(word in text for word in fact.split(", ")) for fact, text in zip(rows["fact"].head(3), texts, strict=True))


def test_a_return_is_followed_to_its_line_and_path(
    workspace: workflows.Workspace, decided: workflows.Decided, museum: Profile
) -> None:
    said = decided.parts[(decided.parts["criterion"] == "capacity") & decided.parts["because"].str.contains("assets are")]
    for one in said.head(3).to_dict("records"):
        rows = cx.evidence(workspace, one, profile=museum, rules=decided.rules)
        assert rows["table_name"].tolist() == ["organizations"]
        assert f"{numbers_in(one['because'])[0]:,}" in rows["fact"].iloc[0]
    of_program = cx.evidence(workspace, part(decided, PRESERVATION, "capacity"), profile=museum, rules=decided.rules)
    assert f"{of_program['fact'].iloc[0]} in the latest year" in part(decided, PRESERVATION, "capacity")["because"]


def test_a_criterion_that_is_not_asked_and_one_that_is_none(
    workspace: workflows.Workspace, decided: workflows.Decided, museum: Profile
) -> None:
    assert evidence_of(workspace, museum, PRESERVATION, "openness").empty
    with pytest.raises(BadParameter, match=r"fit.*one of mission"):
        evidence_of(workspace, museum, PRESERVATION, "fit")
    with pytest.raises(NotFound, match="nosuch"):
        evidence_of(workspace, museum, "nosuch", "mission")
    with pytest.raises(NotFound, match="nosuch"):
        score_evidence(workspace, decided, ["nosuch"], each=1)
    with pytest.raises(BadParameter, match="whose score"):
        cx.evidence(workspace, {"candidate_id": PRESERVATION, "criterion": "mission"})
    assert len(cx.evidence(workspace, decided.decisions.iloc[0], profile=museum, limit=4)) == 4
    assert score_evidence(workspace, decided, [], each=1).empty


def test_the_limit_cuts_the_farthest(workspace: workflows.Workspace, decided: workflows.Decided, museum: Profile) -> None:
    row = {"candidate_id": PRESERVATION, "criterion": "geography"}
    few, many = (cx.evidence(workspace, row, profile=museum, limit=limit) for limit in (5, 50))
    assert few["row_id"].tolist() == many["row_id"].tolist()[:5]
    assert len(many) == 50


def test_which_ground_holds_is_told_by_what_is_known() -> None:
    foundation = {"kind": "foundation", "yearly_usd": math.nan, "distributable_usd": pd.NA, "to_us_count": 0}
    assert [ground.way for ground in grounds_of("capacity", foundation)] == ["returns", "registered"]
    assert grounds_of("capacity", {**foundation, "yearly_usd": 5.0})[0].way == "years"
    assert grounds_of("newcomers", {**foundation, "to_us_count": 2})[0].way == "to_us"
    program = {"kind": "program", "last_year": 2010, "last_money_year": 2012}
    assert [ground.way for ground in grounds_of("recency", program)] == ["obligations", "dated"]
    assert [ground.way for ground in grounds_of("recency", {**program, "last_money_year": None})] == ["dated"]
    assert grounds_of("openness", program) == ()
