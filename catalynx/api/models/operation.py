"""Tokens, sessions, the audit and the state of the system, over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalynx.api.models.basics import Asked, Text, Whole

type Scope = Literal["view", "run", "admin"]


class TokenAsked(Asked):
    """A session to begin; narrower than what you may, when `scopes` say so."""

    model_config = ConfigDict(json_schema_extra={"example": {"client": "nightly export", "scopes": ["view"]}})

    client: Annotated[Text, Field(max_length=100, description="By what you will recognise the session.")] = ""
    scopes: Annotated[list[Scope] | None, Field(min_length=1, max_length=3)] = None


class RefreshAsked(Asked):
    """A refresh token, which is used up by this."""

    model_config = ConfigDict(json_schema_extra={"example": {"refresh_token": "cxr_…"}})

    refresh_token: Annotated[str, Field(min_length=1, max_length=200)]


class TokenAnswer(BaseModel):
    """Tokens of a session [RFC 6749, 5.1]."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 (its kind, not a secret)
    expires_in: int = Field(description="Seconds.")
    refresh_token: str
    refresh_expires_in: int = Field(description="Seconds.")
    session_id: str
    scope: str


class Me(BaseModel):
    """Who you are here."""

    name: str
    permissions: list[str]
    teams: list[str] | None = Field(description="Null is every team.")
    via: str
    session_id: str


class Jwks(BaseModel):
    """Public keys [RFC 7517]."""

    keys: list[dict[str, Any]]


class SessionAnswer(BaseModel):
    """A session that stands."""

    session_id: str
    person: str
    client: str
    scopes: list[str]
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    current: bool


class SessionList(BaseModel):
    """Sessions that stand, the newest first."""

    sessions: list[SessionAnswer]


class AccountAsked(Asked):
    """A service account to make: what it may is what its role may, or less when `scopes` say so."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "nightly", "role": "analyst", "teams": ["arts"], "expires_in_days": 90}}
    )

    name: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$", description="Never given twice; the audit calls it service:NAME."),
    ]
    role: Literal["executive", "analyst", "admin"]
    scopes: Annotated[list[Scope] | None, Field(min_length=1, max_length=3, description="Among those of the role.")] = None
    teams: Annotated[
        list[Annotated[Text, Field(min_length=1, max_length=100)]] | None,
        Field(min_length=1, max_length=100, description="Among yours; yours when left out."),
    ] = None
    expires_in_days: Annotated[Whole, Field(ge=1, le=366)] = 366


class AccountAnswer(BaseModel):
    """A service account."""

    account_id: str
    name: str
    scopes: list[str]
    teams: list[str]
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None


class AccountWithSecret(AccountAnswer):
    """A service account with its secret, which is told this once."""

    secret: str


class AccountList(BaseModel):
    """Service accounts of your teams by name, ended ones among them."""

    accounts: list[AccountAnswer]


class AuditAnswer(BaseModel):
    """Who did, or was refused, what to what, when, and from where."""

    sequence: int
    at: datetime
    actor: str
    action: str
    target_kind: str
    target: str
    allowed: bool
    origin: str | None
    detail: dict[str, Any]


class AuditList(BaseModel):
    """Entries in their order; go on with `after` = `last_sequence`."""

    entries: list[AuditAnswer]
    last_sequence: int | None


class AuditCheck(BaseModel):
    """Whether the chain of entries is whole."""

    whole: bool
    sequence: int | None = Field(description="The last entry when it is whole, else the first that is not as it was written.")
    problem: str | None
    chain_hash: str | None = Field(description="Hash of the last entry; note it down where nobody can change it.")


class Health(BaseModel):
    """Whether it works; nothing else."""

    status: Literal["healthy", "degraded", "unhealthy"]
    records: Literal["ok", "failed"]
    lake: Literal["ok", "failed"]
    timestamp: datetime


class SystemStatus(BaseModel):
    """Components, versions, and how busy it is."""

    status: Literal["healthy", "degraded", "unhealthy"]
    timestamp: datetime
    started_at: datetime
    versions: dict[str, str]
    components: list[dict[str, Any]]
    pools: dict[str, dict[str, Any]]
    kept: dict[str, dict[str, Any]]
    memory_mb: float | None
