"""Changes of the records' schema, in their order (Alembic)."""

HEAD = "0001"
"""The newest revision."""
