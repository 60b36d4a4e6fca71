"""Changes of the records' schema, in their order (Alembic)."""

HEAD = "0002"
"""The newest revision."""
