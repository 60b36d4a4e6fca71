"""Ties over the wire; their fields are those of the vocabulary of ``catalynx.columns``."""

from __future__ import annotations

from datetime import date
from typing import Final

from pydantic import BaseModel, Field, create_model

from catalynx.api.models.basics import fields_of
from catalynx.columns import RESULTS

SharedPerson: Final = create_model(
    "SharedPerson", __doc__="Somebody on two boards, as returns name them.", **fields_of(RESULTS["shared_people"])
)
Cofunder: Final = create_model("Cofunder", __doc__="A funder of the same grantees.", **fields_of(RESULTS["cofunders"]))
CentralFunder: Final = create_model("CentralFunder", __doc__="A central funder.", **fields_of(RESULTS["central_funders"]))
PathStep: Final = create_model("PathStep", __doc__="One step of a way to a funder.", **fields_of(RESULTS["network_paths"]))


class NetworkAnswer(BaseModel):
    """Who is tied to the profile's organisation."""

    profile_id: str
    as_of: date
    lake_version: str
    counts: dict[str, int] = Field(description="What it rests on: organisations, people, seats, funders, pairs.")
    shared_people: list[SharedPerson]  # type: ignore[valid-type]
    cofunders: list[Cofunder]  # type: ignore[valid-type]
    central_funders: list[CentralFunder]  # type: ignore[valid-type]
    unknown: list[str] = Field(description="What is not known, and why.")


class PathsAnswer(BaseModel):
    """The shortest ways from the profile's organisation to a funder."""

    profile_id: str
    candidate_id: str
    funder_name: str
    through: str
    length: int | None = Field(description="Steps of each way; null: no way is known.")
    sentence: str
    lake_version: str
    steps: list[PathStep]  # type: ignore[valid-type]
