"""An explained foundation tells how wide the model's range is, or why there is none."""

from __future__ import annotations

from pathlib import Path

from catalynx import workflows
from catalynx.lookups.explanation import explained
from catalynx.lookups.likelihood import UNTRAINED, how_likely, likelihoods_among
from catalynx.settings import load_settings
from catalynx.workspace import Workspace


def test_the_range_of_the_model_is_told_beside_what_confidence_rests_on(trained_home: Path) -> None:
    with Workspace(load_settings(home=trained_home)) as workspace:
        decided = workflows.decide(workspace, workspace.records.find_profile("shelburne"))
        found = likelihoods_among(workspace, decided)
        open_ones = decided.decisions.query("kind == 'foundation' and eligibility != 'fails'")["candidate_id"]
        one = found.rows[found.rows["likelihood"].notna() & found.rows["candidate_id"].isin(open_ones)].iloc[0]
        told = explained(decided, one["candidate_id"], how_likely(found, one["candidate_id"])).decision
        before = decided.decisions.set_index("candidate_id").loc[one["candidate_id"]]
        assert told["confidence_reason"].startswith(f"{before['confidence_reason']}; the chance of a new grant on record is ")
        times = one["likelihood_high"] / one["likelihood_low"]
        assert told["confidence_reason"].endswith(f"nine times of ten, {times:,.1f} times apart")
        assert told["confidence"] == before["confidence"]


def test_without_a_model_the_range_is_unknown_and_federal_money_has_none(sample_home: Path) -> None:
    with Workspace(load_settings(home=sample_home)) as workspace:
        decided = workflows.decide(workspace, workspace.records.find_profile("shelburne"))
        found = likelihoods_among(workspace, decided)
        for kind, ending in (("foundation", f"how likely a new grant is, is {UNTRAINED}"), ("program", None)):
            row = decided.decisions[(decided.decisions["kind"] == kind) & (decided.decisions["eligibility"] != "fails")].iloc[0]
            told = explained(decided, row["candidate_id"], how_likely(found, row["candidate_id"])).decision["confidence_reason"]
            assert told == row["confidence_reason"] + (f"; {ending}" if ending else "")
