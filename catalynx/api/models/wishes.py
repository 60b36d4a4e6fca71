"""What somebody tries, over the wire: everything that is left out is as usual."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from catalynx.api.models.basics import Asked, CandidateId, Day, Share, Usd, no_flag
from catalynx.decision.ranking import METHODS
from catalynx.decision.wishes import (
    AIMS,
    MOST_HOURS,
    MOST_OTHER_WORK,
    MOST_PEOPLE,
    MOST_PINNED,
    MOST_TIMES,
    NAME_LENGTH,
    USUAL_AIM,
    USUAL_METHOD,
    WITHOUT_LIMIT,
)
from catalynx.records.profile import Line

_METHOD = "^(" + "|".join(METHODS) + ")$"
_AIM = "^(" + "|".join(AIMS) + ")$"
_ID = r"^[0-9a-f]{32}$"

type Hours = Annotated[float, Field(ge=0, le=MOST_HOURS, allow_inf_nan=False), BeforeValidator(no_flag)]
type Times = Annotated[float, Field(ge=0, le=MOST_TIMES, allow_inf_nan=False), BeforeValidator(no_flag)]
type Seconds = Annotated[float, Field(ge=0.1, le=10, allow_inf_nan=False), BeforeValidator(no_flag)]
type LimitShare = Annotated[float, Field(gt=0, le=WITHOUT_LIMIT, allow_inf_nan=False), BeforeValidator(no_flag)]
type Group = Annotated[list[CandidateId], Field(min_length=2, max_length=MOST_PINNED)]
type Pair = Annotated[list[CandidateId], Field(min_length=2, max_length=2)]
type ScenarioId = Annotated[str, Field(pattern=_ID, max_length=32, examples=["4f1c0e6a2b7d4c3f8a9e5d6b7c8f9a01"])]
type SignedId = Annotated[str, Field(pattern=_ID, max_length=32, examples=["9a014f1c0e6a2b7d4c3f8a9e5d6b7c8f"])]

EXAMPLE: dict[str, Any] = {
    "factors": {"mission": 1.5},
    "staff": [{"who": "grant writer", "hours": 40, "leaves": "2027-03-01"}, {"who": "director", "hours": 20}],
    "must": ["program:45.301"], "chances": {"program:45.149": 0.3}, "matches": {"program:45.149": 25_000},
    "matching_usd": 40_000, "most_of_funder": 0.5, "most_of_track": 0.75,
    "at_most_one": [["program:45.301", "program:45.312"]], "only_with": [["program:45.149", "program:45.301"]],
    "other_work": [{"name": "annual report", "hours": 40, "from_day": "2027-02-01", "to_day": "2027-02-26"}],
}  # fmt: skip


class Person(Asked):
    """Somebody who writes applications: a person or a role."""

    who: Annotated[Line, Field(min_length=1, max_length=NAME_LENGTH)]
    hours: Annotated[Hours, Field(description="A month.")]
    joins: Annotated[Day | None, Field(description="From that day; null: is there already.")] = None
    leaves: Annotated[Day | None, Field(description="Up to that day, not on it; null: stays.")] = None


class OtherWork(Asked):
    """What takes of the hours of everybody alike, on the weekdays of its days."""

    name: Annotated[Line, Field(min_length=1, max_length=NAME_LENGTH)]
    hours: Annotated[Hours, Field(description="In all.")]
    from_day: Annotated[Day, Field(description="Its first day.")]
    to_day: Annotated[Day, Field(description="Its last day, on it too.")]


class WishAsked(Asked):
    """What is otherwise than usual."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    factors: Annotated[
        dict[Annotated[str, Field(max_length=60)], Times],
        Field(max_length=60, description="Criterion, or group of criteria → times its usual weight.", default_factory=dict),
    ]
    method: Annotated[str, Field(pattern=_METHOD, description=", ".join(METHODS))] = USUAL_METHOD
    staff: Annotated[
        list[Person] | None, Field(max_length=MOST_PEOPLE, description="Who there is; null: the hours that the profile says.")
    ] = None
    risk: Annotated[Share, Field(description="0 plans for what is to be expected, 1 for the worst years; with aim usd.")] = 0.0
    must: Annotated[list[CandidateId], Field(max_length=MOST_PINNED, description="A plan holds them.", default_factory=list)]
    must_not: Annotated[
        list[CandidateId], Field(max_length=MOST_PINNED, description="A plan leaves them out.", default_factory=list)
    ]
    aim: Annotated[str, Field(pattern=_AIM, description="What a plan gathers: points, or usd for chance × ask.")] = USUAL_AIM
    assumed: Annotated[
        Share | None, Field(description="Chance that you assume where none is published; null: it stays unknown.")
    ] = None
    asks: Annotated[dict[CandidateId, Usd], Field(max_length=500, description="USD to ask for.", default_factory=dict)]
    deadlines: Annotated[dict[CandidateId, Day], Field(max_length=500, description="Last day to apply.", default_factory=dict)]
    chances: Annotated[
        dict[CandidateId, Share], Field(max_length=500, description="Chance that you assume.", default_factory=dict)
    ]
    hours: Annotated[dict[CandidateId, Hours], Field(max_length=500, description="Hours that it takes.", default_factory=dict)]
    matches: Annotated[
        dict[CandidateId, Usd], Field(max_length=500, description="USD of your own that it asks for.", default_factory=dict)
    ]
    matching_usd: Annotated[
        Usd | None,
        Field(description="Most that a plan may promise of your own money; what asks for an unknown amount is left out then. "
              "Null: without limit."),
    ] = None  # fmt: skip
    most_of_funder: Annotated[
        LimitShare, Field(description="Most that one funder may have of what a plan gathers; 1: without limit.")
    ] = WITHOUT_LIMIT
    most_of_track: Annotated[
        LimitShare, Field(description="Most that one track may have of what a plan gathers; 1: without limit.")
    ] = WITHOUT_LIMIT
    at_most_one: Annotated[
        list[Group],
        Field(max_length=MOST_PINNED, description="Of each group a plan holds one at the most.", default_factory=list),
    ]
    only_with: Annotated[
        list[Pair],
        Field(
            max_length=MOST_PINNED,
            description="Pairs: a plan holds the first only together with the second.",
            default_factory=list,
        ),
    ]
    other_work: Annotated[
        list[OtherWork],
        Field(max_length=MOST_OTHER_WORK, description="What else takes hours, and when.", default_factory=list),
    ]


class TriedAsked(Asked):
    """What is tried: what `wish` says, or what a scenario says; neither is all as usual."""

    wish: WishAsked | None = None
    scenario_id: Annotated[
        ScenarioId | None, Field(description="A scenario that is yours or shared, in the stead of a wish.")
    ] = None
    as_of: Annotated[Day | None, Field(description="The day for which everything is judged; nothing later counts.")] = None
