"""Tables of a profile as files: all rows, in a form that other programs read."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalynx.records.profile_folders import describe_folder, profiles_of_folders, remove_folders

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.jobs.kinds import Order, Say
    from catalynx.records.store import Records
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
            frame = _frame(workspace, str(order.profile_id), table, order.parameters["as_of"])
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


def _frame(workspace: Workspace, profile_id: str, table: str, as_of: str | None) -> pd.DataFrame:
    from catalynx import workflows

    profile = workspace.records.get_profile(profile_id)
    if table in _KEPT:
        return _kept(workspace.records, profile_id, table)
    decided = workflows.decide(workspace, profile, as_of=None if as_of is None else date.fromisoformat(as_of))
    return {"decisions": decided.decisions, "candidates": decided.candidates, "score_parts": decided.parts}[table]


_KEPT: dict[str, Callable[[Records, str], list[Any]]] = {
    "tracked": lambda records, profile_id: records.list_tracked(profile_id),
    # What somebody keeps for themselves is theirs alone to export, by its own address.
    "scenarios": lambda records, profile_id: records.list_scenarios(profile_id, viewer="local"),
    "signed_decisions": lambda records, profile_id: records.list_signed(profile_id),
    "outcomes": lambda records, profile_id: records.list_outcomes(profile_id),
}
"""Tables of what people made, and who lists them."""


def _kept(records: Records, profile_id: str, table: str) -> pd.DataFrame:
    """Return what people made as a frame: what is nested as JSON, moments without their zone, which is UTC."""
    import pandas as pd

    from catalynx.records.entries import Tracked
    from catalynx.records.scenarios import Scenario
    from catalynx.records.signing import Outcome, SignedDecision

    kind = {"tracked": Tracked, "scenarios": Scenario, "signed_decisions": SignedDecision, "outcomes": Outcome}[table]
    names = [field.name for field in fields(kind)]
    found = [{name: getattr(one, name) for name in names} for one in _KEPT[table](records, profile_id)]
    frame = pd.DataFrame(found, columns=names)
    for name in names:
        if name.endswith("_at"):
            frame[name] = pd.to_datetime(frame[name], utc=True).dt.tz_localize(None)  # spreadsheets know no zones
        elif any(isinstance(one[name], dict) for one in found):
            frame[name] = [json.dumps(one[name]) for one in found]
    return frame


def _csv(frame: pd.DataFrame, file: Path) -> None:
    from catalynx.reports import write_csv

    write_csv(frame, file)


def _xlsx(frame: pd.DataFrame, file: Path) -> None:
    from catalynx.reports import write_xlsx

    write_xlsx({file.stem: frame}, file)


def _parquet(frame: pd.DataFrame, file: Path) -> None:
    frame.to_parquet(file, index=False)


_WRITE: dict[str, Callable[[pd.DataFrame, Path], None]] = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet}
