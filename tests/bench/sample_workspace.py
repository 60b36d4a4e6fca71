"""The workspace of the shipped sample, as the demonstration makes it."""

from __future__ import annotations

from pathlib import Path


def sample_workspace(home: Path) -> tuple[str, list[str]]:
    """Build it; return the id of the demonstration's profile, and EINs to read."""
    from catalynx import workflows
    from catalynx.settings import load_settings

    with workflows.Workspace(load_settings(home=home)) as workspace:
        workflows.ingest(workspace, [workflows.SAMPLE])
        profile = workflows.keep_demo_profile(workspace)
        workspace.set_as_of(workflows.DEMO_AS_OF)
        eins = workspace.lake.sql("SELECT ein FROM organizations USING SAMPLE 200 ROWS (reservoir, 7)")["ein"]
    return profile.profile_id, list(eins)
