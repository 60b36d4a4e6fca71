"""The tables of the decision desk: scenarios with every version of them, decisions that were signed, and how they turned out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalynx.records.models import Base

TURNED_OUT = ("submitted", "won", "declined", "withdrawn")
"""How an application goes on: handed in, the funder gave, the funder refused, we took it back."""

_LISTED = ", ".join(f"'{name}'" for name in TURNED_OUT)


class ScenarioRow(Base):
    """A named what-if; what it says stands in its newest version."""

    __tablename__ = "scenarios"
    __table_args__ = (UniqueConstraint("profile_id", "author", "name"),)

    scenario_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    profile_id: Mapped[str] = mapped_column(ForeignKey("profiles.profile_id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    author: Mapped[str] = mapped_column(String(200))
    shared: Mapped[bool]
    version: Mapped[int]
    cloned_from: Mapped[str | None] = mapped_column(String(32))
    """The scenario that it was copied from, which may be gone by now."""
    created_at: Mapped[datetime]


class ScenarioVersionRow(Base):
    """One state of a scenario; never changed (a trigger refuses)."""

    __tablename__ = "scenario_versions"

    scenario_id: Mapped[str] = mapped_column(ForeignKey("scenarios.scenario_id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wish: Mapped[dict[str, Any]]
    first_version: Mapped[int]
    """The version that first said this: lower than `version` after an undo."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(200))


class SignedDecisionRow(Base):
    """What was decided, by whom, why, and all that is needed to reckon it again; never changed (a trigger refuses)."""

    __tablename__ = "signed_decisions"
    __table_args__ = (Index(None, "profile_id", "signed_at"), UniqueConstraint("replaces"))

    signed_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    profile_id: Mapped[str] = mapped_column(ForeignKey("profiles.profile_id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    why: Mapped[str]
    dissent: Mapped[str]
    holds: Mapped[str]
    """What it says, in words."""
    signed_by: Mapped[str] = mapped_column(String(200))
    signed_at: Mapped[datetime]
    version: Mapped[int]
    replaces: Mapped[str | None] = mapped_column(String(32))
    """The decision that this one takes the place of."""
    lake_version: Mapped[str] = mapped_column(String(100))
    package_version: Mapped[str] = mapped_column(String(50))
    inputs: Mapped[dict[str, Any]]
    """The profile as it was, the rules, and what was wished."""
    results: Mapped[dict[str, Any]]
    """The numbers that came of it."""


class OutcomeRow(Base):
    """What became of one application of a signed decision; never changed (a trigger refuses), a later one counts instead."""

    __tablename__ = "outcomes"
    __table_args__ = (CheckConstraint(f"turned_out IN ({_LISTED})", name="turned_out"),)

    signed_id: Mapped[str] = mapped_column(ForeignKey("signed_decisions.signed_id", ondelete="CASCADE"), primary_key=True)
    candidate_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    turned_out: Mapped[str] = mapped_column(String(20))
    on_day: Mapped[date | None]
    amount_usd: Mapped[float | None]
    hours_spent: Mapped[float | None]
    note: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(200))
