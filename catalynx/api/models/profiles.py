"""Profiles over the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from catalynx.api.models.basics import Asked, CandidateId, Day, ShortLine, Text, Usd
from catalynx.api.paging import Paged
from catalynx.records.models import KINDS, OUTCOMES, STAGES
from catalynx.records.profile import MISSION_LIMIT, Capacity, FundingPreferences, Profile

EXAMPLE: dict[str, Any] = {
    "organization_name": "Shelburne Museum", "ein": "03-0179436", "city": "Shelburne", "state": "VT",
    "mission_statement": "A museum of American art and design that preserves and exhibits its collections.",
    "focus_areas": ["museum exhibitions", "conservation of collections"], "ntee_codes": ["A50"], "geographic_scope": ["VT"],
    "annual_revenue_usd": 19_058_612, "is_501c3": True,
    "funding_preferences": {"ask_min_usd": 10_000, "ask_max_usd": 250_000, "kinds": ["foundation", "program", "opportunity"]},
    "capacity": {"staff_hours_per_month": 60},
}  # fmt: skip
_STAGE = "^(" + "|".join([*STAGES, *OUTCOMES]) + ")$"
_KIND = "^(" + "|".join(KINDS) + ")$"


class ProfileFields(Asked):
    """What can be written of a profile; what is left out is unknown."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    profile_id: Annotated[str | None, Field(max_length=64, description="Slug; made when absent, and never changed.")] = None
    team: Annotated[str | None, Field(max_length=100, description="One of your teams; needed when you have several.")] = None
    organization_name: Annotated[
        str | None, Field(max_length=300, description="May be left out where the lake knows the EIN, which then fills in more.")
    ] = None
    ein: Annotated[str | int | None, Field(description="Nine digits.", examples=["03-0179436"])] = None
    city: Annotated[str | None, Field(max_length=100)] = None
    state: Annotated[str | None, Field(max_length=100, description="Two letters.")] = None
    mission_statement: Annotated[str, Field(max_length=MISSION_LIMIT)] = ""
    focus_areas: Annotated[list[str], Field(max_length=50, default_factory=list)]
    ntee_codes: Annotated[list[str], Field(max_length=50, default_factory=list)]
    geographic_scope: Annotated[
        list[str], Field(max_length=100, default_factory=list, description="States it works in; empty means its own.")
    ]
    annual_revenue_usd: Usd | None = None
    is_501c3: bool | None = None
    funding_preferences: FundingPreferences = FundingPreferences()
    capacity: Capacity = Capacity()

    def given(self) -> dict[str, Any]:
        """Return the fields that were sent with a value, as plain values."""
        sent = self.model_dump(mode="json", exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None}


class ProfileList(Paged):
    """One page of profiles."""

    profiles: list[Profile]


class ImportedProfile(BaseModel):
    """A profile of a file that was kept; version 1 is a new one."""

    profile_id: str
    organization_name: str
    version: int


class ImportedProfiles(BaseModel):
    """What was kept of a file of profiles: all of it."""

    made: int
    changed: int
    profiles: list[ImportedProfile] = Field(description="In the file's order.")


class Agenda(BaseModel):
    """What to do within the hours there are."""

    sentence: str
    candidate_ids: list[str]
    hours: float
    low_hours: float
    high_hours: float
    capacity_hours: float | None
    next_deadline: str | None


class Analytics(BaseModel):
    """What the data say for a profile."""

    profile_id: str
    as_of: str
    lake_version: str
    candidates_total: int
    candidates_by_kind: dict[str, int]
    by_recommendation: dict[str, int]
    by_eligibility: dict[str, int]
    score_quartiles: dict[str, float] | None
    mean_coverage: float | None
    agenda: Agenda


class ProfileMetrics(BaseModel):
    """What people did for a profile."""

    profile_id: str
    tracked_total: int
    tracked_by_stage: dict[str, int]
    tracked_ask_usd: float = Field(description="Sum of what is asked for where it is known.")
    tracked_without_ask: int
    decision_sets_total: int
    last_decided_at: datetime | None
    runs_by_state: dict[str, int]
    last_activity_at: datetime | None


class Follow(Asked):
    """A candidate to follow."""

    model_config = ConfigDict(json_schema_extra={"example": {
        "candidate_id": "foundation:ein:030179436", "kind": "foundation", "name": "Vermont Community Foundation",
        "stage": "prospects", "ask_usd": 25_000, "deadline": "2027-03-14",
    }})  # fmt: skip

    candidate_id: CandidateId
    kind: Annotated[str, Field(pattern=_KIND, description=", ".join(KINDS))]
    name: Annotated[Text, Field(min_length=1, max_length=1_000)]
    stage: Annotated[str, Field(pattern=_STAGE, description=", ".join([*STAGES, *OUTCOMES]))] = STAGES[0]
    owner: ShortLine | None = None
    notes: Annotated[Text, Field(max_length=20_000)] = ""
    ask_usd: Usd | None = None
    deadline: Day | None = None


class TrackedChanges(Asked):
    """What is to be changed of a tracked candidate; what is left out stays, null is unknown."""

    model_config = ConfigDict(json_schema_extra={"example": {"notes": "Spoke with the program officer.", "ask_usd": 30_000}})

    owner: ShortLine | None = None
    notes: Annotated[Text, Field(max_length=20_000)] = ""
    ask_usd: Usd | None = None
    deadline: Day | None = None


class Move(Asked):
    """Where a tracked candidate goes in the funnel."""

    model_config = ConfigDict(json_schema_extra={"example": {"stage": "qualified_prospects", "note": "Fits the new program."}})

    stage: Annotated[str, Field(pattern=_STAGE, description=", ".join([*STAGES, *OUTCOMES]))]
    note: Annotated[Text, Field(max_length=20_000)] = ""
    expected_stage: Annotated[
        str | None, Field(pattern=_STAGE, description="Where you saw it; 409 when it stands elsewhere.")
    ] = None


class TrackedAnswer(BaseModel):
    """A candidate that is followed."""

    tracked_id: str
    profile_id: str
    candidate_id: str
    kind: str
    name: str
    stage: str
    owner: str | None
    notes: str
    ask_usd: float | None
    deadline: date | None
    created_at: datetime
    updated_at: datetime


class TrackedList(Paged):
    """One page of what is followed."""

    tracked: list[TrackedAnswer]


class StageMove(BaseModel):
    """One move through the funnel."""

    position: int
    from_stage: str | None
    to_stage: str
    moved_at: datetime
    moved_by: str
    note: str


class History(BaseModel):
    """The moves of a tracked candidate, oldest first."""

    tracked_id: str
    moves: list[StageMove]
