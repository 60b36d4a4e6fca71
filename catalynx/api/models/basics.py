"""What requests and answers have in common."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from catalynx.columns import Table
from catalynx.records.profile import Amount, Line, unstorable


class Asked(BaseModel):
    """A request: what is no field of it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def no_flag(value: object) -> object:
    """Refuse true and false where a number is asked for."""
    if isinstance(value, bool):
        raise ValueError("must be a number, not true or false")
    return value


def _calendar(value: object) -> object:
    if value is not None and not (isinstance(value, str) and len(value) == 10):
        raise ValueError("must be a day, such as 2027-03-14")
    return value


def _storable(text: str) -> str:
    if reason := unstorable(text.replace("\r\n", "\n")):
        raise ValueError(reason)
    return text


def _within(day: date) -> date:
    if not 1990 <= day.year <= 2100:
        raise ValueError("must lie between 1990 and 2100")
    return day


type Day = Annotated[date, AfterValidator(_within), BeforeValidator(_calendar)]
type Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), BeforeValidator(no_flag)]
type Weight = Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False), BeforeValidator(no_flag)]
# No name of its own in the document: each place has its own bounds.
Whole = Annotated[int, Field(strict=True)]
type Text = Annotated[str, AfterValidator(_storable)]
type Usd = Amount
type ShortLine = Annotated[Line, Field(min_length=1, max_length=300)]
type ProfileId = Annotated[
    str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$", max_length=64, examples=["vermont-arts"])
]
type CandidateId = Annotated[Text, Field(min_length=1, max_length=200, examples=["opportunity:PD-24-7203"])]

_KINDS: dict[str, Any] = {
    "text": str, "texts": list[str], "integer": int, "number": float, "usd": float, "flag": bool, "date": date,
}  # fmt: skip


def fields_of(table: Table) -> dict[str, Any]:
    """Return the columns of a table as fields of a model, for ``pydantic.create_model``."""
    return {
        column.name: (
            _KINDS[column.kind] if column.required else _KINDS[column.kind] | None,
            Field(description=column.meaning + ("" if column.required else f"; null: {column.missing}")),
        )
        for column in table.columns
    }


class ProblemAnswer(BaseModel):
    """An answer that is no success [RFC 9457]."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Unprocessable Content",
                "status": 422,
                "detail": "ein must be nine digits.",
                "instance": "/api/profiles",
                "errors": [{"field": "ein", "problem": "must be nine digits"}],
            }
        }
    )

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[FieldProblem] | None = None


class FieldProblem(BaseModel):
    """A field of the request, and what is wrong with it."""

    field: str
    problem: str
