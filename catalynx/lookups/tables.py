"""Whole tables of a profile, and tables as files."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalynx import workflows
from catalynx.columns import RESULTS, arrow_schema
from catalynx.lookups.plain import plain_frame, plain_rows
from catalynx.records.entries import Tracked

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.records.profile import Profile
    from catalynx.workflows import Workspace


def table_of(workspace: Workspace, profile: Profile, name: str, *, as_of: date | None = None) -> pd.DataFrame:
    """Return the table `name` of a profile with all rows: decisions, candidates, score_parts or tracked."""
    import pandas as pd

    if name == "tracked":
        tracked = [asdict(one) for one in workspace.records.list_tracked(profile.profile_id)]
        frame = pd.DataFrame(tracked, columns=[field.name for field in fields(Tracked)])
        for moment in ("created_at", "updated_at"):  # spreadsheets know no time zones
            frame[moment] = pd.to_datetime(frame[moment], utc=True).dt.tz_localize(None)
        return frame
    decided = workflows.decide(workspace, profile, as_of=as_of)
    frame = {"decisions": decided.decisions, "candidates": decided.candidates, "score_parts": decided.parts}[name]
    return frame[RESULTS[name].names]


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
