"""Likelihoods over the wire."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from catalynx.api.paging import Paged

_CHANCE = "Chance that a new grant will be reported in the years, 0–1; null: unknown"
_RATE = "Share of all applications of that year that was funded, 0–1; null: its text states none, or it is a foundation"


class Likelihood(BaseModel):
    """How likely money from one candidate is: the model's chance for foundations, the agency's count for federal money.

    The two are not the same, and are not to be multiplied: the one is about one organization, the other about all who applied.
    """

    candidate_id: str
    kind: str = Field(description="foundation, program or opportunity")
    name: str
    likelihood: float | None = Field(description=_CHANCE)
    likelihood_low: float | None = Field(description="Nine of ten lie above; null: unknown")
    likelihood_high: float | None = Field(description="Nine of ten lie below; null: unknown")
    likelihood_note: str = Field(description="What the chance says, or why there is none")
    base_rate: float | None = Field(description=_RATE)
    base_rate_low: float | None = Field(description="As low as the size of the count, or another year, allows")
    base_rate_high: float | None = Field(description="As high as the size of the count, or another year, allows")
    base_rate_says: str | None = Field(description="The same in words")
    applications_count: int | None = Field(description="Applications of that year")
    awards_count: int | None = Field(description="Awards of that year")
    award_rate_year: int | None
    award_rate_kind: str | None = Field(description="actual or estimate")
    award_rate_sentence: str | None = Field(description="The sentence of the program's own text")


class LikelihoodsFound(Paged):
    """How likely money from each candidate of a profile is: the likeliest foundations first, then the highest base rates."""

    profile_id: str
    lake_version: str
    as_of: date
    claim: str = Field(description="What the chances say")
    unknown: str | None = Field(description="Why no chance is known at all: no model was trained; null: a model answers")
    first_year: int | None = Field(description="Of the years that the chances speak of; null: no model")
    last_year: int | None
    learned_from: list[int] = Field(description="Last years known of the windows it was learned from")
    calibrated_on: int | None
    likelihoods: list[Likelihood]


class HowLikely(BaseModel):
    """How likely money from one candidate is, in figures and in words."""

    likelihood: float | None = Field(description=_CHANCE)
    likelihood_low: float | None = Field(description="Nine of ten lie above; null: unknown")
    likelihood_high: float | None = Field(description="Nine of ten lie below; null: unknown")
    first_year: int | None
    last_year: int | None
    says: str = Field(description="What the chance means, or why it is unknown")
    way_out: str | None = Field(description="The command that would make it known; POST /likelihood/models does the same")
    base_rate: float | None = Field(description=_RATE)
    base_rate_low: float | None
    base_rate_high: float | None
    base_rate_year: int | None
    base_rate_kind: str | None = Field(description="actual or estimate")
    base_rate_says: str | None = Field(description="What the rate means")
    base_rate_sentence: str | None = Field(description="The sentence of the program's own text")
