"""What a program's own text tells of the competition for its money: columns of a federal program, and of its announcements."""

from __future__ import annotations

from catalynx.columns.vocabulary import Column

_SILENT = "its text states none"

AWARD_RATE_COLUMNS = (
    Column(
        "applications_count",
        "integer",
        "applications of `award_rate_year`, of all the program's competitions",
        _SILENT,
        at_least=1,
    ),
    Column("awards_count", "integer", "awards that were made of them", _SILENT, at_least=0),
    Column("award_rate_pct", "number", "awards for 100 applications of that year", _SILENT, at_least=0, at_most=100),
    Column(
        "award_rate_year",
        "integer",
        "the latest ended fiscal year with both counts, else the latest year of an estimate",
        _SILENT,
    ),
    Column(
        "award_rate_kind",
        "text",
        "actual, or estimate where the text tells no year as a fact",
        _SILENT,
        pattern="actual|estimate",
    ),
    Column("award_rate_years", "integer", "years with both counts, of this kind", _SILENT, at_least=1),
    Column("award_rate_low_pct", "number", "lowest rate of these years", _SILENT, at_least=0, at_most=100),
    Column("award_rate_high_pct", "number", "highest rate of these years", _SILENT, at_least=0, at_most=100),
    Column("award_rate_sentence", "text", "the sentence that tells it; of several competitions the largest one's", _SILENT),
    Column("award_rate_evidence", "text", "JSON: the table and the condition that give the sentences of all years", _SILENT),
)
