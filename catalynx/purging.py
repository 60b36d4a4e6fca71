"""Purging a profile: everything that was ever kept of it in a workspace goes, but for a pseudonymous audit entry.

A purge that was interrupted is finished by the next one, and by whoever starts serving the workspace (`finish_purges`).
What a restored backup brings back is purged anew (`replay_purges`).
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from catalynx.errors import NotFound

if TYPE_CHECKING:
    from catalynx.records.entries import AuditEntry, Erasure
    from catalynx.workflows import Workspace

SCRATCH = "jobs"
"""Folder of what jobs need while they run."""

BEGUN = "purging"
"""Folder with one empty file for each purge that has begun and not ended, named by the profile."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge removed, in numbers that say nothing of the profile; ``entry`` is what the audit keeps."""

    entry: AuditEntry
    jobs: int
    reports: int
    exports: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay removed, in numbers: profiles that were back, and what was made of them or of others that are gone."""

    profiles: int
    jobs: int
    reports: int
    exports: int


def purge_profile(
    workspace: Workspace, profile_id: str, by: str, *, teams: Collection[str] | None = None, origin: str | None = None
) -> Purged:
    """Remove a profile everywhere: records, jobs, reports, exports, caches, and the databases' unused bytes.

    Parameters
    ----------
    by, origin : who purges, and from where, for the audit
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
    entry = workspace.records.delete_profile(profile_id, by=by, teams=teams, origin=origin)
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


def replay_purges(workspace: Workspace, known: Iterable[Erasure] = (), *, by: str, origin: str | None = None) -> Replayed:
    """Purge everywhere what was purged before: to be called after every restore, before anything is served.

    A backup brings profiles back that were purged since it was made, with their jobs, reports and exports. Reports and
    exports of profiles that are in the records no more go as well, since a backup of files can bring them back alone, and
    so does whatever was being made.

    Parameters
    ----------
    known : the erasures as they were noted down beside the backups, which what was restored does not know of
    by, origin : who restored, and from where, for the audit

    Raises
    ------
    JobError
        A job of such a profile does not stop; nothing of that profile was removed but jobs.
    """
    from catalynx.jobs import stop_jobs

    told, records = list(known), workspace.records
    finish_purges(workspace, by=by)
    found = records.profiles_to_erase(told)
    jobs = reports = exports = 0
    for profile_id in found:
        _begin(workspace, profile_id)
        jobs += stop_jobs(workspace.settings, records, profile_id)
        removed = _remove_files(workspace, profile_id)
        reports, exports = reports + removed[0], exports + removed[1]
    records.replay_erasures(told, by=by, origin=origin)
    _remove_unfinished(workspace)
    for profile_id in [*found, *_strangers(workspace)]:
        removed = _remove_files(workspace, profile_id)
        reports, exports = reports + removed[0], exports + removed[1]
        (workspace.settings.home / BEGUN / profile_id).unlink(missing_ok=True)
    return Replayed(len(found), jobs, reports, exports)


def _strangers(workspace: Workspace) -> list[str]:
    """Return the profiles that files here speak of, and the records do not know."""
    from catalynx.jobs import profiles_of_exports
    from catalynx.reports import profiles_of_reports

    settings = workspace.settings
    spoken_of = profiles_of_reports(settings.reports) | profiles_of_exports(settings.exports)
    return sorted(profile_id for profile_id in spoken_of if not _is_there(workspace, profile_id))


def _is_there(workspace: Workspace, profile_id: str) -> bool:
    try:
        return bool(workspace.records.get_profile(profile_id))
    except NotFound:
        return False


def _remove_unfinished(workspace: Workspace) -> None:
    """Remove what was being made when the backup was: nobody goes on with it, and it does not always say whose it is."""
    settings = workspace.settings
    for folder in (*settings.reports.glob(".*"), *settings.exports.glob(".*"), *(settings.home / SCRATCH).glob("*")):
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)


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
