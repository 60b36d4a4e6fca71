"""Is everything in order? Each finding says what was looked at, what was found, and the way out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalynx.errors import CatalynxError

if TYPE_CHECKING:
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


def diagnose(settings: Settings) -> list[Finding]:
    """Look at the workspace, lake, records, pages, reports and browser of `settings`."""
    looks: list[tuple[str, Callable[[Settings], Finding]]] = [
        ("disk", _disk), ("lake", _lake), ("records", _records), ("reports", _reports), ("dashboards", _dashboards),
        ("PDF", _browser),
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
