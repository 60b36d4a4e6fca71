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


def takeout(workspace: Workspace, profile: Profile) -> bytes:
    """Return a zip: the profile (YAML, as ``catalynx profile import`` reads it); what is tracked, decided and run (JSON)."""
    records = workspace.records
    tracked = [
        {**asdict(one), "history": [asdict(move) for move in records.history(one.tracked_id)]}
        for one in records.list_tracked(profile.profile_id)
    ]
    decisions = [
        {**asdict(one), "decisions": [_decision(row) for row in records.list_decisions(profile.profile_id, set_id=one.set_id)]}
        for one in records.list_decision_sets(profile.profile_id)
    ]
    runs = [asdict(run) for run in records.list_runs(profile_id=profile.profile_id, limit=MOST_RUNS)]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("profile.yaml", profile_to_yaml(profile))
        for name, content in (("tracked.json", tracked), ("decisions.json", decisions), ("runs.json", runs)):
            archive.writestr(name, json.dumps(plain(name, content), ensure_ascii=False, indent=1))
    return written.getvalue()


def _decision(row: Any) -> dict[str, Any]:
    return {"decision_id": row.decision_id, **row.fields}
