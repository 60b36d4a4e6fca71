"""What the lake says of a candidate's giving and of its nearness to one applicant: columns of the candidates."""

from __future__ import annotations

from catalynx.columns.vocabulary import Column

GIVING_COLUMNS = (
    Column("mission_match", "number", "how much the words of the mission weigh in its purposes (BM25)", "no purposes or mission"),
    Column("mission_words_count", "integer", "words of the mission that stand in its purposes"),
    Column("mission_words", "text", "those that weigh most"),
    Column("beneficiary_types", "texts", "whom it is to serve, as the listing says", "not stated"),
    Column("placed_count", "integer", "grants with a known state of the recipient"),
    Column("here_count", "integer", "of these, grants to the states that the applicant works in"),
    Column("states_reached", "integer", "different states of its recipients"),
    Column("field_known_count", "integer", "grants with a known NTEE group of the recipient"),
    Column("field_code_count", "integer", "of these, grants to the applicant's own NTEE code"),
    Column("field_decile_count", "integer", "to its code or another of the same decile (A50, A51 …)"),
    Column("field_major_count", "integer", "to its major group"),
    Column("field_related", "number", "grants to other major groups, each times how far it is funded with its own (0–1)"),
    Column("field_related_to", "text", "the other major group that gives most of it"),
    Column("peers_known_count", "integer", "grants with a known revenue of the recipient"),
    Column("peers_p25_usd", "usd", "a quarter of these recipients had a smaller revenue"),
    Column("peers_p75_usd", "usd", "three quarters had a smaller revenue"),
    Column("retained_pct", "number", "share of a year's recipients that were funded again the year after, over the last three "
           "pairs of years", "fewer than 5 recipients in years followed by one on record", at_least=0, at_most=100),
    Column("recent_recipients", "integer", "different recipients in the last three years on record"),
    Column("recipient_hhi", "number", "Herfindahl index of the money of the last three years by recipient; 1 is one recipient",
           "fewer than 5 grants with an amount", at_least=0, at_most=1),
    Column("yearly_usd", "usd", "median of what it gave in a year, over the last five whole years on record"),
    Column("giving_change", "number", "mean of the last two whole years over that of the three before", "fewer than 3 years"),
    Column("obligated_usd", "usd", "a program's obligations of the latest year that is not an estimate of the future"),
    Column("assets_usd", "usd", "fair market value in its latest return, else book value in the master file"),
    Column("assets_change", "number", "assets of its latest return over those of the one before", "fewer than two returns"),
    Column("distributable_usd", "usd", "990-PF: what it had to pay out"),
    Column("qualifying_usd", "usd", "990-PF: what it paid out of that"),
    Column("shortfall_usd", "usd", "max(0, distributable − qualifying): still to be paid out"),
    Column("total_funding_usd", "usd", "estimated funding of an opportunity", "not stated"),
    Column("expected_awards", "integer", "expected number of awards", "not stated"),
    Column("preselected_only", "flag", "its return says that it gives only to preselected charities", "not ticked, or no return"),
    Column("application_form", "text", "how to apply, as its return says", "not stated"),
    Column("application_deadlines", "text", "when to apply, as its return says", "not stated"),
    Column("season_counts", "text", "JSON: month → earlier closing days of a program, or dated grants of a foundation"),
)  # fmt: skip
