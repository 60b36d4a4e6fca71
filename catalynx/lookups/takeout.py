"""Everything that people made for a profile, as one zip to take away."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from catalynx.records.exchange import profile_to_yaml
from catalynx.records.storable import plain

if TYPE_CHECKING:
    from catalynx.records.profile import Profile
    from catalynx.workflows import Workspace

MOST_RUNS: Final = 10_000


def takeout(workspace: Workspace, profile: Profile, *, viewer: str | None) -> bytes:
    """Return a zip: the profile (YAML, as ``catalynx profile import`` reads it); all else that people made for it as JSON.

    That is what is tracked, decided and run, every version of the scenarios with who made it and when, and signed decisions
    with what they rest on, the numbers that came of them, and what became of them.

    Parameters
    ----------
    viewer : whose unshared scenarios are in it; None is everybody's. Others' do not exist for who asks, here as elsewhere.
    """
    records = workspace.records
    tracked = [
        {**asdict(one), "history": [asdict(move) for move in records.history(one.tracked_id)]}
        for one in records.list_tracked(profile.profile_id)
    ]
    decisions = [
        {**asdict(one), "decisions": [_decision(row) for row in records.list_decisions(profile.profile_id, set_id=one.set_id)]}
        for one in records.list_decision_sets(profile.profile_id)
    ]
    scenarios = [
        {**asdict(one), "history": [asdict(each) for each in records.scenario_history(one.scenario_id, viewer=viewer)]}
        for one in records.list_scenarios(profile.profile_id, viewer=viewer)
    ]
    outcomes = [asdict(one) for one in records.list_outcomes(profile.profile_id)]
    signed = [
        {**asdict(one), "outcomes": [each for each in outcomes if each["signed_id"] == one.signed_id]}
        for one in records.list_signed(profile.profile_id)
    ]
    runs = [asdict(run) for run in records.list_runs(profile_id=profile.profile_id, limit=MOST_RUNS)]
    made = {
        "tracked.json": tracked, "decisions.json": decisions, "scenarios.json": scenarios, "signed_decisions.json": signed,
        "runs.json": runs,
    }  # fmt: skip
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("profile.yaml", profile_to_yaml(profile))
        for name, content in made.items():
            archive.writestr(name, json.dumps(plain(name, content), ensure_ascii=False, indent=1))
    return written.getvalue()


def _decision(row: Any) -> dict[str, Any]:
    return {"decision_id": row.decision_id, **row.fields}
