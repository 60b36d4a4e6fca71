"""Finances and risks over the wire; their fields are those of the vocabulary of ``catalynx.columns``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, create_model

from catalynx.api.models.basics import Asked, CandidateId, Day, Share, Weight, Whole, fields_of
from catalynx.api.paging import Paged
from catalynx.columns import RESULTS
from catalynx.rules import KINDS
from catalynx.scoring.limits import DIMENSIONS

_KIND = "^(" + "|".join(KINDS) + ")$"
_DIMENSION = "^(" + "|".join(DIMENSIONS) + ")$"
type Months = Annotated[float, Field(gt=0, le=120, allow_inf_nan=False)]

FinanceRatio: Final = create_model("FinanceRatio", __doc__="One ratio of one year.", **fields_of(RESULTS["finances"]))
FinanceStanding: Final = create_model(
    "FinanceStanding", __doc__="Where it stands in one ratio.", **fields_of(RESULTS["finance_standings"])
)
ReadinessCheck: Final = create_model("ReadinessCheck", __doc__="One check for an award.", **fields_of(RESULTS["readiness"]))


class FinancesAnswer(BaseModel):
    """The finances of a profile, from its own returns."""

    profile_id: str
    as_of: date
    lake_version: str
    revenue_usd: float | None = Field(description="Of the latest return, else what the profile says; null: unknown")
    ratios: list[FinanceRatio]  # type: ignore[valid-type]
    standings: list[FinanceStanding]  # type: ignore[valid-type]
    readiness: list[ReadinessCheck] = Field(description="Empty when no award was asked about.")  # type: ignore[valid-type]
    unknown: list[str] = Field(description="What is not known, and why.")


class RisksAsked(Asked):
    """Which risks are asked for, and what counts as sound; what is left out is as usual."""

    model_config = ConfigDict(json_schema_extra={"example": {"kinds": ["opportunity"], "reserve_months": 6}})

    as_of: Day | None = None
    kinds: Annotated[list[Annotated[str, Field(pattern=_KIND)]] | None, Field(max_length=3)] = None
    candidate_ids: Annotated[list[CandidateId] | None, Field(max_length=500)] = None
    weights: Annotated[
        dict[Annotated[str, Field(pattern=_DIMENSION)], Weight] | None,
        Field(description="Dimension → weight; a dimension left out does not count."),
    ] = None
    reserve_months: Months | None = Field(default=None, description="Below this the reserve is a concern.")
    cash_months: Months | None = Field(default=None, description="Months of cash of full risk; twice that is none.")
    largest_share: Annotated[Share, Field(gt=0)] | None = Field(
        default=None, description="Share of revenue above which an award or a funder is a concern."
    )
    years_back: Annotated[Whole, Field(ge=1, le=30)] | None = Field(default=None, description="Years that count.")


class RiskSignal(BaseModel):
    """One signal of a risk, and what it adds."""

    dimension: str
    signal: str
    value: float | None = Field(description="0 nothing speaks of this risk, 1 all does; null: no data")
    weight: float = Field(description="Share of the whole weight, before what is unknown is left out")
    contribution: float | None = Field(description="What it adds; contributions sum to the risk")
    because: str
    about_candidate: bool = Field(description="False when it holds for all candidates.")
    evidence: dict[str, Any] | None = Field(description="Table and condition of the rows behind it; null: no rows are")


CandidateRisk: Final = create_model(
    "CandidateRisk", __doc__="The risk of one candidate and its signals, those that add most first.",
    **fields_of(RESULTS["risks"]), signals=(list[RiskSignal], ...),
)  # fmt: skip


class RisksAnswer(Paged):
    """Risks in the order of the decisions."""

    profile_id: str
    as_of: date
    lake_version: str
    risks: list[CandidateRisk]  # type: ignore[valid-type]
