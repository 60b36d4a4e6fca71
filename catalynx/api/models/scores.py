"""Discovery, scores and decisions over the wire; their fields are those of the vocabulary of ``catalynx.columns``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, create_model

from catalynx.api.models.basics import Asked, CandidateId, Day, ProfileId, Share, Text, Weight, Whole, fields_of
from catalynx.api.models.profiles import Agenda
from catalynx.api.paging import Paged
from catalynx.columns import RESULTS
from catalynx.rules import KINDS, RECOMMENDATIONS, TRACKS

_KIND = "^(" + "|".join(KINDS) + ")$"
_TRACK = "^(" + "|".join(TRACKS) + ")$"
_CLASS = "^(" + "|".join(RECOMMENDATIONS) + ")$"
_ELIGIBILITY = "^(passes|fails|unknown)$"

type Kind = Annotated[str, Field(pattern=_KIND, examples=["foundation"])]
type Class = Annotated[str, Field(pattern=_CLASS, examples=["prepare"])]
type Track = Annotated[str, Field(pattern=_TRACK, examples=["federal"])]
type Weights = Annotated[dict[Track, dict[Annotated[str, Field(max_length=40)], Weight]], Field(max_length=len(TRACKS))]
type Limits = Annotated[
    dict[Annotated[str, Field(max_length=60)], Annotated[float, Field(gt=0, allow_inf_nan=False)]], Field(max_length=60)
]


class Discover(Asked):
    """Which candidates are asked for."""

    model_config = ConfigDict(json_schema_extra={"example": {"kinds": ["foundation"], "eligibility": "passes"}})

    as_of: Day | None = Field(default=None, description="The day for which everything is judged; nothing later counts.")
    kinds: Annotated[list[Kind] | None, Field(max_length=3)] = None
    eligibility: Annotated[str | None, Field(pattern=_ELIGIBILITY, description="passes, fails or unknown")] = None
    query: Annotated[Text | None, Field(max_length=200, description="Words of the name or of the funder's.")] = None


class FederalAsked(Discover):
    """Which federal programs and opportunities are asked for."""

    model_config = ConfigDict(json_schema_extra={"example": {"query": "museum", "kinds": ["opportunity"]}})

    profile_id: ProfileId | None = Field(
        default=None, description="For whom eligibility is judged; without one it is mostly unknown."
    )


class RulesAsked(Asked):
    """What may be changed of the rules; what is left out is as usual."""

    as_of: Day | None = None
    weights: Weights | None = Field(
        default=None, description="Track → criterion → weight; replaces the usual weights of that track."
    )
    limits: Limits | None = Field(
        default=None, description="Point of a criterion's curve, such as geography.full_at_pct → value."
    )
    thresholds: Annotated[dict[Class, Share] | None, Field(description="Recommendation → least score.")] = None
    hours_per_month: Annotated[float | None, Field(ge=0, le=100_000, allow_inf_nan=False)] = None
    horizon_months: Annotated[Whole, Field(ge=1, le=60)] | None = None


class ScoresAsked(RulesAsked):
    """Which scores are asked for."""

    model_config = ConfigDict(json_schema_extra={"example": {"kinds": ["foundation"], "minimum_score": 0.5}})

    kinds: Annotated[list[Kind] | None, Field(max_length=3)] = None
    candidate_ids: Annotated[list[CandidateId] | None, Field(max_length=500)] = None
    minimum_score: Share | None = None


class DecisionsAsked(RulesAsked):
    """How to decide, and whether to keep the decisions."""

    model_config = ConfigDict(json_schema_extra={"example": {"record": True, "recommendation": "prepare"}})

    recommendation: Class | None = Field(default=None, description="Answer with this class alone; all are recorded.")
    record: bool = Field(default=True, description="Keep the decisions with what they rest on, so that they can be made again.")


class Evidence(BaseModel):
    """How the rows behind a candidate are found in the lake."""

    table: str
    condition: dict[str, Any]


def _with_evidence(name: str, table: str, words: str, **more: Any) -> type[BaseModel]:
    fields = {**fields_of(RESULTS[table]), "evidence": (Evidence, Field(description="Table and condition of the rows behind."))}
    made: type[BaseModel] = create_model(name, __doc__=words, **fields, **more)
    return made


class Component(BaseModel):
    """One criterion of a score."""

    criterion: str
    value: float | None = Field(description="How good, 0–1; null: no data for this criterion")
    weight: float
    contribution: float | None
    because: str


_score = (float | None, Field(description="Weighted mean of the criteria that have data, 0–1; null: none has"))
_coverage = (float | None, Field(description="Share of the weight that had data, 0–1"))
Candidate: Final = _with_evidence("Candidate", "candidates", "What is on record about one foundation, program or opportunity.")
ScoredCandidate: Final = _with_evidence(
    "ScoredCandidate", "candidates", "A candidate with its score and what that is made of.",
    score=_score, coverage=_coverage, components=(list[Component], ...),
)  # fmt: skip
Decision: Final = _with_evidence("Decision", "decisions", "A candidate with its score and what to do about it.")


class Basis(Paged):
    """What an answer rests on."""

    profile_id: str | None
    as_of: date
    lake_version: str


Opportunities: Final = create_model(
    "Opportunities", __base__=Basis, __doc__="Candidates, none hidden: those that fail a hard rule say which.",
    opportunities=(list[Candidate], ...), by_kind=(dict[str, int], ...), by_eligibility=(dict[str, int], ...),  # type: ignore[valid-type]
)  # fmt: skip
Scores: Final = create_model(
    "Scores",
    __base__=Basis,
    __doc__="Scores, best first.",
    results=(list[ScoredCandidate], ...),  # type: ignore[valid-type]
)
Decisions: Final = create_model(
    "Decisions", __base__=Basis, __doc__="Decisions, best first, and what to do now.",
    decisions=(list[Decision], ...), agenda=(Agenda, ...), by_recommendation=(dict[str, int], ...),  # type: ignore[valid-type]
    set_id=(str | None, Field(description="Under which they are kept; null when they are not.")),
)  # fmt: skip
