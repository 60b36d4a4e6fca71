"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NEVER_UPDATED = ("audit", "decision_sets", "decisions")
_NEVER_DELETED = ("audit",)


def upgrade() -> None:
    _make_audit()
    _make_profiles()
    _make_decision_sets()
    _make_runs()
    _make_tracked()
    _make_decisions()
    _make_stage_moves()
    _refuse_changes()


def downgrade() -> None:
    op.drop_table("stage_moves")
    op.drop_table("decisions")
    op.drop_table("tracked")
    op.drop_table("runs")
    op.drop_table("decision_sets")
    op.drop_table("profiles")
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _refuse_changes() -> None:
    changes = [(table, "UPDATE") for table in _NEVER_UPDATED] + [(table, "DELETE") for table in _NEVER_DELETED]
    if op.get_bind().dialect.name == "sqlite":
        for table, change in changes:
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$"
    )
    for table, change in [*changes, ("audit", "TRUNCATE")]:
        op.execute(
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=100), nullable=False),
        sa.Column("target_kind", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_target_kind_target"), "audit", ["target_kind", "target"], unique=False)


def _make_profiles() -> None:
    op.create_table(
        "profiles",
        sa.Column("profile_id", sa.String(length=64), nullable=False),
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("ein", sa.String(length=9), nullable=True),
        sa.Column("sort_name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("profile_id", name=op.f("pk_profiles")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_profiles_pseudonym")),
    )
    op.create_index(op.f("ix_profiles_ein"), "profiles", ["ein"], unique=False)
    op.create_index(op.f("ix_profiles_sort_name"), "profiles", ["sort_name"], unique=False)
    op.create_index(op.f("ix_profiles_team"), "profiles", ["team"], unique=False)


def _make_decision_sets() -> None:
    op.create_table(
        "decision_sets",
        sa.Column("set_id", sa.String(length=32), nullable=False),
        sa.Column("profile_id", sa.String(length=64), nullable=False),
        sa.Column("profile_version", sa.Integer(), nullable=False),
        sa.Column("lake_version", sa.String(length=100), nullable=False),
        sa.Column("package_version", sa.String(length=50), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profiles.profile_id"], name=op.f("fk_decision_sets_profile_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("set_id", name=op.f("pk_decision_sets")),
    )
    op.create_index(op.f("ix_decision_sets_profile_id_made_at"), "decision_sets", ["profile_id", "made_at"], unique=False)


def _make_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("profile_id", sa.String(length=64), nullable=True),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outputs", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("lake_version", sa.String(length=100), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done', 'failed')", name=op.f("ck_runs_state")),
        sa.ForeignKeyConstraint(["profile_id"], ["profiles.profile_id"], name=op.f("fk_runs_profile_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_kind_started_at"), "runs", ["kind", "started_at"], unique=False)
    op.create_index(op.f("ix_runs_profile_id"), "runs", ["profile_id"], unique=False)


def _make_tracked() -> None:
    op.create_table(
        "tracked",
        sa.Column("tracked_id", sa.String(length=32), nullable=False),
        sa.Column("profile_id", sa.String(length=64), nullable=False),
        sa.Column("candidate_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("ask_usd", sa.Double(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('foundation', 'program', 'opportunity')", name=op.f("ck_tracked_kind")),
        sa.CheckConstraint(
            "stage IN ('prospects', 'qualified_prospects', 'candidates', 'targets', 'opportunities', "
            "'won', 'declined', 'dropped')",
            name=op.f("ck_tracked_stage"),
        ),
        sa.ForeignKeyConstraint(["profile_id"], ["profiles.profile_id"], name=op.f("fk_tracked_profile_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tracked_id", name=op.f("pk_tracked")),
        sa.UniqueConstraint("profile_id", "candidate_id", name=op.f("uq_tracked_profile_id_candidate_id")),
    )
    op.create_index(op.f("ix_tracked_profile_id_stage"), "tracked", ["profile_id", "stage"], unique=False)


def _make_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.String(length=32), nullable=False),
        sa.Column("set_id", sa.String(length=32), nullable=False),
        sa.Column("candidate_id", sa.String(length=200), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("recommendation", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("coverage", sa.Double(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["decision_sets.set_id"], name=op.f("fk_decisions_set_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("set_id", "candidate_id", name=op.f("uq_decisions_set_id_candidate_id")),
    )
    op.create_index(op.f("ix_decisions_candidate_id"), "decisions", ["candidate_id"], unique=False)


def _make_stage_moves() -> None:
    op.create_table(
        "stage_moves",
        sa.Column("tracked_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_stage", sa.String(length=20), nullable=True),
        sa.Column("to_stage", sa.String(length=20), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tracked_id"], ["tracked.tracked_id"], name=op.f("fk_stage_moves_tracked_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tracked_id", "position", name=op.f("pk_stage_moves")),
    )
