"""Tokens on real records of both databases, with a clock that tests move."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from catalynx.hub import Keys, Permission, Person, Tokens
from catalynx.records.store import Records

ISSUER, AUDIENCE = "https://catalynx.example", "catalynx"
START = 1_800_000_000.0


@dataclass
class Clock:
    """Seconds since 1970, moved by hand."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(tmp_path: Path, clock: Clock) -> Keys:
    return Keys(tmp_path / "keys", clock)


@pytest.fixture
def tokens(records: Records, keys: Keys, clock: Clock) -> Tokens:
    return Tokens(records, keys, issuer=ISSUER, audience=AUDIENCE, clock=clock)


@pytest.fixture
def ada() -> Person:
    """An analyst of one team, as the hub lets her in."""
    return Person("ada", frozenset({Permission.VIEW, Permission.RUN}), frozenset({"arts"}), "hubsession", "hub")


@pytest.fixture
def grace() -> Person:
    """An admin of two teams."""
    return Person("grace", frozenset(Permission), frozenset({"arts", "parks"}), "other", "hub")
