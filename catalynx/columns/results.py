"""The tables that Catalynx itself gives: candidates, the parts of their scores, and decisions."""

from __future__ import annotations

from catalynx.columns.vocabulary import EIN, Column, Table, required

_candidate = required("candidate_id", "text", "foundation:…, program:NN.NNN or opportunity:…")
_identity = (
    _candidate,
    required("kind", "text", "foundation, program or opportunity", pattern="foundation|program|opportunity"),
    required("name", "text", "the foundation, program or opportunity"),
    Column("funder_name", "text", "who gives the money"),
)
_deadline = (
    Column("deadline", "date", "last day to apply", "not stated, or no fixed day"),
    Column("deadline_estimated", "flag", "the deadline is the funder's estimate"),
)

CANDIDATES = Table(
    "candidates",
    "one foundation, federal program or opportunity that an organisation could turn to, with what is on record about it",
    ("candidate_id",),
    (
        *_identity,
        Column("funder_ein", "text", "EIN of the funder", pattern=EIN),
        required("eligibility", "text", "passes, fails or unknown, by hard rules alone", pattern="passes|fails|unknown"),
        required("eligibility_reason", "text", "the rule and the fact that decided"),
        Column(
            "marks", "texts", "what to know before anything else, e.g. gives only to preselected charities", "nothing to mark"
        ),
        *_deadline,
        Column("purpose_text", "text", "purposes of past grants, or the objective or synopsis"),
        Column("field_counts", "text", "JSON: grants by NTEE major group of the recipient, where it is known"),
        Column("state_counts", "text", "JSON: grants by state of the recipient, where it is known"),
        Column("grants_count", "integer", "grants or awards on record"),
        Column("grants_total_usd", "usd", "sum of those with an amount above zero"),
        Column("grant_p25_usd", "usd", "a quarter of the grants were smaller"),
        Column("grant_median_usd", "usd", "half of the grants were smaller; for opportunities see floor and ceiling"),
        Column("grant_p75_usd", "usd", "three quarters of the grants were smaller"),
        Column("floor_usd", "usd", "smallest award that is offered", "not stated"),
        Column("ceiling_usd", "usd", "largest award that is offered", "not stated"),
        Column("first_year", "integer", "first year with a grant on record"),
        Column("last_year", "integer", "last year with a grant on record"),
        Column("active_years", "integer", "years with a grant on record"),
        Column(
            "first_time_pct",
            "number",
            "share of recipients of the last three years on record that had never received before",
            "fewer than two years on record",
            at_least=0,
            at_most=100,
        ),
        Column("to_us_count", "integer", "grants on record to the profile's own organisation"),
        Column("to_us_usd", "usd", "their sum"),
        Column("to_us_recent_count", "integer", "those of the last ten years with an amount above zero"),
        Column(
            "to_us_median_usd", "usd", "half of these were smaller, each in dollars of its year", "none in the last ten years"
        ),
        Column("to_us_last_year", "integer", "year of the latest of them", "none on record"),
        Column("to_us_gifts", "text", "JSON: year and amount_usd of each of them, newest first", "none on record"),
        Column("evidence", "text", "JSON: the table and the condition that give the rows behind all this"),
    ),
)

SCORE_PARTS = Table(
    "score_parts",
    "one criterion of one candidate's score",
    ("candidate_id", "criterion"),
    (
        _candidate,
        required("criterion", "text", "name of the criterion"),
        Column("value", "number", "how good, 0–1", "no data for this criterion", at_least=0, at_most=1),
        required("weight", "number", "share of the whole weight, 0–1, before what is unknown is left out", at_least=0, at_most=1),
        Column("contribution", "number", "value × weight / weight that had data; sums to the score", "no data"),
        required("because", "text", "plain sentence with the figures behind the value, or why it is unknown"),
    ),
)

DECISIONS = Table(
    "decisions",
    "one candidate with its score and what to do about it",
    ("candidate_id",),
    (
        *_identity,
        required("rank", "integer", "1 is best; ineligible candidates come last"),
        required("recommendation", "text", "what to do", pattern="pursue now|prepare|consider later|monitor|decline"),
        Column(
            "score", "number", "weighted mean of the criteria that have data, 0–1", "no criterion has data", at_least=0, at_most=1
        ),
        required("coverage", "number", "share of the weight that had data, 0–1", at_least=0, at_most=1),
        required("eligibility", "text", "passes, fails or unknown", pattern="passes|fails|unknown"),
        required("eligibility_reason", "text", "the rule and the fact that decided"),
        Column("marks", "texts", "what to know before anything else"),
        *_deadline,
        Column("ask_usd", "usd", "a sensible amount to ask for: the profile's wish within what the funder gives"),
        Column("effort_hours", "number", "first guess of the hours an application takes", at_least=0),
        Column("effort_low_hours", "number", "low end of that guess", at_least=0),
        Column("effort_high_hours", "number", "high end of that guess", at_least=0),
        Column("start_by", "date", "latest sensible day to start", "no deadline is known"),
        required("review_on", "date", "day to look at this again"),
        required("next_action", "text", "the next thing to do, with its day"),
        Column("reasons_for", "texts", "the strongest reasons for, with figures"),
        Column("reasons_against", "texts", "the strongest reasons against, with figures"),
        Column("unknown", "texts", "what is not known, and why"),
        Column("evidence", "text", "JSON: the table and the condition that give the rows behind all this"),
    ),
)
