"""Scenarios, plans and their comparison over the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from catalynx.api.models.basics import Asked, Day, Whole
from catalynx.api.models.wishes import EXAMPLE, Seconds, TriedAsked, WishAsked
from catalynx.api.paging import Paged
from catalynx.records.profile import Line

AS_IT_IS: Final = "as it is"
_EITHER = rf"^({AS_IT_IS}|[0-9a-f]{{32}})$"

type Name = Annotated[Line, Field(min_length=1, max_length=200)]


class ScenarioAsked(Asked):
    """A scenario to keep: a name and what it says."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "No writer from March", "wish": EXAMPLE}})

    name: Name
    wish: WishAsked


class CloneAsked(Asked):
    """The name of a copy."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "No writer, more hours"}})

    name: Name


class ShareAsked(Asked):
    """Who sees a scenario."""

    model_config = ConfigDict(json_schema_extra={"example": {"shared": True}})

    shared: bool = Field(description="True: the team; false: its author alone.")


class ScenarioAnswer(BaseModel):
    """A scenario as it stands, or stood, in one version."""

    scenario_id: str
    profile_id: str
    name: str
    wish: dict[str, Any] = Field(description="What is otherwise than usual, as a wish is sent.")
    author: str
    shared: bool = Field(description="Whether the team sees it; otherwise its author alone.")
    version: int
    changed_by: str
    changed_at: datetime
    created_at: datetime
    cloned_from: str | None = Field(description="The scenario that it was copied from, which may be gone; null: none")
    can_undo: bool


class ScenarioList(Paged):
    """One page of scenarios by name: those that are shared, and yours."""

    scenarios: list[ScenarioAnswer]


class ScenarioHistory(BaseModel):
    """A scenario in every version, oldest first."""

    scenario_id: str
    versions: list[ScenarioAnswer]


class PlanAsked(TriedAsked):
    """What to plan under, and how long to look."""

    model_config = ConfigDict(json_schema_extra={"example": {"wish": EXAMPLE, "seconds": 5}})

    seconds: Annotated[Seconds, Field(description="How long the best plan is looked for; then the best so far is given.")] = 10.0
    order: Annotated[Whole, Field(ge=0, le=500, description="How many of the order of candidates to tell.")] = 20


class CompareAsked(Asked):
    """Two answers to set side by side: ids of scenarios, or ``as it is``."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"first": AS_IT_IS, "second": "4f1c0e6a2b7d4c3f8a9e5d6b7c8f9a01", "seconds": 5}}
    )

    first: Annotated[str, Field(pattern=_EITHER, max_length=32)]
    second: Annotated[str, Field(pattern=_EITHER, max_length=32)]
    as_of: Day | None = None
    seconds: Annotated[Seconds, Field(description="How long each plan is looked for.")] = 10.0


class Ordered(BaseModel):
    """Where a candidate stands under the wish."""

    rank: int
    candidate_id: str
    score: float | None
    coverage: float | None
    recommendation: str


class Chosen(BaseModel):
    """An application of the plan."""

    candidate_id: str
    name: str
    hours: float = Field(description="Hours that are planned.")
    effort_hours: float | None = Field(description="Hours that it is reckoned to take; null: unknown")
    start: date
    finish: date
    deadline: date | None
    ask_usd: float | None
    chance: float | None = Field(description="Published, or assumed by you; null: unknown")
    points: float | None


class Work(BaseModel):
    """Who works on what in a month, from the first to the last day of it."""

    candidate_id: str
    name: str
    who: str
    role: str
    month: date
    start: date
    finish: date
    hours: float
    deadline: date | None


class BindingLimit(BaseModel):
    """A limit that the plan uses up, or that holds its worth back."""

    limit: str
    kind: str
    role: str
    from_day: date | None
    to_day: date | None
    used: float
    available: float
    worth_of_one_more: float = Field(description="What one more hour (dollar, application) would add to the value.")
    how: str


class SwapAnswer(BaseModel):
    """A next best plan: what leaves, what enters, and what it costs (below 0) or brings."""

    leaves: list[str]
    enters: list[str]
    value_change: float
    hours_change: float


class PlanAnswer(BaseModel):
    """What to work on, when and by whom, and how good that is known to be."""

    profile_id: str
    as_of: date
    lake_version: str
    wish: dict[str, Any]
    forgotten: list[str] = Field(description="Candidates that the wish names and the data do not know (any more).")
    sentence: str
    status: str = Field(description="optimal, within gap, time is up, cancelled, infeasible or nothing to choose")
    proven: bool
    proof: str = Field(description="How good the plan is known to be, in words.")
    aim: str
    value: float | None = Field(description="What was gathered, in points or USD; null: no plan was found")
    bound: float | None = Field(description="No plan has more; null: nobody knows")
    gap: float | None = Field(description="(bound - value) / value; null: nobody knows")
    points: float
    expected_usd: float = Field(description="Sum of chance × ask where both are known.")
    worst_years_usd: float | None = Field(
        description="Mean of the worst tenth of years; null: no chance is known or nobody asked"
    )
    hours: dict[str, float] = Field(description="By role.")
    hours_available: dict[str, float]
    chosen: list[Chosen]
    schedule: list[Work]
    binding: list[BindingLimit]
    worth_of_one_more_hour: dict[str, float] = Field(description="By role, at the days when it is worth most.")
    swaps: list[SwapAnswer]
    left_out: dict[str, str] = Field(description="Candidate → why it could not be planned.")
    unknown_worth: list[str] = Field(description="In the plan because they must be; nobody knows what they are worth.")
    conflict: list[str] = Field(description="Limits that cannot be kept together; empty unless infeasible.")
    order: list[Ordered]


class ComparedSide(BaseModel):
    """One of the two."""

    scenario_id: str | None = Field(description="Null: as it is")
    name: str
    wish: dict[str, Any]
    status: str
    proven: bool
    aim: str
    value: float | None
    hours: float
    worst_years_usd: float | None


class ComparedApplication(BaseModel):
    """An application of either plan."""

    candidate_id: str
    name: str
    first_hours: float | None = Field(description="Null: not in the first plan")
    second_hours: float | None = Field(description="Null: not in the second plan")


class Comparison(BaseModel):
    """What enters and leaves the plan from the first to the second, and what becomes of value, hours and risk."""

    profile_id: str
    as_of: date
    lake_version: str
    first: ComparedSide
    second: ComparedSide
    enters: list[str]
    leaves: list[str]
    applications: list[ComparedApplication]
    sentence: str
