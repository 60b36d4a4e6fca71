"""What tests of the pure middle share."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from catalynx.columns import RESULTS

BLANK = dict.fromkeys([*RESULTS["candidates"].names, "preselected_only", "based_in", "applicant_types", "assistance_types",
                       "instruments", "stage", "cost_sharing", "last_money_year", "eligibility_text"])  # fmt: skip


def _construct(*rows: dict[str, object]) -> pd.DataFrame:
    """Return candidates of which only what a row says is known: real shapes, invented figures."""
    full = [
        {
            **BLANK,
            "track": "foundation" if row.get("kind", "foundation") == "foundation" else "federal",
            "kind": "foundation",
            "candidate_id": f"foundation:{place}",
            "name": f"Fund {place}",
            **row,
        }
        for place, row in enumerate(rows)
    ]
    frame = pd.DataFrame(full, columns=list(BLANK))
    numbers = [column.name for column in RESULTS["candidates"].columns if column.kind in {"usd", "number", "integer"}]
    frame[numbers] = frame[numbers].astype("Float64").astype("float64")
    frame["deadline"] = pd.to_datetime(frame["deadline"])
    frame["marks"] = [[] for _ in full]
    return frame


@pytest.fixture(scope="session")
def constructed_candidates() -> Callable[..., pd.DataFrame]:
    """Give the function that constructs candidates, each from what a mapping says of it."""
    return _construct
