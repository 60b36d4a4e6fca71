"""Whole tables of a profile, and tables as files."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from catalynx import workflows
from catalynx.columns import RESULTS, arrow_schema
from catalynx.lookups.plain import plain_frame, plain_rows
from catalynx.records.entries import Tracked
from catalynx.records.scenarios import Scenario
from catalynx.records.signing import Outcome, SignedDecision

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.records.profile import Profile
    from catalynx.records.store import Records
    from catalynx.workflows import Workspace


TEAM: Final = ""
"""Nobody's name: who asks under it sees what is shared with the team, and nothing else."""


def table_of(
    workspace: Workspace, profile: Profile, name: str, *, as_of: date | None = None, viewer: str | None = TEAM
) -> pd.DataFrame:
    """Return a table of a profile with all rows: decisions, candidates, score_parts, or one of `KEPT`.

    Parameters
    ----------
    viewer : whose unshared scenarios are told; None is everybody's
    """
    if name in KEPT:
        return _kept(workspace.records, profile.profile_id, name, viewer)
    decided = workflows.decide(workspace, profile, as_of=as_of)
    frame = {"decisions": decided.decisions, "candidates": decided.candidates, "score_parts": decided.parts}[name]
    return frame[RESULTS[name].names]


KEPT: Mapping[str, tuple[type, Callable[[Records, str, str | None], Sequence[object]]]] = MappingProxyType(
    {
        "tracked": (Tracked, lambda records, profile_id, _: records.list_tracked(profile_id)),
        "scenarios": (Scenario, lambda records, profile_id, viewer: records.list_scenarios(profile_id, viewer=viewer)),
        "signed_decisions": (SignedDecision, lambda records, profile_id, _: records.list_signed(profile_id)),
        "outcomes": (Outcome, lambda records, profile_id, _: records.list_outcomes(profile_id)),
    }
)
"""Tables of what people made: what a row is, and who lists them."""


def _kept(records: Records, profile_id: str, name: str, viewer: str | None) -> pd.DataFrame:
    """Return what people made as a frame: what is nested as JSON, moments without their zone, which is UTC."""
    import pandas as pd

    kind, listed = KEPT[name]
    names = [field.name for field in fields(kind)]
    found = [[getattr(one, field) for field in names] for one in listed(records, profile_id, viewer)]
    frame = pd.DataFrame(found, columns=names)
    for place, field in enumerate(names):
        if field.endswith("_at"):  # spreadsheets know no time zones
            frame[field] = pd.to_datetime(frame[field], utc=True).dt.tz_localize(None)
        elif any(isinstance(row[place], Mapping) for row in found):
            frame[field] = [json.dumps(row[place]) for row in found]
    return frame


def written(frame: pd.DataFrame, name: str, form: str, sheets: Mapping[str, Callable[[pd.DataFrame, Path], None]]) -> bytes:
    """Return `frame`, a table called `name`, as a file of the form json or parquet, or of one that `sheets` writes."""
    if form == "json":
        rows = plain_rows(frame, RESULTS[name].columns) if name in RESULTS else plain_frame(frame)
        return json.dumps(rows, ensure_ascii=False, allow_nan=False).encode()
    with tempfile.TemporaryDirectory(prefix="catalynx-") as folder:
        path = Path(folder) / f"{name}.{form}"
        if form == "parquet":
            _parquet(frame, name, path)
        else:
            sheets[form](frame, path)
        return path.read_bytes()


def _parquet(frame: pd.DataFrame, name: str, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if name in RESULTS:
        rows: list[dict[str, Any]] = plain_rows(frame, RESULTS[name].columns)
        days = [column.name for column in RESULTS[name].columns if column.kind == "date"]
        for row in rows:
            row.update({day: row[day] and date.fromisoformat(row[day]) for day in days})
        table = pa.Table.from_pylist(rows, arrow_schema(name))
    else:
        table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table, path, write_page_checksum=True)
