"""A profile: what an organisation tells about itself, so that funders can be weighed for it."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from catalynx.errors import InvalidProfile

_PREFIXES = "00 07 08 09 17 18 19 28 29 49 69 70 78 79 89 96 97"
EIN_PREFIXES_NEVER_ISSUED = frozenset(_PREFIXES.split())
"""Prefixes the IRS has not assigned [irs.gov, "How EINs are assigned and valid EIN prefixes"]."""

_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI FM MH PW AA AE AP"
)
STATES = frozenset(_STATES.split())
"""States, territories and military post codes [USPS Publication 28, appendix B]."""

MISSION_LIMIT = 4_000
SLUG_LENGTH = 50
USD_LIMIT = 1e13
FUNDING_KINDS: tuple[FundingKind, ...] = ("foundation", "program", "opportunity")
type FundingKind = Literal["foundation", "program", "opportunity"]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class ProfileWarning(UserWarning):
    """Something in a profile is unusual, but can be used."""


def unstorable(text: str) -> str | None:
    """Say why `text` cannot be stored in every database, or None: NUL and control characters, lone surrogates."""
    if found := _CONTROL.search(text):
        return f"holds the control character U+{ord(found[0]):04X}; remove it"
    if found := _SURROGATE.search(text):
        return f"holds half of a character (the lone surrogate U+{ord(found[0]):04X}); remove it"
    return None


def _storable(value: object) -> object:
    if isinstance(value, bytes | bytearray):
        raise ValueError("must be text")
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
        if reason := unstorable(value):
            raise ValueError(reason)
    return value


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number, not true or false")
    return value


def _empty_is_unknown(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _ein(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("must be nine digits, as text, e.g. 03-0179423")
    digits = re.fullmatch(r"(\d{2})-?(\d{7})", str(value), re.ASCII)
    if digits is None:
        raise ValueError("must be nine digits, with leading zeros, e.g. 03-0179423 or 030179423")
    return digits[1] + digits[2]


def _state(value: object) -> object:
    if isinstance(value, str) and (value := value.strip().upper()) not in STATES:
        raise ValueError("must be the two letters of a US state or territory, e.g. VT")
    return value


def _ntee(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"[A-Z](\d[0-9A-Z]{0,2})?", value := value.strip().upper(), re.ASCII):
        raise ValueError("must be an NTEE code: a letter, alone or with digits, e.g. A or A69 or P20Z")
    return value


def _identifier(value: object) -> object:
    if isinstance(value, str) and not is_profile_id(value):
        raise ValueError("must be 1 to 64 lower-case letters, digits and hyphens, e.g. vermont-arts")
    return value


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie between the years 1 and 9999 in UTC") from None


def _unique[T](values: list[T]) -> list[T]:
    return list(dict.fromkeys(values))


def _now() -> datetime:
    return datetime.now(UTC)


def is_profile_id(text: str) -> bool:
    """Whether `text` can be the id of a profile: a slug of 1 to 64 characters, such as the hex digits of a UUID."""
    return re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", text, re.ASCII) is not None


type Line = Annotated[str, AfterValidator(_one_line), BeforeValidator(_storable)]
type Ein = Annotated[str, BeforeValidator(_ein), BeforeValidator(_storable)]
type State = Annotated[str, BeforeValidator(_state), BeforeValidator(_storable)]
type NteeCode = Annotated[str, BeforeValidator(_ntee), BeforeValidator(_storable)]
type Amount = Annotated[float, Field(ge=0, le=USD_LIMIT, allow_inf_nan=False), BeforeValidator(_no_flag)]
type Moment = Annotated[AwareDatetime, AfterValidator(_utc)]


class FundingPreferences(BaseModel):
    """What money an organisation looks for.

    Attributes
    ----------
    ask_min_usd, ask_max_usd : the range of grants worth asking for, US dollars; None is no limit
    kinds : which kinds of funder to look at
    accepts_government_money : False leaves federal programs and opportunities out
    cost_sharing_ok : whether the organisation can match a grant with money of its own; None is unknown
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ask_min_usd: Amount | None = None
    ask_max_usd: Amount | None = None
    kinds: Annotated[list[FundingKind], Field(min_length=1), AfterValidator(_unique)] = list(FUNDING_KINDS)
    accepts_government_money: bool = True
    cost_sharing_ok: bool | None = None

    @model_validator(mode="after")
    def _ordered(self) -> FundingPreferences:
        if self.ask_min_usd is not None and self.ask_max_usd is not None and self.ask_min_usd > self.ask_max_usd:
            raise ValueError(f"ask_min_usd {self.ask_min_usd:,.0f} must not be above ask_max_usd {self.ask_max_usd:,.0f}")
        return self


class Capacity(BaseModel):
    """What an organisation can put into applications; ``staff_hours_per_month`` is None when unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    staff_hours_per_month: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False), BeforeValidator(_no_flag)] | None = None


class Profile(BaseModel):
    """What an organisation tells about itself.

    A profile does not change: `revised` returns a new one. Text is kept without surrounding blanks; missing is None.

    Attributes
    ----------
    profile_id : slug; made when absent
    team : the team that owns the profile
    organization_name : name as people know it
    ein : nine digits; ``12-3456789`` is accepted
    city, state : where it stands, the state as two letters
    mission_statement : at most 4,000 characters
    focus_areas : fields of work, in words
    ntee_codes : NTEE codes, a letter alone for a whole major group
    geographic_scope : states it works in; empty means its own, see `states`
    annual_revenue_usd : total revenue of the latest year, US dollars
    is_501c3 : exempt under section 501(c)(3)
    funding_preferences, capacity : what it looks for, and what it can put into it
    version : 0 before it is saved, then one more each time
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile_id: Annotated[str, BeforeValidator(_identifier)] = Field(default_factory=lambda: uuid4().hex)
    team: Annotated[Line, Field(min_length=1, max_length=100)] = "local"
    organization_name: Annotated[Line, Field(min_length=1, max_length=300)]
    ein: Annotated[Ein | None, BeforeValidator(_empty_is_unknown)] = None
    city: Annotated[Annotated[Line, Field(max_length=100)] | None, BeforeValidator(_empty_is_unknown)] = None
    state: Annotated[State | None, BeforeValidator(_empty_is_unknown)] = None
    mission_statement: Annotated[str, Field(max_length=MISSION_LIMIT), BeforeValidator(_storable)] = ""
    focus_areas: Annotated[
        list[Annotated[Line, Field(min_length=1, max_length=200)]], Field(max_length=50), AfterValidator(_unique)
    ] = []
    ntee_codes: Annotated[list[NteeCode], Field(max_length=50), AfterValidator(_unique)] = []
    geographic_scope: Annotated[list[State], Field(max_length=len(STATES)), AfterValidator(_unique)] = []
    annual_revenue_usd: Amount | None = None
    is_501c3: bool | None = None
    funding_preferences: FundingPreferences = FundingPreferences()
    capacity: Capacity = Capacity()
    created_at: Moment = Field(default_factory=_now)
    updated_at: Moment = Field(default_factory=_now)
    version: Annotated[int, Field(ge=0, le=2**31 - 1), BeforeValidator(_no_flag)] = 0

    @property
    def states(self) -> list[str]:
        """States in which it works: `geographic_scope`, or its own state, or none when that is unknown."""
        return self.geographic_scope or ([self.state] if self.state else [])

    @property
    def cautions(self) -> list[str]:
        """What is unusual about it and deserves a look, in sentences."""
        if self.ein is not None and self.ein[:2] in EIN_PREFIXES_NEVER_ISSUED:
            return [f"ein: the IRS has not issued numbers that start with {self.ein[:2]} ({self.ein}); check it"]
        return []

    @property
    def to_fill_in(self) -> str | None:
        """What it does not say yet and answers rest on, and how to fill that in, as a sentence; None when it says it all."""
        wishes = self.funding_preferences
        missing = [
            what
            for what, said in (
                ("a mission", self.mission_statement or self.focus_areas), ("an NTEE code", self.ntee_codes),
                ("a state", self.states),
                ("whether it is a 501(c)(3)", self.is_501c3 is not None),
                ("an amount to ask for", wishes.ask_min_usd is not None or wishes.ask_max_usd is not None),
                ("staff hours a month", self.capacity.staff_hours_per_month is not None),
            )
            if not said
        ]  # fmt: skip
        if not missing:
            return None
        listed = missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} and {missing[-1]}"
        return (
            f"Fill in {listed}: the profile does not say, so what rests on it is unknown. "
            f"`catalynx profile export {self.profile_id} profile.yaml` writes it, "
            "`catalynx profile import profile.yaml` reads it back."
        )

    def fields(self) -> dict[str, Any]:
        """Its fields as plain JSON values."""
        return self.model_dump(mode="json")

    def revised(self, **changes: object) -> Profile:
        """Return a profile with `changes`.

        Raises
        ------
        InvalidProfile
        """
        return make_profile({**self.fields(), **changes})


def slug(name: str, taken: Collection[str] = ()) -> str:
    """Return an id that people can read for a profile of that name: ``vermont-arts``, or ``vermont-arts-2`` where it is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].rstrip("-") or "profile"
    numbered = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(found for found in numbered if found not in taken)


def make_profile(fields: Mapping[str, object]) -> Profile:
    """Make a profile of `fields`; warns (`ProfileWarning`) about what is unusual.

    Raises
    ------
    InvalidProfile
        Lists every field that cannot be used, with the problem and the value.
    """
    try:
        profile = Profile.model_validate(fields)
    except ValidationError as error:
        raise invalid_profile(error) from None
    for caution in profile.cautions:
        warnings.warn(caution, ProfileWarning, stacklevel=2)
    return profile


def invalid_profile(error: ValidationError) -> InvalidProfile:
    """Say in our words what pydantic found wrong with a profile."""
    return InvalidProfile(
        (
            _field(found["loc"]),
            _problem(found),
            None if found["type"] == "missing" else found.get("input"),
        )
        for found in error.errors(include_url=False)
    )


def _field(location: tuple[str | int, ...]) -> str:
    name = ""
    for part in location:
        word = part if isinstance(part, int) or part.isidentifier() else ascii(part[:40])
        name += f"[{word}]" if isinstance(part, int) else f".{word}" if name else str(word)
    return name or "profile"


def _problem(found: ErrorDetails) -> str:
    kind, location, limits = found["type"], found["loc"], found.get("ctx", {})
    if kind == "extra_forbidden":
        parts: dict[str, type[BaseModel]] = {"funding_preferences": FundingPreferences, "capacity": Capacity}
        owner = parts.get(str(location[0]), Profile) if len(location) > 1 else Profile
        return f"is not a field; there are {', '.join(owner.model_fields)}"
    if kind == "missing":
        return "is required"
    if kind == "string_unicode":
        return "holds half of a character (a lone surrogate); remove it"
    if kind in {"too_short", "string_too_short"}:
        return "must not be empty"
    if kind in {"too_long", "string_too_long"}:
        return f"must have at most {limits['max_length']:,} {'entries' if isinstance(found['input'], list) else 'characters'}"
    return found["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
