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
from catalynx.decision.next_step import next_action, unknowns
from catalynx.decision.steadiness import steadiness
from catalynx.rules import RECOMMENDATIONS

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

GOOD, POOR = 0.6, 0.4
READ = (
    "candidate_id", "kind", "name", "track", "eligibility", "eligibility_reason", "score", "coverage", "fit", "last_year",
    "start_by", "deadline", "preselected_only", "to_us_gifts", "to_find_out", "season",
)  # fmt: skip
"""What a recommendation and its sentences read of a candidate; rows of a hundred columns cost more than all else."""
READ_OF_WORK = (
    "candidate_id", "recommendation", "next_action", "review_on", "score", "coverage", "ask_usd", "effort_hours",
    "effort_low_hours", "effort_high_hours", "start_by", "deadline", "to_find_out", "award_rate_pct", "award_rate_year",
    "grant_p25_usd",
)  # fmt: skip
MOST_REASONS = 3


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
    worth_it = (decided["eligibility"] != "fails") & ~(decided["score"] < rules.thresholds["monitor"])
    decided["to_find_out"] = decided["candidate_id"].map(unknowns(parts, decided.loc[worth_it, "candidate_id"]))
    decided["season"] = decided["candidate_id"].map(_seasons(parts)).astype("object")
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


def _seasons(parts: pd.DataFrame) -> dict[str, str]:
    """Return how earlier rounds of programs closed, in the words of the criterion that asks for time."""
    told = parts[(parts["criterion"] == "time") & parts["value"].notna()]
    return dict(zip(told["candidate_id"], told["because"], strict=True))


_NOTHING: dict[str, list[str]] = {"for": [], "against": [], "unknown": ["no criterion was asked"]}


def _decide_one(row: dict, sentences: dict[str, list[str]], rules: Rules) -> dict[str, object]:
    recommendation, held_back, held_at = _recommend(row, rules)
    before = gave_before(row.get("to_us_gifts"))
    known = {**row, "held_at": held_at, "review_on": _review_on(recommendation, row, rules)}
    unsure = row["eligibility"] == "unknown"
    if_eligible = _recommend({**row, "eligibility": "passes"}, rules)[0] if unsure else recommendation
    return {
        "recommendation": recommendation,
        "held_at": held_at,
        "review_on": known["review_on"],
        "next_action": next_action(recommendation, known, rules, if_eligible=if_eligible),
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


def _review_on(recommendation: str, row: dict, rules: Rules) -> date:
    """Return the day to look again: as the recommendation says, but not after applications have closed."""
    import pandas as pd

    day = rules.as_of + timedelta(days=rules.review_days[recommendation])
    if pd.isna(row["deadline"]) or recommendation == "decline":
        return day
    return min(day, max(rules.as_of, pd.Timestamp(row["deadline"]).date()))
