"""Scores → recommendations, with what holds each of them back, and why, in sentences with figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from catalynx.columns import RESULTS, empty_frame, require
from catalynx.decision.confidence import confidence, priority
from catalynx.decision.doing import ACTIVE, conditions, gaps_of, next_actions, success_measures
from catalynx.decision.earlier import gave_before
from catalynx.decision.effort import worked_out
from catalynx.decision.feasibility import combined, feasibility_totals
from catalynx.decision.steadiness import steadiness
from catalynx.rules import RECOMMENDATIONS

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

GOOD, POOR = 0.6, 0.4
READ = (
    "candidate_id", "kind", "eligibility", "eligibility_reason", "score", "coverage", "fit", "last_year", "start_by", "deadline",
    "preselected_only", "to_us_gifts", "to_find_out",
)  # fmt: skip
"""What a recommendation and its sentences read of a candidate; rows of a hundred columns cost more than all else."""
READ_OF_WORK = (
    "candidate_id", "recommendation", "next_action", "review_on", "score", "coverage", "ask_usd", "effort_hours",
    "effort_low_hours", "effort_high_hours", "start_by", "deadline", "to_find_out", "award_rate_pct", "award_rate_year",
    "grant_p25_usd",
)  # fmt: skip
MOST_REASONS = 3
TO_FIND_OUT = {
    "mission": "what it gives for", "field": "which fields it funds", "geography": "where its grants go",
    "size": "how large its grants are", "recency": "whether it still gives", "newcomers": "whether it takes on new grantees",
    "time": "when applications close", "population": "whom it is meant for", "scale": "the size of its grantees",
    "capacity": "how much it can give", "trend": "whether its giving grows", "retention": "whether it stays with grantees",
    "spread": "how many it gives to", "openness": "whether and how one may apply",
    "competition": "how many apply and are awarded", "network": "how it is tied to your funders",
}  # fmt: skip
"""What somebody has to find out where a criterion is unknown."""


def decide_candidates(
    candidates: pd.DataFrame,
    parts: pd.DataFrame,
    totals: pd.DataFrame,
    applicant: Applicant,
    rules: Rules,
    feasible: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Say what to do about each candidate.

    Parameters
    ----------
    candidates : with eligibility and marks; asks and hours are reckoned unless they are there
    parts : the criteria of each candidate's score
    totals : ``score`` and ``coverage`` by candidate_id
    feasible : rows as ``columns.RESULTS["feasibility"]``; feasibility is unknown without

    Returns
    -------
    rows as ``columns.RESULTS["decisions"]``, best first: by recommendation, then score × coverage (of two like scores the
    one that rests on more), then id
    """
    import pandas as pd

    require(candidates, {"candidate_id", "kind", "name", "eligibility", "deadline", "marks", "last_year"}, name="candidates")
    if candidates.empty:
        return empty_frame("decisions")
    decided = _prepared(candidates, parts, totals, applicant, rules)
    sentences = _sentences(parts)
    decided["to_find_out"] = decided["candidate_id"].map(_to_find_out(parts))
    records = [_decide_one(row, sentences.get(row["candidate_id"], _NOTHING), rules) for row in _read(decided)]
    decided = decided.assign(**pd.DataFrame(records, index=decided.index))
    decided = _synthesised(decided, feasible, rules, steadiness(decided, parts, rules))
    order = decided["recommendation"].map({name: place for place, name in enumerate(RECOMMENDATIONS)})
    fails = decided["eligibility"] == "fails"
    decided = decided.assign(_order=order, _fails=fails, _worth=decided["score"] * decided["coverage"]).sort_values(
        ["_fails", "_order", "_worth", "candidate_id"], ascending=[True, True, False, True], na_position="last"
    )
    decided["rank"] = range(1, len(decided) + 1)
    return decided[RESULTS["decisions"].names].reset_index(drop=True)


def recommendations(
    candidates: pd.DataFrame, parts: pd.DataFrame, totals: pd.DataFrame, applicant: Applicant, rules: Rules
) -> pd.Series:
    """Return what to do about each candidate, by candidate_id: as `decide_candidates` says it, without order and sentences."""
    import pandas as pd

    read = _read(_prepared(candidates, parts, totals, applicant, rules)) if len(candidates) else []
    classes = [_recommend(row, rules)[0] for row in read]
    return pd.Series(classes, [row["candidate_id"] for row in read], dtype="str", name="recommendation")


def _prepared(
    candidates: pd.DataFrame, parts: pd.DataFrame, totals: pd.DataFrame, applicant: Applicant, rules: Rules
) -> pd.DataFrame:
    decided = candidates.merge(totals, left_on="candidate_id", right_index=True, how="left")
    decided["coverage"] = decided["coverage"].fillna(0.0)
    fit = parts[parts["criterion"] == "mission"].set_index("candidate_id")["value"]
    decided["fit"] = decided["candidate_id"].map(fit).astype("float64")
    return worked_out(decided, applicant, rules)


def _read(decided: pd.DataFrame) -> list[dict]:
    return decided[[name for name in READ if name in decided]].to_dict("records")


def _synthesised(decided: pd.DataFrame, feasible: pd.DataFrame | None, rules: Rules, stability: pd.Series) -> pd.DataFrame:
    """Add feasibility, what it makes with the score, confidence, priority, conditions, actions and measures."""
    import pandas as pd

    found = feasibility_totals(empty_frame("feasibility") if feasible is None else feasible)
    found = found.reindex(decided["candidate_id"]).set_index(decided.index)
    decided = decided.join(found).join(combined(decided["score"], decided["coverage"], found, rules))
    decided = decided.join(confidence(decided, rules, stability)).join(priority(decided, rules))
    open_ones = decided["recommendation"] != RECOMMENDATIONS[-1]
    gaps = gaps_of(feasible, decided.loc[decided["recommendation"].isin(ACTIVE), "candidate_id"].tolist())
    told: dict[str, list[list[str]]] = {"conditions": [], "next_actions": [], "success_measures": []}
    rows = iter(decided.loc[open_ones, [name for name in READ_OF_WORK if name in decided]].to_dict("records"))
    for action, is_open in zip(decided["next_action"], open_ones, strict=True):
        row = next(rows) if is_open else {}
        closing = gaps.get(row.get("candidate_id", ""), ())
        told["conditions"].append(conditions(row, closing) if is_open else [])
        told["next_actions"].append(next_actions(row, closing, rules) if is_open else [action])
        told["success_measures"].append(success_measures(row, rules) if is_open else [])
    return decided.assign(**{name: pd.Series(lists, decided.index, dtype="object") for name, lists in told.items()})


def _sentences(parts: pd.DataFrame) -> dict[str, dict[str, list[str]]]:
    """Sort each candidate's sentences into for, against and unknown, the weightiest first."""
    ranked = parts.assign(pull=((parts["value"] - 0.5).abs() * parts["weight"]).fillna(parts["weight"]))
    ranked = ranked.sort_values(["pull", "criterion"], ascending=[False, True])
    found: dict[str, dict[str, list[str]]] = {}
    for candidate, value, because in zip(
        *(ranked[name].to_numpy() for name in ("candidate_id", "value", "because")), strict=True
    ):
        kept = found.setdefault(candidate, {"for": [], "against": [], "unknown": []})
        side = "unknown" if value != value else "for" if value >= GOOD else "against" if value < POOR else None
        if side:
            kept[side].append(because.removeprefix("unknown: ") if side == "unknown" else because)
    return found


def _to_find_out(parts: pd.DataFrame) -> dict[str, list[str]]:
    """List what is unknown of each candidate in words for somebody who is to find it out, the weightiest first."""
    open_ones = parts[parts["value"].isna()].sort_values(["weight", "criterion"], ascending=[False, True])
    found: dict[str, list[str]] = {}
    columns = (open_ones[name].to_numpy() for name in ("candidate_id", "criterion", "because"))
    for candidate, criterion, because in zip(*columns, strict=True):
        # What the profile does not say is not to be found out about the funder.
        what = "what the profile leaves open" if "the profile" in because else TO_FIND_OUT.get(criterion, criterion)
        if what not in found.setdefault(candidate, []):
            found[candidate].append(what)
    return found


_NOTHING: dict[str, list[str]] = {"for": [], "against": [], "unknown": ["no criterion was asked"]}


def _decide_one(row: dict, sentences: dict[str, list[str]], rules: Rules) -> dict[str, object]:
    recommendation, held_back, held_at = _recommend(row, rules)
    before = gave_before(row.get("to_us_gifts"))
    return {
        "recommendation": recommendation,
        "held_at": held_at,
        "review_on": _review_on(recommendation, row, rules),
        "next_action": _next_action(recommendation, row, rules),
        "reasons_for": [*([before] if before else []), *sentences["for"][:MOST_REASONS]],
        "reasons_against": [*held_back, *sentences["against"][:MOST_REASONS]],
        "unknown": sentences["unknown"],
    }


def _recommend(row: dict, rules: Rules) -> tuple[str, list[str], int]:
    """Return the class that the score allows, held back by what is not known or stands in the way, and what held it back.

    The last is the place in `RECOMMENDATIONS` above which nothing but more knowledge lifts it, whatever it scores.
    """
    import pandas as pd

    if row["eligibility"] == "fails":
        return "decline", [row["eligibility_reason"]], RECOMMENDATIONS.index("decline")
    if pd.isna(row["score"]):
        return "monitor", ["nothing on record to score it by"], RECOMMENDATIONS.index("monitor")
    reached = next(name for name in RECOMMENDATIONS if row["score"] >= rules.thresholds[name])
    standing = _holding(_ceilings(row, rules))
    holding = [*standing, *_holding(_coverage_ceilings(row, rules))]
    held_at, lowest = (max((place for place, _ in some), default=0) for some in (standing, holding))
    if lowest <= RECOMMENDATIONS.index(reached):
        return reached, [], held_at
    return RECOMMENDATIONS[lowest], [why for place, why in holding if place == lowest], held_at


def _holding(ceilings: list[tuple[str, bool, str]]) -> list[tuple[int, str]]:
    return [(RECOMMENDATIONS.index(ceiling), why) for ceiling, holds, why in ceilings if holds]


def _coverage_ceilings(row: dict, rules: Rules) -> list[tuple[str, bool, str]]:
    """List what a candidate may at most be by how much of its score rests on data."""
    told = f"only {row['coverage']:.0%} of the score rests on data"
    return [
        ("consider later", row["coverage"] < rules.least_coverage, f"held at consider later: {told}"),
        ("monitor", row["coverage"] < rules.scant_coverage, f"held at monitor: {told}"),
    ]


def _ceilings(row: dict, rules: Rules) -> list[tuple[str, bool, str]]:
    """List what a candidate may at most be whatever it scores, whether that applies, and the sentence that says so."""
    import pandas as pd

    last = row["last_year"]
    quiet = row["kind"] == "foundation" and not pd.isna(last) and rules.as_of.year - last > rules.quiet_years
    late = not pd.isna(row["start_by"]) and pd.Timestamp(row["start_by"]).date() < rules.as_of
    return [
        (
            "consider later",
            row["eligibility"] == "unknown",
            f"held at consider later until it is clear who may apply: {row['eligibility_reason']}",
        ),
        (
            "prepare",
            row["kind"] == "program",
            "held at prepare: a program is applied to through an announcement, and this listing names none",
        ),
        ("prepare", late, "held at prepare: less time is left than an application of this size usually takes"),
        (
            "monitor",
            pd.isna(row["fit"]),
            "held at monitor: the mission, or what it gives for, is not on record, so nothing says that it fits",
        ),
        ("monitor", row["fit"] < rules.least_fit, "held at monitor: its purposes hardly match the mission"),
        (
            "monitor",
            quiet,
            f"held at monitor: no grant on record since {0 if pd.isna(last) else last:.0f}; check that it still gives",
        ),
        ("monitor", row.get("preselected_only") is True, "held at monitor: it gives only to preselected charities"),
    ]


def _before(row: dict) -> str:
    import pandas as pd

    return "" if pd.isna(row["deadline"]) else f"; applications close on {pd.Timestamp(row['deadline']):%-d %b %Y}"


def _review_on(recommendation: str, row: dict, rules: Rules) -> date:
    """Return the day to look again: as the recommendation says, but not after applications have closed."""
    import pandas as pd

    day = rules.as_of + timedelta(days=rules.review_days[recommendation])
    if pd.isna(row["deadline"]) or recommendation == "decline":
        return day
    return min(day, max(rules.as_of, pd.Timestamp(row["deadline"]).date()))


def _next_action(recommendation: str, row: dict, rules: Rules) -> str:
    import pandas as pd

    start = None if pd.isna(row["start_by"]) else pd.Timestamp(row["start_by"]).date()
    name = {
        "foundation": "the foundation's guidelines",
        "program": "the program's next announcement",
        "opportunity": "the announcement",
    }[row["kind"]]
    month = f"{rules.as_of + timedelta(days=30):%-d %b %Y}"
    if recommendation == "decline":
        return f"Nothing to do; looked at again on {rules.as_of + timedelta(days=rules.review_days['decline']):%-d %b %Y}."
    if recommendation == "monitor":
        checked = row["kind"] == "foundation" and not pd.isna(row["last_year"])
        what = (
            "Check on its site or latest return whether it still gives"
            if checked
            else f"Keep an eye on {'the foundation' if row['kind'] == 'foundation' else name}"
        )
        return f"{what}, by {rules.as_of + timedelta(days=rules.review_days['monitor']):%-d %b %Y}."
    if recommendation == "consider later" and row["eligibility"] == "unknown":
        return f"Read in {name} whether you may apply{_before(row)}."
    if recommendation == "consider later":
        day = f"{rules.as_of + timedelta(days=rules.review_days['consider later']):%-d %b %Y}"
        unknown = row["to_find_out"] if isinstance(row["to_find_out"], list) else []
        return (
            f"Find out by {day}: {', '.join(unknown)}{_before(row)}." if unknown else f"Look at it again by {day}{_before(row)}."
        )
    if start is None:
        verb = "Ask for guidelines and a first talk" if row["kind"] == "foundation" else f"Find the date of {name}"
        return f"{verb} by {month}."
    if start <= rules.as_of:
        return f"Start now: due {pd.Timestamp(row['deadline']):%-d %b %Y}, the usual lead time has begun."
    return f"Start by {start:%-d %b %Y} to be ready for {pd.Timestamp(row['deadline']):%-d %b %Y}."
