"""What a criterion is, and which there are."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

type Row = Mapping[str, Any]
"""What is known of one candidate, None where it is not; ``value`` is the criterion's."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question that is asked of every candidate that it applies to.

    Attributes
    ----------
    name, question : short name, and the question in words
    needs : columns of the candidates that it reads
    judge : candidates, applicant, rules → frame on the candidates' index with ``value`` (0–1, NA = unknown) and
        ``because`` (a sentence with the figures, or why it is unknown)
    values : the values of `judge` alone, without the sentences, for many candidates; None asks `judge`
    applies : which candidates it is asked of; None asks all. Where it does not apply it is no part of the whole weight.
    """

    name: str
    question: str
    needs: tuple[str, ...]
    judge: Callable[[pd.DataFrame, Applicant, Rules], pd.DataFrame]
    values: Callable[[pd.DataFrame, Applicant, Rules], pd.Series] | None = None
    applies: Callable[[pd.DataFrame], pd.Series] | None = None


@cache
def criteria() -> dict[str, Criterion]:
    """Return every criterion of this package by its name."""
    package = importlib.import_module("catalynx.scoring")
    found = (
        getattr(importlib.import_module(f"catalynx.scoring.{module.name}"), "CRITERION", None)
        for module in pkgutil.iter_modules(package.__path__)
    )
    return {criterion.name: criterion for criterion in found if criterion is not None}


def judged(candidates: pd.DataFrame, values: pd.Series, because: list[str]) -> pd.DataFrame:
    """Return the frame that a criterion gives: `values` within 0 and 1, and why."""
    import pandas as pd

    return pd.DataFrame({"value": values.astype("float64").clip(0, 1), "because": because}, index=candidates.index)


def made_of(
    name: str,
    question: str,
    needs: tuple[str, ...],
    values: Callable[[pd.DataFrame, Applicant, Rules], pd.Series],
    tell: Callable[[Row, Applicant, Rules], str],
    *,
    also: tuple[str, ...] = (),
    applies: Callable[[pd.DataFrame], pd.Series] | None = None,
) -> Criterion:
    """Make a criterion of a function for all values and one for the sentence of a row.

    Parameters
    ----------
    also : columns that are read where they are there
    """

    def judge(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.DataFrame:
        found = values(candidates, applicant, rules)
        rows = _rows(candidates, (*needs, *also), found)
        return judged(candidates, found, [tell(row, applicant, rules) for row in rows])

    return Criterion(name, question, needs, judge, values, applies)


def _rows(candidates: pd.DataFrame, names: tuple[str, ...], found: pd.Series) -> list[dict[str, Any]]:
    """Return each candidate's cells in these columns, None where they are unknown or not there."""
    columns = [_cells(candidates[name]) if name in candidates else [None] * len(candidates) for name in names]
    keys = (*names, "value")
    return [dict(zip(keys, cells, strict=True)) for cells in zip(*columns, _cells(found), strict=True)]


def _cells(column: pd.Series) -> list[Any]:
    cells = column.astype(object)
    return cells.where(column.notna(), None).tolist()


def number(candidates: pd.DataFrame, name: str) -> pd.Series:
    """Return a column as ``float64``, NaN where it is unknown or not there."""
    import numpy as np
    import pandas as pd

    if name not in candidates:
        return pd.Series(np.nan, candidates.index)
    column = candidates[name]
    if column.dtype == np.float64:
        return column
    return column.astype("Float64").astype("float64")


def unknown(candidates: pd.DataFrame) -> pd.Series:
    """Return a value for each candidate that says nothing."""
    import numpy as np
    import pandas as pd

    return pd.Series(np.nan, candidates.index)


def on_log_scale(value: pd.Series, none_at: float, full_at: float) -> pd.Series:
    """Return 0 at `none_at`, 1 at `full_at`, even steps for even ratios between; a value of 0 gives 0."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return (np.log(value.where(value >= 0) / none_at) / np.log(full_at / none_at)).clip(0, 1)


def is_no_opportunity(candidates: pd.DataFrame) -> pd.Series:
    """An announcement has no history of its own: what a funder gave before is asked of foundations and programs."""
    return candidates["kind"] != "opportunity"


def is_foundation(candidates: pd.DataFrame) -> pd.Series:
    """Whether a candidate is a foundation."""
    return candidates["kind"] == "foundation"


def is_program(candidates: pd.DataFrame) -> pd.Series:
    """Whether a candidate is a federal program."""
    return candidates["kind"] == "program"
