"""What a signal of risk is, and which there are.

A signal is one function in a module ``catalynx.scoring.risk_of_…``, with `of_applicant` or `of_candidate` above it; nothing has
to be told of it. It gives a value from 0 (nothing speaks of this risk) to 1, or unknown, with a sentence that holds the figures.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from catalynx.errors import BadParameter
from catalynx.scoring.limits import DIMENSIONS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Facts:
    """What is known of the applicant; frames without rows and None are unknown.

    Attributes
    ----------
    finances, standings : rows as ``columns.RESULTS["finances"]`` and ``["finance_standings"]``
    filings : all its returns, superseded ones too, as the table ``filings``
    audits : its single audits, as the table ``audits``
    findings : their findings, as the table ``audit_findings``
    revenue_usd : total revenue of its latest return, else what the profile says
    year_end : a day on which one of its fiscal years ended
    largest_gift_usd : the largest gift or award to it on record, in dollars of its year
    hours_per_month : staff hours for applications
    cost_sharing_ok : whether it can share costs
    """

    as_of: date
    finances: pd.DataFrame
    standings: pd.DataFrame
    filings: pd.DataFrame
    audits: pd.DataFrame
    findings: pd.DataFrame
    revenue_usd: float | None = None
    year_end: date | None = None
    largest_gift_usd: float | None = None
    hours_per_month: float | None = None
    cost_sharing_ok: bool | None = None

    def standing(self, ratio: str) -> pd.Series | None:
        """Return where it stands in a ratio; None when the ratio is not there at all."""
        found = self.standings[self.standings["ratio"] == ratio]
        return None if found.empty else found.iloc[0]


@dataclass(frozen=True, slots=True)
class Told:
    """What a signal says of the applicant: ``value`` None is unknown, ``evidence`` the condition on a table of the lake."""

    value: float | None
    because: str
    evidence: str | None = None


type Judge = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: its dimension, its weight among the signals of that dimension, and the function that judges it.

    The judge of an applicant's signal takes `Facts` and `Limits` and gives `Told`; that of a candidate's takes candidates,
    `Facts` and `Limits` and gives a frame on the candidates' index with ``value``, ``because``, ``evidence``.
    """

    name: str
    dimension: str
    weight: float
    about_candidate: bool
    judge: Judge


_REGISTRY: dict[str, Signal] = {}


def of_applicant(dimension: str, weight: float = 1.0) -> Callable[[Judge], Judge]:
    """Register a signal of the applicant, which holds for all candidates."""
    return lambda judge: _register(judge, dimension, weight, about_candidate=False)


def of_candidate(dimension: str, weight: float = 1.0) -> Callable[[Judge], Judge]:
    """Register a signal of single candidates."""
    return lambda judge: _register(judge, dimension, weight, about_candidate=True)


def _register(judge: Judge, dimension: str, weight: float, *, about_candidate: bool) -> Judge:
    name = judge.__name__
    if dimension not in DIMENSIONS:
        raise BadParameter(f"dimension of {name}", dimension, f"one of {', '.join(DIMENSIONS)}")
    if not weight > 0:
        raise BadParameter(f"weight of {name}", weight, "a number above 0")
    known = _REGISTRY.get(name)
    if known is not None and known.judge.__module__ != judge.__module__:
        raise BadParameter("signal", name, f"a name that {known.judge.__module__} does not use already")
    _REGISTRY[name] = Signal(name, dimension, weight, about_candidate, judge)
    return judge


@cache
def signals() -> tuple[Signal, ...]:
    """Return every signal, by dimension and name."""
    package = importlib.import_module("catalynx.scoring")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("risk_of_"):
            importlib.import_module(f"catalynx.scoring.{module.name}")
    return tuple(sorted(_REGISTRY.values(), key=lambda signal: (DIMENSIONS.index(signal.dimension), signal.name)))


def rows_in(table: str, **condition: object) -> str:
    """Return where rows of the lake stand, as evidence."""
    return json.dumps({"table": table, **condition})


def between(value: float, none_at: float, full_at: float) -> float:
    """Return how far `value` is on its way from no risk (0) to full risk (1), within 0 and 1."""
    return min(1.0, max(0.0, (value - none_at) / (full_at - none_at)))


def from_standing(
    facts: Facts,
    ratio: str,
    risk: Callable[[float], float],
    told: Callable[[float, Mapping[str, Any]], str],
    *,
    absent: str = "no return is on file",
) -> Told:
    """Return what the latest value of a ratio says; unknown with its reason where it has none, or `absent` where it never has."""
    standing = facts.standing(ratio)
    if standing is None:
        return Told(None, f"unknown: {absent}")
    if standing["value"] != standing["value"]:
        return Told(None, f"unknown: {standing['reason']}")
    value = float(standing["value"])
    found = facts.finances[(facts.finances["ratio"] == ratio) & facts.finances["tax_year"].eq(standing["tax_year"]).fillna(False)]
    return_id = found["return_id"].dropna()
    evidence = None if return_id.empty else rows_in("filings", return_id=str(return_id.iloc[-1]))
    return Told(risk(value), told(value, {str(name): cell for name, cell in standing.items()}), evidence)
