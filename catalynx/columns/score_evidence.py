"""The rows that one number of a score rests on, whatever table of the lake they stand in."""

from __future__ import annotations

from catalynx.columns.vocabulary import Column, Table, required

SCORE_EVIDENCE = Table(
    "score_evidence",
    "one row of the lake that the value of one criterion rests on; of returns, one line of one return",
    ("candidate_id", "criterion", "table_name", "row_id", "line"),
    (
        required("candidate_id", "text", "foundation:…, program:NN.NNN or opportunity:…"),
        required("criterion", "text", "name of the criterion, or eligibility"),
        required("table_name", "text", "the table of the lake"),
        required("row_id", "text", "its key there"),
        Column("nearness", "text", "what the criterion counts it as, e.g. in your state", "it is counted among all only"),
        Column("what", "text", "recipient and purpose, title, or name of the filer", "withheld"),
        Column(
            "fact", "text", "what the criterion reads of it: a state, a code, an amount, a sentence", "nothing is known there"
        ),
        Column("year", "integer", "year of the gift, fiscal year, or year in which a return's period ends"),
        Column("amount_usd", "usd", "amount of the gift, or of the line"),
        Column("recipient_key", "text", "who received it, resolved: see entity_links", "not a gift, or unnamed"),
        Column("recipient_state", "text", "state of the resolved recipient, else as published"),
        Column("ntee_code", "text", "NTEE code of the resolved recipient"),
        Column("recipient_revenue_usd", "usd", "revenue of the resolved recipient"),
        Column("known_from", "text", "file and place of the recipient in the master file", "not a gift, or not resolved"),
        Column("line", "text", "part and line of the form, of that return's own year", "not a return"),
        Column(
            "path", "text", "path of the line in the return, by its own schema version", "not a return, or read from an extract"
        ),
        required("source", "text", "which reader read it"),
        required("file", "text", "the file it stands in"),
        required("place", "text", "where in the file"),
    ),
)
