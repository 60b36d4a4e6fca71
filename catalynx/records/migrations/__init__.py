"""Changes of the records' schema, in their order (Alembic)."""

HEAD = "0006"
"""The newest revision."""
