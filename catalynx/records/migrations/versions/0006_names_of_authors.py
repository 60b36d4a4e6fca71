"""A scenario's name is its author's: two people may call theirs the same, and nobody learns so what others call theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BEFORE = ("uq_scenarios_profile_id_name", ("profile_id", "name"))
_AFTER = ("uq_scenarios_profile_id_author_name", ("profile_id", "author", "name"))


def upgrade() -> None:
    _exchange(_BEFORE, _AFTER)


def downgrade() -> None:
    # Of those with one name the first keeps it; ids have 32 characters, names at most 200.
    op.execute(
        "UPDATE scenarios SET name = substr(name, 1, 150) || ' ' || scenario_id WHERE EXISTS (SELECT 1 FROM scenarios AS other "
        "WHERE other.profile_id = scenarios.profile_id AND other.name = scenarios.name "
        "AND other.scenario_id < scenarios.scenario_id)"
    )
    _exchange(_AFTER, _BEFORE)


def _exchange(old: tuple[str, tuple[str, ...]], new: tuple[str, tuple[str, ...]]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_anew(*new)
        return
    op.drop_constraint(op.f(old[0]), "scenarios", type_="unique")
    op.create_unique_constraint(op.f(new[0]), "scenarios", list(new[1]))


def _make_anew(name: str, columns: tuple[str, ...]) -> None:
    """Make both tables anew, the one of the versions too: dropping scenarios alone would take their versions along."""
    op.create_table(
        "scenarios_new",
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
        sa.UniqueConstraint(*columns, name=op.f(name)),
    )
    op.create_table(
        "scenario_versions_new",
        sa.Column("scenario_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("first_version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios_new.scenario_id"], name=op.f("fk_scenario_versions_scenario_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scenario_id", "version", name=op.f("pk_scenario_versions")),
    )
    for table in ("scenarios", "scenario_versions"):
        op.execute(f"INSERT INTO {table}_new SELECT * FROM {table}")
    for table in ("scenario_versions", "scenarios"):
        op.drop_table(table)
    for table in ("scenarios", "scenario_versions"):
        op.rename_table(f"{table}_new", table)
    op.execute(
        "CREATE TRIGGER scenario_versions_no_update BEFORE UPDATE ON scenario_versions "
        "BEGIN SELECT RAISE(ABORT, 'rows of scenario_versions are never changed'); END"
    )
