"""Scenarios with their versions, signed decisions, and outcomes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NEVER_UPDATED = ("scenario_versions", "signed_decisions", "outcomes")


def upgrade() -> None:
    _make_scenarios()
    _make_signed_decisions()
    _make_outcomes()
    for table in _NEVER_UPDATED:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    for table in ("outcomes", "signed_decisions", "scenario_versions", "scenarios"):
        op.drop_table(table)


def _make_scenarios() -> None:
    op.create_table(
        "scenarios",
        sa.Column("scenario_id", sa.String(length=32), nullable=False),
        sa.Column("profile_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cloned_from", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profiles.profile_id"], name=op.f("fk_scenarios_profile_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scenario_id", name=op.f("pk_scenarios")),
        sa.UniqueConstraint("profile_id", "name", name=op.f("uq_scenarios_profile_id_name")),
    )
    op.create_table(
        "scenario_versions",
        sa.Column("scenario_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("first_version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.scenario_id"], name=op.f("fk_scenario_versions_scenario_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scenario_id", "version", name=op.f("pk_scenario_versions")),
    )


def _make_signed_decisions() -> None:
    op.create_table(
        "signed_decisions",
        sa.Column("signed_id", sa.String(length=32), nullable=False),
        sa.Column("profile_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("dissent", sa.Text(), nullable=False),
        sa.Column("holds", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.String(length=200), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.String(length=32), nullable=True),
        sa.Column("lake_version", sa.String(length=100), nullable=False),
        sa.Column("package_version", sa.String(length=50), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profiles.profile_id"], name=op.f("fk_signed_decisions_profile_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signed_id", name=op.f("pk_signed_decisions")),
        sa.UniqueConstraint("replaces", name=op.f("uq_signed_decisions_replaces")),
    )
    op.create_index(
        op.f("ix_signed_decisions_profile_id_signed_at"), "signed_decisions", ["profile_id", "signed_at"], unique=False
    )


def _make_outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("signed_id", sa.String(length=32), nullable=False),
        sa.Column("candidate_id", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("turned_out", sa.String(length=20), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("amount_usd", sa.Double(), nullable=True),
        sa.Column("hours_spent", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("turned_out IN ('submitted', 'won', 'declined', 'withdrawn')", name=op.f("ck_outcomes_turned_out")),
        sa.ForeignKeyConstraint(
            ["signed_id"], ["signed_decisions.signed_id"], name=op.f("fk_outcomes_signed_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signed_id", "candidate_id", "position", name=op.f("pk_outcomes")),
    )
