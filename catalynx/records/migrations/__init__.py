"""Changes of the records' schema, in their order (Alembic)."""

HEAD = "0005"
"""The newest revision."""
