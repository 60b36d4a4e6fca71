"""The tables that Catalynx itself gives: candidates, the parts of their scores, and decisions."""

from __future__ import annotations

from catalynx.columns.award_rates import AWARD_RATE_COLUMNS
from catalynx.columns.feasibility_results import OF_DECISIONS
from catalynx.columns.giving_facts import GIVING_COLUMNS
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
        required(
            "track", "text", "foundation, federal, government or corporate", pattern="foundation|federal|government|corporate"
        ),
        required("track_reason", "text", "how the track is told"),
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
        *GIVING_COLUMNS,
        Column("grant_p10_usd", "usd", "a tenth of the grants were smaller"),
        Column("grant_p25_usd", "usd", "a quarter of the grants were smaller"),
        Column("grant_median_usd", "usd", "half of the grants were smaller; for opportunities see floor and ceiling"),
        Column("grant_p75_usd", "usd", "three quarters of the grants were smaller"),
        Column("grant_p90_usd", "usd", "nine tenths of the grants were smaller"),
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
        *AWARD_RATE_COLUMNS,
        Column("to_us_count", "integer", "grants on record to the profile's own organisation"),
        Column("to_us_usd", "usd", "their sum"),
        Column("to_us_recent_count", "integer", "those of the last ten years with an amount above zero"),
        Column(
            "to_us_median_usd", "usd", "half of these were smaller, each in dollars of its year", "none in the last ten years"
        ),
        Column("to_us_last_year", "integer", "year of the latest of them", "none on record"),
        Column("to_us_gifts", "text", "JSON: year and amount_usd of each of them, newest first", "none on record"),
        Column(
            "network_tie",
            "number",
            "how closely a foundation is tied to those that gave to the profile's organisation, through shared grantees, 0–1",
            "no foundation's grant to it is on record, or not asked for",
            at_least=0,
            at_most=1,
        ),
        Column("network_grantees_count", "integer", "its grantees on record, other than the profile's organisation"),
        Column("network_shared_count", "integer", "those of them that another of the profile's funders supports as well"),
        Column("network_shared_names", "text", "up to three of these", "none"),
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
        *OF_DECISIONS,
        Column("evidence", "text", "JSON: the table and the condition that give the rows behind all this"),
    ),
)

_ratio = required("ratio", "text", "name of the ratio, as in docs/finance.md")
_unit = required("unit", "text", "share (1 = 100 %), months, or usd (dollars per dollar)", pattern="share|months|usd")
_fiscal = Column("tax_year", "integer", "calendar year in which the tax year begins", "none on file", at_least=1900, at_most=2100)

FINANCES = Table(
    "finances",
    "one ratio of one year of the applicant's own returns, or of the gifts to it that are on record",
    ("ratio", "return_id", "tax_year"),
    (
        _fiscal,
        Column("period_end", "date", "last day of the tax year", "the source does not say"),
        Column("form", "text", "990, 990EZ or 990PF", "not from a return"),
        _ratio,
        Column("value", "number", "the ratio", "undefined or not reported: see `reason`"),
        _unit,
        Column("numerator_usd", "usd", "what is divided", "a line of it is unknown"),
        Column("denominator_usd", "usd", "by what it is divided", "a line of it is unknown"),
        required("lines", "text", "the lines of that form that numerator and denominator come from"),
        Column("reason", "text", "why there is no value", "there is one"),
        Column("return_id", "text", "the return the lines stand in", "not from a return"),
        Column("source", "text", "which reader read the return"),
        Column("file", "text", "the file the return stands in"),
        Column("place", "text", "where in the file"),
    ),
)

FINANCE_STANDINGS = Table(
    "finance_standings",
    "where the applicant stands in one ratio: its latest value, where it goes, and how its peers stand",
    ("ratio",),
    (
        _ratio,
        required("question", "text", "what the ratio answers"),
        required("better", "text", "which way is sounder: higher or lower", pattern="higher|lower"),
        _unit,
        _fiscal,
        Column("value", "number", "the latest year's value", "undefined or not reported: see `reason`"),
        Column("reason", "text", "why there is no value", "there is one"),
        required("years", "integer", "years on file with a value", at_least=0),
        Column("trend_per_year", "number", "Theil-Sen slope: median of the slopes between pairs of years", "see `trend_reason`"),
        Column("trend_reason", "text", "why there is no trend", "there is one"),
        Column("peer_percentile", "number", "share of peers below, ties counted half, in per cent", "see `peer_reason`",
               at_least=0, at_most=100),
        Column("peers", "integer", "peers with a value, each once", at_least=0),
        Column("peer_group", "text", "who they are: field, state, band of revenue, tax years"),
        Column("peer_p25", "number", "a quarter of the peers lie below"),
        Column("peer_median", "number", "half of the peers lie below"),
        Column("peer_p75", "number", "three quarters of the peers lie below"),
        Column("peer_reason", "text", "why there are no peers", "there are"),
    ),
)  # fmt: skip

READINESS = Table(
    "readiness",
    "one check whether the applicant is ready for an award of a given size",
    ("check",),
    (
        required("check", "text", "share_of_revenue, single_audit or reserve_months"),
        required("state", "text", "passes, concern or unknown", pattern="passes|concern|unknown"),
        Column("value", "number", "what was found: a share, dollars, or months", "unknown"),
        Column("limit", "number", "what it was compared with"),
        required("because", "text", "plain sentence with the figures, or why it is unknown"),
    ),
)

RISKS = Table(
    "risks",
    "the risk of one candidate for one applicant, and of which dimensions it is made",
    ("candidate_id",),
    (
        _candidate,
        required("kind", "text", "foundation, program or opportunity", pattern="foundation|program|opportunity"),
        required("name", "text", "the foundation, program or opportunity"),
        Column(
            "risk",
            "number",
            "weighted mean of the signals that have data, 0 (none) to 1",
            "no signal has data",
            at_least=0,
            at_most=1,
        ),
        required("coverage", "number", "share of the weight of all signals that had data, 0-1", at_least=0, at_most=1),
        *(
            Column(
                name,
                "number",
                f"{name} risk: weighted mean of its signals that have data",
                "none has data",
                at_least=0,
                at_most=1,
            )
            for name in ("financial", "operational", "sustainability", "compliance", "capacity", "external")
        ),
        Column("strongest", "texts", "the signals that add most to the risk, with figures", "none adds to it"),
        Column("unknown", "texts", "signals without data, and why", "all have data"),
    ),
)

RISK_SIGNALS = Table(
    "risk_signals",
    "one signal of risk: of the applicant, which holds for all candidates, or of one candidate",
    ("candidate_id", "signal"),
    (
        Column("candidate_id", "text", "foundation:…, program:NN.NNN or opportunity:…", "it holds for all candidates"),
        required("dimension", "text", "financial, operational, sustainability, compliance, capacity or external"),
        required("signal", "text", "name of the signal, as in docs/finance.md"),
        Column("value", "number", "0 nothing speaks of this risk, 1 all does", "no data", at_least=0, at_most=1),
        required("weight", "number", "share of the whole weight, before what is unknown is left out", at_least=0, at_most=1),
        required("because", "text", "plain sentence with the figures behind the value, or why it is unknown"),
        Column("evidence", "text", "JSON: the table and the condition that give the rows behind it", "no rows are behind it"),
    ),
)
