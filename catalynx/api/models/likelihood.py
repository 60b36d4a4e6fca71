"""Likelihoods over the wire."""

from __future__ import annotations

from pydantic import BaseModel, Field

from catalynx.api.paging import Paged


class Likelihood(BaseModel):
    """How likely a new grant from one foundation will be reported; all three null: unknown, and the note says why."""

    candidate_id: str
    name: str
    likelihood: float | None = Field(description="0–1; null: unknown")
    likelihood_low: float | None = Field(description="Nine of ten lie above; null: unknown")
    likelihood_high: float | None = Field(description="Nine of ten lie below; null: unknown")
    likelihood_note: str


class LikelihoodsFound(Paged):
    """What the model kept in the lake says of a profile's foundations, the likeliest first."""

    profile_id: str
    lake_version: str
    claim: str = Field(description="What the numbers say")
    first_year: int
    last_year: int
    learned_from: list[int] = Field(description="Last years known of the windows it was learned from")
    calibrated_on: int
    likelihoods: list[Likelihood]
