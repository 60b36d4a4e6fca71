"""Access: sessions, refresh tokens, service accounts, kept answers, list of erasures, and a chain through the audit."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FIRST_HASH = "0" * 64
_ROWS = 1_000


def upgrade() -> None:
    _make_sessions()
    _make_service_accounts()
    _make_answers()
    op.create_table(
        "erasures",
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_erasures")),
    )
    op.create_table(
        "audit_head",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("chain_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_audit_head")),
    )
    _chain_audit()


def downgrade() -> None:
    _without_triggers()
    with op.batch_alter_table("audit") as audit:
        audit.drop_column("chain_hash")
        audit.drop_column("origin")
    _with_triggers()
    for table in ("audit_head", "erasures", "answers", "service_accounts", "refresh_tokens", "sessions"):
        op.drop_table(table)


def _make_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("client", sa.String(length=200), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_sessions_person_expires_at"), "sessions", ["person", "expires_at"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.session_id"], name=op.f("fk_refresh_tokens_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(op.f("ix_refresh_tokens_session_id"), "refresh_tokens", ["session_id"], unique=False)


def _make_service_accounts() -> None:
    op.create_table(
        "service_accounts",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_service_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_service_accounts_name")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_service_accounts_secret_hash")),
    )


def _make_answers() -> None:
    op.create_table(
        "answers",
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("response", sa.JSON(), nullable=True),
        sa.Column("profile_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["profile_id"], ["profiles.profile_id"], name=op.f("fk_answers_profile_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person", "route", "key", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_created_at"), "answers", ["created_at"], unique=False)
    op.create_index(op.f("ix_answers_profile_id"), "answers", ["profile_id"], unique=False)


def _chain_audit() -> None:
    """Link the entries that are there, oldest first; from now on each is linked when it is written."""
    op.add_column("audit", sa.Column("origin", sa.String(length=100), nullable=True))
    op.add_column("audit", sa.Column("chain_hash", sa.String(length=64), nullable=True))
    _without_triggers()
    connection = op.get_bind()
    named = ("sequence", "at", "actor", "action", "target_kind", "target", "allowed", "detail", "origin", "chain_hash")
    kinds: dict[str, Any] = {"at": sa.DateTime(timezone=True), "allowed": sa.Boolean(), "detail": sa.JSON()}
    audit = sa.table("audit", *(sa.column(name, kinds.get(name)) for name in named))
    last, last_hash = 0, _FIRST_HASH
    while rows := connection.execute(
        sa.select(audit).where(audit.c.sequence > last).order_by(audit.c.sequence).limit(_ROWS)
    ).all():
        for row in rows:
            last, last_hash = row.sequence, _chained(last_hash, row)
            connection.execute(audit.update().where(audit.c.sequence == last).values(chain_hash=last_hash))
    if last:
        head = sa.table("audit_head", sa.column("one"), sa.column("sequence"), sa.column("chain_hash"))
        connection.execute(head.insert().values(one=1, sequence=last, chain_hash=last_hash))
    with op.batch_alter_table("audit") as changed:
        changed.alter_column("chain_hash", existing_type=sa.String(length=64), nullable=False)
    _with_triggers()


def _chained(before: str, row: sa.Row) -> str:
    """What ``catalynx.records.audit`` computes, as it stood when this revision was written."""
    at: datetime = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at.astimezone(UTC)
    content = {
        "sequence": row.sequence, "at": at.isoformat(timespec="microseconds"), "actor": row.actor, "action": row.action,
        "target_kind": row.target_kind, "target": row.target, "allowed": row.allowed, "detail": row.detail, "origin": row.origin,
    }  # fmt: skip
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def _without_triggers() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE audit DISABLE TRIGGER USER")
        return
    for change in ("update", "delete"):
        op.execute(f"DROP TRIGGER audit_no_{change}")


def _with_triggers() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE audit ENABLE TRIGGER USER")
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'rows of audit are never changed'); END"
        )
