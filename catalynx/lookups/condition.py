"""The published rows behind a number that says where they stand: a table, and which values its columns have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from catalynx.columns import TABLES
from catalynx.errors import BadParameter
from catalynx.lake.ties import TYING_GIFTS

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.workflows import Workspace

MOST_ROWS: Final = 200


def condition_rows(workspace: Workspace, evidence: str, *, limit: int = MOST_ROWS) -> tuple[str, pd.DataFrame]:
    """Return the name of a table of published rows, and those of them that a condition is about, with file and place.

    Parameters
    ----------
    evidence : JSON: ``table``, and columns of it with the value they have, or a list of values of which they have one; of
        ``giving`` the grants behind its rows are given

    Raises
    ------
    BadParameter
        It names no table of the lake, or a column that the table does not have.
    """
    condition: dict[str, Any] = json.loads(evidence)
    name = condition.pop("table", None)
    if name not in TABLES or not condition or not set(condition) <= set(TABLES[name].names):
        raise BadParameter("evidence", evidence, "a table of the lake, and columns of it with their values")
    asked = " AND ".join(f"list_contains(${column}::VARCHAR[], {column}::VARCHAR)" for column in condition)
    values = {
        column: [str(one) for one in (value if isinstance(value, list) else [value])] for column, value in condition.items()
    }
    if name == "giving":
        found = f"SELECT * FROM grants WHERE grant_id IN (SELECT gift_id FROM giving WHERE {asked} AND {TYING_GIFTS})"
        name = "grants"
    else:
        found = f"SELECT * FROM {name} WHERE {asked}"
    newest = next(
        (f"{column} DESC NULLS LAST, " for column in ("year", "tax_year", "audit_year") if column in TABLES[name].names), ""
    )
    order = newest + ", ".join(TABLES[name].key)
    return name, workspace.lake.sql(f"{found} ORDER BY {order} LIMIT $most", {**values, "most": limit})
