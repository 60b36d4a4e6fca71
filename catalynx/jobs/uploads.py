"""Files that came in over the network and wait to be read: each in a private folder of its own, which goes when it was read."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from catalynx.errors import BadParameter

if TYPE_CHECKING:
    from catalynx.records.store import Records
    from catalynx.settings import Settings

UPLOADS: Final = "uploads"
LONGEST_NAME: Final = 120
ABANDONED_SECONDS: Final = 3_600.0
"""Longer than anything takes to arrive: what is older and no job waits for was left behind by a process that was killed."""
_STRANGE = re.compile(r"[^A-Za-z0-9._ ()+-]")


def plain_name(name: str) -> str:
    """Return the last part of a file's name, with letters, digits and ``._ ()+-`` alone: it leads nowhere.

    Raises
    ------
    BadParameter
        Nothing of it is left.
    """
    last = re.split(r"[/\\]", name)[-1]
    plain = _STRANGE.sub("_", last).strip(" .")[-LONGEST_NAME:].strip(" .")
    if not plain.strip("_"):
        raise BadParameter("name", name, "the name of a file, such as eo_vt.csv")
    return plain


def new_upload(settings: Settings, name: str) -> Path:
    """Make a place for a file, which nobody else may look into, and return its path."""
    plain, above = plain_name(name), settings.home / UPLOADS
    above.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = above / secrets.token_hex(16)
    folder.mkdir(mode=0o700)
    path = folder / plain
    path.touch(mode=0o600)
    return path


def remove_upload(settings: Settings, upload: object) -> None:
    """Remove what came in, wherever it is in its life; `upload` names its folder."""
    if isinstance(upload, str) and re.fullmatch(r"[0-9a-f]{32}", upload):
        shutil.rmtree(settings.home / UPLOADS / upload, ignore_errors=True)


def sweep_uploads(settings: Settings, records: Records) -> int:
    """Remove what no job waits for and is older than `ABANDONED_SECONDS`; return how many there were."""
    folder = settings.home / UPLOADS
    before = time.time() - ABANDONED_SECONDS
    old = [path for path in folder.iterdir() if path.stat().st_mtime < before] if folder.is_dir() else []
    if not old:
        return 0
    open_jobs = [job for state in ("queued", "running") for job in records.list_jobs(state=state, kind="import", limit=10_000)]
    waited_for = {job.parameters.get("upload") for job in open_jobs}
    left = [path.name for path in old if path.name not in waited_for]
    for name in left:
        remove_upload(settings, name)
    return len(left)
