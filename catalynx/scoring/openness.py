"""May one ask at all? What its return says about applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.criterion import Row, is_foundation, made_of

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score 0 where the return says that it gives only to preselected charities, 1 where it says how or when to apply.

    Unknown otherwise: a box that is not ticked does not prove that requests are welcome.
    """
    import numpy as np
    import pandas as pd

    empty = pd.Series(None, candidates.index, dtype=object)
    closed = candidates.get("preselected_only", empty).astype("boolean").fillna(False).to_numpy(dtype=bool)
    told = candidates.get("application_form", empty).notna() | candidates.get("application_deadlines", empty).notna()
    return pd.Series(np.select([closed, told.to_numpy()], [0.0, 1.0], np.nan), candidates.index)


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    if row["value"] is None:
        return "unknown: no return in the lake says how to apply"
    if row["value"] == 0:
        return "its return says that it gives only to preselected charities"
    told = [f"{what}: {' '.join(str(row[name]).split())[:120]}" for name, what in
            (("application_deadlines", "when"), ("application_form", "how")) if row[name] is not None]  # fmt: skip
    return f"its return says how to apply ({'; '.join(told)})"


CRITERION = made_of(
    "openness", "May one ask at all?", ("kind",), values, _tell,
    also=("preselected_only", "application_form", "application_deadlines"), applies=is_foundation,
)  # fmt: skip
