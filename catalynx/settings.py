"""The only reader of the environment: one validated object, made by entry points and handed on.

A value that cannot be used stops the start; the message names the variable and never its value.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalynx.errors import SettingsError

LEAST_SECRET_BYTES: Final = 32
LEAST_DISTINCT: Final = 10
OF_EXAMPLES = re.compile(
    r"change.?me|example|secret|passw|insecure|placeholder|your[-_]|x{6}|012345|123456|abcdef0|default", re.I
)


def _beside(name: str) -> Path:
    """Return the folder `name` of the checkout, else the one that the installed package carries."""
    checkout = Path(__file__).parents[1] / name
    return checkout if checkout.is_dir() else Path(sys.prefix) / "share/catalynx" / name


class Settings(BaseSettings):
    """Settings of a process, from variables ``CATALYNX_…``.

    Attributes
    ----------
    home : the workspace, one folder that holds everything (``CATALYNX_HOME``)
    database_url : where records are kept; empty means SQLite in the workspace (``CATALYNX_DATABASE_URL``)
    notebooks, dashboards : folders of the notebooks and pages; those of the checkout, else of the installed package
    redis_url : Redis that queues jobs for several machines; empty means SQLite in the workspace (``CATALYNX_REDIS_URL``)
    jobs_at_once : jobs that one worker runs side by side (``CATALYNX_JOBS_AT_ONCE``)
    jobs_waiting : jobs that may wait; more are refused (``CATALYNX_JOBS_WAITING``)
    job_seconds : what a job may take before it is stopped (``CATALYNX_JOB_SECONDS``)
    scrape_token : with which Prometheus reads the metrics, and nothing else; at least 32 bytes, empty means that it cannot
        (``CATALYNX_SCRAPE_TOKEN``)
    """

    model_config = SettingsConfigDict(env_prefix="CATALYNX_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=lambda: Path.home() / "catalynx")
    database_url: SecretStr = SecretStr("")
    notebooks: Path = Field(default_factory=lambda: _beside("notebooks"))
    dashboards: Path = Field(default_factory=lambda: _beside("dashboards"))
    redis_url: SecretStr = SecretStr("")
    jobs_at_once: int = Field(default=1, ge=1, le=64)
    jobs_waiting: int = Field(default=100, ge=1, le=100_000)
    job_seconds: int = Field(default=1_800, ge=1, le=86_400)
    scrape_token: SecretStr = SecretStr("")

    @field_validator("home", mode="before")
    @classmethod
    def _empty_is_unset(cls, home: object) -> object:
        return home if str(home).strip() else Path.home() / "catalynx"

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        home = home.expanduser().resolve()
        if home.exists() and not home.is_dir():
            raise ValueError("must name a folder")
        return home

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: SecretStr) -> SecretStr:
        text = url.get_secret_value()
        if text and not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return url

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, url: SecretStr) -> SecretStr:
        text = url.get_secret_value()
        if text and not text.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return url

    @field_validator("scrape_token")
    @classmethod
    def _strong(cls, token: SecretStr) -> SecretStr:
        text = token.get_secret_value()
        if text:
            check_secret(text)
            if not re.fullmatch(r"[A-Za-z0-9._~+/=-]{32,500}", text):
                raise ValueError("must be letters, digits and . _ ~ + / = - alone; `openssl rand -hex 32` makes one")
        return token

    @property
    def lake(self) -> Path:
        """Folder of the lake."""
        return self.home / "lake"

    @property
    def reports(self) -> Path:
        """Folder in which reports are left."""
        return self.home / "reports"

    @property
    def exports(self) -> Path:
        """Folder in which exports are left."""
        return self.home / "exports"

    @property
    def records_url(self) -> str:
        """SQLAlchemy URL of the records."""
        text = self.database_url.get_secret_value()
        if not text:
            return f"sqlite:///{self.home / 'records.sqlite'}"
        return text.replace("postgresql://", "postgresql+psycopg://", 1)


def check_secret(text: str) -> None:
    """Refuse a secret that somebody could guess.

    Raises
    ------
    ValueError
        Says what is wrong with it, never what it is.
    """
    if not text:
        raise ValueError("must not be empty")
    if len(text.encode()) < LEAST_SECRET_BYTES:
        raise ValueError(f"must be at least {LEAST_SECRET_BYTES} bytes long; `openssl rand -hex 32` makes one")
    if OF_EXAMPLES.search(text) or len(set(text)) < LEAST_DISTINCT:
        raise ValueError("must not look like the value of an example; `openssl rand -hex 32` makes one")


def load_settings(**overrides: object) -> Settings:
    """Read the environment; `overrides` (options of a command line) win.

    Raises
    ------
    SettingsError
        Names the variable and what it must be, never its value.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "CATALYNX_" + "_".join(map(str, first["loc"])).upper()
        raise SettingsError(f"{name} cannot be used: {first['msg'].removeprefix('Value error, ')}.") from None
