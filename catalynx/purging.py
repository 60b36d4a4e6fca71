"""Purging a profile: everything that was ever kept of it in a workspace goes, but for a pseudonymous audit entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalynx.records.entries import AuditEntry
    from catalynx.workflows import Workspace


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge removed, in numbers that say nothing of the profile; ``entry`` is what the audit keeps."""

    entry: AuditEntry
    jobs: int
    reports: int
    exports: int


def purge_profile(workspace: Workspace, profile_id: str, by: str, *, teams: Collection[str] | None = None) -> Purged:
    """Remove a profile everywhere: records, jobs, reports, exports, caches, and the databases' unused bytes.

    Parameters
    ----------
    by : who purges, for the audit
    teams : the teams whose profiles exist for that person; None is every team

    Raises
    ------
    NotFound
        No such profile, or not one of `teams`; nothing was removed.
    """
    from catalynx.reports import remove_reports

    workspace.records.get_profile(profile_id, teams=teams)
    removed = remove_reports(workspace.settings.reports, profile_id)
    return Purged(workspace.records.delete_profile(profile_id, by=by, teams=teams), 0, removed, 0)
