"""Purging a profile: everything that was ever kept of it in a workspace goes, but for a pseudonymous audit entry.

A purge that was interrupted is finished by the next one, and by whoever starts serving the workspace (`finish_purges`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from catalynx.errors import NotFound

if TYPE_CHECKING:
    from catalynx.records.entries import AuditEntry
    from catalynx.workflows import Workspace

BEGUN = "purging"
"""Folder with one empty file for each purge that has begun and not ended, named by the profile."""


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
    JobError
        A job of the profile does not stop; nothing was removed but jobs.
    """
    from catalynx.jobs import stop_jobs

    profile_id = workspace.records.get_profile(profile_id, teams=teams).profile_id
    begun = _begin(workspace, profile_id)
    # While it is still there, so that a purge that dies here can be asked for again.
    jobs = stop_jobs(workspace.settings, workspace.records, profile_id)
    reports, exports = _remove_files(workspace, profile_id)
    entry = workspace.records.delete_profile(profile_id, by=by, teams=teams)
    # Again, for what was being written when the profile went: nothing new can begin from here on.
    more_reports, more_exports = _remove_files(workspace, profile_id)
    begun.unlink(missing_ok=True)
    return Purged(entry, jobs, reports + more_reports, exports + more_exports)


def finish_purges(workspace: Workspace, *, by: str = "local") -> int:
    """Finish the purges that were interrupted; return how many there were."""
    folder = workspace.settings.home / BEGUN
    left = sorted(folder.iterdir()) if folder.is_dir() else []
    for begun in left:
        try:
            purge_profile(workspace, begun.name, by)
        except NotFound:  # it had gone from the records already
            _remove_files(workspace, begun.name)
            workspace.records.forget_deleted()
        begun.unlink(missing_ok=True)
    return len(left)


def _begin(workspace: Workspace, profile_id: str) -> Path:
    folder = workspace.settings.home / BEGUN
    folder.mkdir(parents=True, exist_ok=True)
    begun = folder / profile_id
    begun.touch()
    return begun


def _remove_files(workspace: Workspace, profile_id: str) -> tuple[int, int]:
    from catalynx.jobs import remove_exports
    from catalynx.reports import remove_reports
    from catalynx.workflows import forget_answers

    forget_answers()
    settings = workspace.settings
    return remove_reports(settings.reports, profile_id), remove_exports(settings.exports, profile_id)
