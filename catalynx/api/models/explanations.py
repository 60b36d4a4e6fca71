"""Why one candidate stands where it does, over the wire."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from catalynx.api.models.likelihood import HowLikely
from catalynx.api.models.scores import Component, Decision


class ComparedComponent(Component):
    """One criterion of a score, beside what the median candidate of the same track would have got for it."""

    question: str = Field(description="What is asked of the candidate")
    share: float | None = Field(description="Share of the weight that had data, 0–1; null: unknown")
    median_value: float | None = Field(description="Median value of its track's candidates, 0–1; null: it is known of none")
    median_count: int = Field(description="Of how many candidates that is the median")
    difference: float | None = Field(description="What it adds to, or takes from, a middling candidate's score; null: unknown")


class Explanation(BaseModel):
    """One candidate explained; the contributions sum to its score, the differences to its score less the middling one."""

    profile_id: str
    as_of: date
    lake_version: str
    decision: Decision  # type: ignore[valid-type]
    components: list[ComparedComponent]
    middling_score: float | None = Field(description="Score of a candidate middling on each criterion known of this one, 0–1")
    compared_with: str = Field(description="Of whom the medians are, in words")
    how_likely: HowLikely
