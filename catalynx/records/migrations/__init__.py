"""Changes of the records' schema, in their order (Alembic)."""

HEAD = "0003"
"""The newest revision."""
