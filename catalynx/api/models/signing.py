"""Signed decisions, their replay and their outcomes over the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from catalynx.api.models.basics import Asked, CandidateId, Day, Text, Usd, no_flag
from catalynx.api.models.wishes import SignedId, TriedAsked
from catalynx.api.paging import Paged
from catalynx.records.desk_tables import TURNED_OUT
from catalynx.records.profile import Line

_TURNED_OUT = "^(" + "|".join(TURNED_OUT) + ")$"

type Words = Annotated[Text, Field(max_length=20_000)]


class SignAsked(TriedAsked):
    """What to sign: the plan of a wish or of a scenario, as it is made at that moment."""

    model_config = ConfigDict(json_schema_extra={"example": {
        "title": "Spring 2027", "why": "Two deadlines before the writer leaves.", "dissent": "Bob: too early for the second.",
        "wish": {"staff": [{"who": "grant writer", "hours": 40, "leaves": "2027-03-01"}]},
    }})  # fmt: skip

    title: Annotated[Line, Field(min_length=1, max_length=200)]
    why: Annotated[Words, Field(min_length=1)]
    dissent: Annotated[Words, Field(description="What was said against it, and by whom; empty when nothing was.")] = ""
    replaces: Annotated[SignedId | None, Field(description="The decision that this one takes the place of.")] = None


class SignedAnswer(BaseModel):
    """A signed decision; it is never changed, only replaced."""

    signed_id: str
    profile_id: str
    title: str
    why: str
    dissent: str
    holds: str = Field(description="What it says, in words.")
    signed_by: str
    signed_at: datetime
    version: int = Field(description="1, or one more than the decision that it replaces.")
    replaces: str | None
    lake_version: str
    package_version: str


class SignedInFull(SignedAnswer):
    """A signed decision with what it rests on, and the numbers that came of it."""

    inputs: dict[str, Any] = Field(description="profile (fields and version as they were), rules and wish.")
    results: dict[str, Any] = Field(description="order, chosen applications, value, hours and status.")


class SignedList(Paged):
    """One page of signed decisions, newest first, replaced ones among them."""

    decisions: list[SignedAnswer]


class ReplayAsked(Asked):
    """How to reckon again."""

    model_config = ConfigDict(json_schema_extra={"example": {"today": False}})

    today: bool = Field(default=False, description="With the profile and the data as they are now, in the stead of as they were.")


class DifferenceAnswer(BaseModel):
    """A number, or a word, that is not what was signed; null is one that is not there."""

    where: str
    signed: Any
    now: Any


class ReplayAnswer(BaseModel):
    """What came of reckoning again."""

    signed_id: str
    same: bool
    verdict: str = Field(
        description="same, differs, or search ended: nothing differs but what another search may find otherwise."
    )
    sentence: str
    changed: list[str] = Field(description="What it rests on that is another now, and which of the two was taken.")
    count: int = Field(description="How many numbers differ in all.")
    differences: list[DifferenceAnswer] = Field(description="The first of them.")
    ended: str | None = Field(
        description="How the search for one of the plans ended before it was proven to be the best; null: both are proven."
    )
    plan_count: int = Field(description="How many more numbers differ that another run of such a search may find otherwise.")
    plan_differences: list[DifferenceAnswer] = Field(description="The first of those.")


class OutcomeAsked(Asked):
    """What became of an application of the decision."""

    model_config = ConfigDict(json_schema_extra={"example": {
        "candidate_id": "foundation:ein:030179436", "turned_out": "won", "on_day": "2027-06-01", "amount_usd": 5_000,
        "hours_spent": 46,
    }})  # fmt: skip

    candidate_id: CandidateId
    turned_out: Annotated[str, Field(pattern=_TURNED_OUT, description=", ".join(TURNED_OUT))]
    on_day: Day | None = None
    amount_usd: Annotated[Usd | None, Field(description="What the funder gave; with `won` alone.")] = None
    hours_spent: Annotated[float | None, Field(ge=0, le=100_000, allow_inf_nan=False), BeforeValidator(no_flag)] = None
    note: Words = ""


class OutcomeAnswer(BaseModel):
    """What became of an application; the newest of a candidate counts."""

    signed_id: str
    candidate_id: str
    position: int
    turned_out: str
    on_day: date | None
    amount_usd: float | None
    hours_spent: float | None
    note: str
    recorded_at: datetime
    recorded_by: str


class OutcomeList(Paged):
    """One page of outcomes, oldest first."""

    outcomes: list[OutcomeAnswer]


class RatioAnswer(BaseModel):
    """What came over what was foretold: 1 is right, 2 twice as much as foretold."""

    count: int = Field(description="Applications of which both are known.")
    ratio: float | None = Field(description="Null: unknown, of fewer than five applications.")
    low: float | None = Field(description="From here to `high` lie nineteen of twenty such ratios.")
    high: float | None


class CalibrationAnswer(BaseModel):
    """How far what was foretold in a profile's signed decisions was right; each application counts once."""

    profile_id: str
    sentences: list[str] = Field(description="All that in words.")
    hours: RatioAnswer = Field(description="Hours spent over hours foretold.")
    amounts: RatioAnswer = Field(description="Dollars given over dollars asked for, of those won.")
    wins: RatioAnswer = Field(description="Applications won over the sum of their chances, published or assumed.")
    decided: int = Field(description="Applications that have ended: won or declined.")
    won: int
    won_low: float | None = Field(description="Range of the true share won, nineteen of twenty times; null without any.")
    won_high: float | None
