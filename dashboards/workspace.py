"""The workbench over a workspace: what the pages are given, from the lake and the records on this machine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from threading import Lock
from typing import TYPE_CHECKING

from catalynx import workflows
from catalynx.errors import NotFound
from dashboards.answers import Answers, DataFacts, Evidence, EvidenceTable, ProfileFacts

if TYPE_CHECKING:
    from catalynx.records.profile import Profile
    from catalynx.settings import Settings

MOST_PROFILES = 200
MOST_ROWS = 50_000


class WorkspaceWorkbench:
    """Answers from one workspace; may be asked from several threads.

    Parameters
    ----------
    settings : where the workspace is
    as_of : the day for which everything is judged; None is today
    """

    def __init__(self, settings: Settings, *, as_of: date | None = None) -> None:
        self._settings, self._as_of, self._lock = settings, as_of, Lock()
        self._opened = [workflows.Workspace(settings)]

    def profiles(self) -> Sequence[ProfileFacts]:
        """Return the profiles of the workspace by name."""
        page = self._current().records.list_profiles(page_size=MOST_PROFILES)
        return [_facts(profile) for profile in page.profiles]

    def answers(self, profile_id: str) -> Answers:
        """Return the decisions for one profile, from the lake's current version."""
        workspace = self._current()
        profile = workspace.records.get_profile(profile_id)
        decided = workflows.decide(workspace, profile, as_of=self._as_of)
        version = workspace.lake.version
        data = DataFacts(datetime.fromisoformat(version.made_at).date(), version.id, workflows.data_facts(workspace))
        return Answers(
            _facts(profile), decided.rules.as_of, decided.candidates, decided.parts, decided.decisions, decided.agenda,
            decided.rules.horizon_months, data, decided.cautions,
        )  # fmt: skip

    def evidence(self, profile_id: str, candidate_id: str) -> Evidence:
        """Return the rows of the lake behind one candidate, those nearest to the profile first."""
        workspace = self._current()
        profile = workspace.records.get_profile(profile_id)
        decisions = workflows.decide(workspace, profile, as_of=self._as_of).decisions
        found = decisions[decisions["candidate_id"] == candidate_id]
        if found.empty:
            raise NotFound("candidate", candidate_id, "It may come from another version of the data.")
        rows = workflows.evidence(workspace, found.iloc[0], profile=profile, limit=MOST_ROWS)
        table = json.loads(found.iloc[0]["evidence"])["table"]
        order = workflows.evidence_order(profile) if table in ("grants", "awards") else ""
        return Evidence((EvidenceTable(table, rows, len(rows), len(rows) == MOST_ROWS, order),))

    def close(self) -> None:
        """Let every opened version go."""
        for workspace in self._opened:
            workspace.close()

    def _current(self) -> workflows.Workspace:
        """Return the workspace on the lake's current version; a version that a page still reads stays open."""
        from catalynx.lake.versions import current_folder

        with self._lock:
            last = self._opened[-1]
            if "lake" in vars(last) and current_folder(self._settings.lake) != last.lake.folder:
                self._opened.append(workflows.Workspace(self._settings))
            return self._opened[-1]


def _facts(profile: Profile) -> ProfileFacts:
    place = ", ".join(part for part in (profile.city, profile.state) if part)
    return ProfileFacts(profile.profile_id, profile.organization_name, place or None)
