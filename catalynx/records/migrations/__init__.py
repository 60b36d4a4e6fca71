"""Changes of the records' schema, in their order (Alembic)."""

HEAD = "0004"
"""The newest revision."""
