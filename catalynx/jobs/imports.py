"""Reading a file that came in: with the readers of published files, into the lake, and what became of its records."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from catalynx.errors import BadParameter, CatalynxError, JobError, LakeBusy
from catalynx.jobs.uploads import UPLOADS, plain_name

if TYPE_CHECKING:
    from catalynx.jobs.kinds import Checked, Order, Say
    from catalynx.lake import Ingested
    from catalynx.lake.ingestion import Progress
    from catalynx.settings import Settings
    from catalynx.workspace import Workspace

ACCOUNTS: Final = "imports"
ACCOUNT: Final = "account.json"
BUSY_SECONDS: Final = 0.5
_SUMS: Final = ("read", "published", "set_aside", "duplicates")


def check_import(settings: Settings, given: Mapping[str, Any], profile_id: str | None) -> Checked:
    """Refuse what is no file that came in."""
    upload, name = given.get("upload"), given.get("name")
    if set(given) != {"upload", "name"} or not isinstance(upload, str) or not isinstance(name, str):
        raise BadParameter("parameters", sorted(given), "upload and name of a file that came in")
    if profile_id is not None:
        raise BadParameter("profile_id", profile_id, "left out: published files belong to no profile")
    if not re.fullmatch(r"[0-9a-f]{32}", upload) or plain_name(name) != name:
        raise BadParameter("upload", upload, "one that came in")
    if not (settings.home / UPLOADS / upload / name).is_file():
        raise BadParameter("upload", upload, "a file that is there: send it again")
    return {"upload": upload, "name": name}


def read_import(settings: Settings, order: Order, say: Say, progress: Progress) -> Path:
    """Read the file into the lake; leave ``imports/JOB_ID/account.json``. Read again for the same job, nothing is read twice.

    Raises
    ------
    JobError
        The file is refused, and nothing was changed; says why without a path of this machine.
    """
    from catalynx.workspace import Workspace

    folder = settings.home / UPLOADS / order.parameters["upload"]
    try:
        with Workspace(settings) as workspace:
            done = read_when_free(workspace, [folder / order.parameters["name"]], order, say, progress)
    except CatalynxError as error:
        told = str(error).replace(f"{folder}/", "").replace(str(settings.home), "the workspace")
        raise JobError(told) from error
    return _write_account(settings.home / ACCOUNTS, order.job_id, order.parameters["name"], done)


def read_when_free(workspace: Workspace, paths: list[Path], order: Order, say: Say, progress: Progress) -> Ingested:
    """Read files into the lake as soon as no other process changes it: of several loads, one runs and the others wait."""
    from catalynx import workflows
    from catalynx.lake.versions import writing

    while True:
        try:
            with writing(workspace.settings.lake):
                pass
            return workflows.ingest(workspace, paths, progress=progress, job_id=order.job_id)
        except LakeBusy:
            say("waiting until another load has ended", 0, 0)
            time.sleep(BUSY_SECONDS)


def account_of(done: Ingested) -> dict[str, Any]:
    """Return what became of every record of a load: ``read = published + set_aside + duplicates``, in all and by table."""
    tables = [{"source": part.source, "known": part.known, **asdict(account)} for part in done.parts for account in part.accounts]
    sums = {name: sum(table[name] for table in tables) for name in _SUMS}
    return {"lake_version": done.version.id, **sums, "tables": tables}


def _write_account(folder: Path, job_id: str, name: str, done: Ingested) -> Path:
    fresh, place = folder / f".{job_id}-{secrets.token_hex(4)}", folder / job_id
    fresh.mkdir(parents=True)
    try:
        (fresh / ACCOUNT).write_text(json.dumps({"file": name, **account_of(done)}, indent=1))
        shutil.rmtree(place, ignore_errors=True)  # of an attempt that was cut off when all was done
        os.replace(fresh, place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return place / ACCOUNT
