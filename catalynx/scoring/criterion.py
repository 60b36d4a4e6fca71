"""What a criterion is, and which there are."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question that is asked of every candidate.

    Attributes
    ----------
    name, question : short name, and the question in words
    needs : columns of the candidates that it reads
    judge : candidates, applicant, rules → frame on the candidates' index with ``value`` (0–1, NA = unknown) and
        ``because`` (a sentence with the figures, or why it is unknown)
    """

    name: str
    question: str
    needs: tuple[str, ...]
    judge: Callable[[pd.DataFrame, Applicant, Rules], pd.DataFrame]


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
