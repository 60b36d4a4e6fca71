"""Tables of a profile as files: all rows, in a form that other programs read."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from catalynx.records.profile_folders import describe_folder, profiles_of_folders, remove_folders

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.jobs.kinds import Order, Say
    from catalynx.settings import Settings
    from catalynx.workflows import Workspace

TABLES = ("decisions", "candidates", "score_parts", "tracked", "scenarios", "signed_decisions", "outcomes")
FORMATS = ("csv", "xlsx", "parquet")
DESCRIPTION = "export.json"


def write_export(settings: Settings, order: Order, say: Say) -> Path:
    """Write the table that `order` asks for to ``exports/JOB_ID/``; run again for the same job, it keeps the first.

    Raises
    ------
    NotFound
        The profile was deleted meanwhile; nothing is left.
    """
    from catalynx import workflows

    table, form = order.parameters["table"], order.parameters["format"]
    folder = settings.exports / order.job_id
    file = folder / f"{table}.{form}"
    if file.exists():
        return file
    fresh = settings.exports / f".{order.job_id}-{secrets.token_hex(4)}"
    fresh.mkdir(parents=True)
    try:
        describe_folder(fresh, DESCRIPTION, {"profile_id": order.profile_id, **order.parameters})
        with workflows.Workspace(settings) as workspace:
            say("choosing the rows", 1, 3)
            frame = _frame(workspace, order)
            say(f"writing {len(frame):,} rows", 2, 3)
            _WRITE[form](frame, fresh / file.name)
            os.replace(fresh, folder)
            try:
                workspace.records.get_profile(str(order.profile_id))
            except BaseException:
                shutil.rmtree(folder)  # it was purged meanwhile, and the purge could not see this folder
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    say("done", 3, 3)
    return file


def remove_exports(folder: Path, profile_id: str) -> int:
    """Remove every export of a profile, those that were never finished too; return how many there were."""
    return remove_folders(folder, DESCRIPTION, profile_id)


def profiles_of_exports(folder: Path) -> set[str]:
    """Return the profiles that exports in a folder are of, finished ones and others that say it."""
    return profiles_of_folders(folder, DESCRIPTION)


def _frame(workspace: Workspace, order: Order) -> pd.DataFrame:
    from catalynx.lookups.tables import TEAM, table_of

    asked = order.parameters
    profile = workspace.records.get_profile(str(order.profile_id))
    # All of a team may fetch the file: what somebody keeps for themselves is in it only where one user is alone.
    viewer = None if asked.get("unshared") else TEAM
    as_of = None if asked["as_of"] is None else date.fromisoformat(asked["as_of"])
    return table_of(workspace, profile, asked["table"], as_of=as_of, viewer=viewer)


def _csv(frame: pd.DataFrame, file: Path) -> None:
    from catalynx.reports import write_csv

    write_csv(frame, file)


def _xlsx(frame: pd.DataFrame, file: Path) -> None:
    from catalynx.reports import write_xlsx

    write_xlsx({file.stem: frame}, file)


def _parquet(frame: pd.DataFrame, file: Path) -> None:
    frame.to_parquet(file, index=False)


_WRITE: dict[str, Callable[[pd.DataFrame, Path], None]] = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet}
