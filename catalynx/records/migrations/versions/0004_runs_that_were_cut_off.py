"""Runs know who does them, and of which job they are: so one that was cut off is found, and ends as failed or cancelled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _with_states("running", "done", "failed", "cancelled")
    op.add_column("runs", sa.Column("worker", sa.String(length=200), nullable=True))
    op.add_column("runs", sa.Column("job_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_runs_state"), "runs", ["state"], unique=False)


def downgrade() -> None:
    op.execute("UPDATE runs SET state = 'failed' WHERE state = 'cancelled'")
    op.drop_index(op.f("ix_runs_state"), table_name="runs")
    with op.batch_alter_table("runs") as runs:
        runs.drop_column("job_id")
        runs.drop_column("worker")
    _with_states("running", "done", "failed")


def _with_states(*states: str) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("runs") as runs:
        runs.drop_constraint(op.f("ck_runs_state"), type_="check")
        runs.create_check_constraint(op.f("ck_runs_state"), f"state IN ({listed})")
