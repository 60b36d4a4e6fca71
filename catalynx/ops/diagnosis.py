"""Is everything in order? Each finding says what was looked at, what was found, and the way out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from catalynx.errors import CatalynxError

if TYPE_CHECKING:
    from catalynx.records.entries import AuditHead
    from catalynx.settings import Settings

LEAST_FREE_BYTES = 2**30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; an ``optional`` one may be missing."""

    what: str
    ok: bool
    detail: str
    way_out: str = ""
    optional: bool = False


def diagnose(settings: Settings, *, noted: AuditHead | None = None) -> list[Finding]:
    """Look at the workspace, lake, records, audit, pages, reports and browser of `settings`.

    `noted` is the audit's last entry as it was noted down before; it shows a chain that was made anew, too.
    """
    looks: list[tuple[str, Callable[[Settings], Finding]]] = [
        ("disk", _disk), ("lake", _lake), ("records", _records), ("audit", partial(_audit, noted=noted)), ("reports", _reports),
        ("dashboards", _dashboards), ("PDF", _browser),
    ]  # fmt: skip
    return [_look(what, look, settings) for what, look in looks]


def _look(what: str, look: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return look(settings)
    except CatalynxError as error:
        reason, _, way_out = str(error).partition(". ")
        return Finding(what, False, reason, way_out)


def _disk(settings: Settings) -> Finding:
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    return Finding(
        "disk",
        free >= LEAST_FREE_BYTES,
        f"{free / 2**30:,.1f} GB free at {folder}",
        "" if free >= LEAST_FREE_BYTES else "free 1 GB",
    )


def _lake(settings: Settings) -> Finding:
    from catalynx.lake.versions import verify

    version = verify(settings.lake)
    return Finding("lake", True, f"version {version.id} is whole, {sum(file.rows for file in version.tables):,} rows")


def _records(settings: Settings) -> Finding:
    from catalynx.records.store import open_records

    settings.home.mkdir(parents=True, exist_ok=True)
    with open_records(settings.records_url) as records:
        count = records.list_profiles(page_size=1).total
    kind = "PostgreSQL" if settings.records_url.startswith("postgresql") else "SQLite"
    return Finding("records", True, f"{kind}, {count:,} profile{'' if count == 1 else 's'}")


def _audit(settings: Settings, *, noted: AuditHead | None = None) -> Finding:
    from catalynx.records.store import open_records

    with open_records(settings.records_url) as records:
        flaw, head = records.verify_audit(noted), records.audit_head()
    if flaw is not None:
        way_out = "compare with a backup, and find out who can write to the database"
        return Finding("audit", False, f"entry {flaw.sequence:,} {flaw.problem}", way_out)
    if head is None:
        return Finding("audit", True, "no entry yet")
    return Finding(
        "audit", True, f"{head.sequence:,} entries are as they were written; the last is {head.sequence}:{head.chain_hash}"
    )


def _reports(settings: Settings) -> Finding:
    from catalynx.reports import reports

    return Finding("reports", True, ", ".join(reports(settings.notebooks)))


def _dashboards(settings: Settings) -> Finding:
    there = (settings.dashboards / "server.py").exists()
    return Finding("dashboards", there, str(settings.dashboards), "" if there else "set CATALYNX_DASHBOARDS to their folder")


def _browser(settings: Settings) -> Finding:
    from catalynx.reports import chromium_path

    found = chromium_path()
    way_out = "install Debian's package chromium, or run `playwright install chromium`"
    return Finding(
        "PDF", found is not None, str(found or "no Chromium: reports come without a PDF"), "" if found else way_out, optional=True
    )
