"""Columns that tables of the lake share: where a row comes from, whose number it has, and where an organisation is."""

from __future__ import annotations

from catalynx.columns.vocabulary import EIN, STATE, Column, required

PROVENANCE = (
    required("source", "text", "which reader read the row, e.g. irs_bmf"),
    required("file", "text", "the file the row stands in, `archive!member` inside an archive"),
    required("place", "text", "where in the file: line, record id, or XPath"),
)

EIN_KNOWN = Column("ein", "text", "employer identification number, nine digits with leading zeros", pattern=EIN)
EIN_REQUIRED = required("ein", "text", "employer identification number, nine digits with leading zeros", pattern=EIN)


def place_of(whose: str) -> tuple[Column, ...]:
    """Return city and state of the ``organization`` or the ``recipient``."""
    prefix = "" if whose == "organization" else "recipient_"
    return (
        Column(f"{prefix}city", "text", f"city of the {whose}, as filed"),
        Column(f"{prefix}state", "text", f"two-letter state or territory of the {whose}", "unknown, or abroad", pattern=STATE),
    )
