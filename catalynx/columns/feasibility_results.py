"""What feasibility gives, and what decisions say of confidence, priority, conditions and actions."""

from __future__ import annotations

from catalynx.columns.vocabulary import Column, Table, required

FEASIBILITY = Table(
    "feasibility",
    "one dimension of whether one candidate can be applied to and its award managed; none for those that a hard rule excludes",
    ("candidate_id", "dimension"),
    (
        required("candidate_id", "text", "foundation:…, program:NN.NNN or opportunity:…"),
        required(
            "dimension", "text", "technical, resources, timeline, compliance or strategy",
            pattern="technical|resources|timeline|compliance|strategy",
        ),
        Column("value", "number", "how feasible, 0–1", "no data for any of its signals", at_least=0, at_most=1),
        required("weight", "number", "share of the whole weight, 0–1, before what is unknown is left out", at_least=0, at_most=1),
        required("coverage", "number", "share of its signals' weight that had data", at_least=0, at_most=1),
        Column("contribution", "number", "value × weight × coverage / the same without value; sums to feasibility", "no data"),
        required("because", "text", "plain sentences with the figures behind the value, or why it is unknown"),
        Column("gap", "text", "what would close what is lacking or unknown", "nothing is"),
        Column("close_by", "date", "last sensible day to close it", "there is no gap"),
    ),
)  # fmt: skip

OF_DECISIONS = (
    Column("effort_basis", "text", "how the hours come about", "no ask is known"),
    Column("feasibility", "number", "weighted mean of the signals of feasibility that have data, 0–1",
           "none has, or a hard rule excludes it", at_least=0, at_most=1),
    Column("feasibility_coverage", "number", "share of the weight of feasibility that had data, 0–1",
           "a hard rule excludes it", at_least=0, at_most=1),
    Column("combined", "number", "score and feasibility together, as the rules weigh them", "too little is known of one",
           at_least=0, at_most=1),
    Column("combined_low", "number", "the same were all that is unknown at its worst", "a hard rule excludes it",
           at_least=0, at_most=1),
    Column("combined_high", "number", "the same were all that is unknown at its best", "a hard rule excludes it",
           at_least=0, at_most=1),
    required("confidence", "text", "how far the recommendation can be trusted", pattern="high|medium|low"),
    required("confidence_reason", "text", "what that rests on, with figures"),
    required("priority", "text", "how soon to turn to it", pattern="high|medium|low|none"),
    required("priority_reason", "text", "what that rests on, with figures"),
    Column("conditions", "texts", "what has to be so before it is applied to, each with its day", "nothing known"),
    Column("next_actions", "texts", "what to do, each with its day, the next first"),
    Column("success_measures", "texts", "by what one will see whether it went well, with figures", "there is nothing to do"),
)  # fmt: skip
"""Columns of ``columns.RESULTS["decisions"]``."""
