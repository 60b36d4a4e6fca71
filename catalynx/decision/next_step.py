"""The next thing to do about a candidate: what to find out first, where, by when, and what that could change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from catalynx.decision.judging import called, said_day
from catalynx.rules import RECOMMENDATIONS

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Rules

    type Row = Mapping[Any, Any]

MOST_AT_ONCE: Final = 3
"""Nobody looks for eight things at once: the weightiest that may change what to do come first."""
SOON_DAYS: Final = 30
TO_FIND_OUT: Final = MappingProxyType({
    "mission": "what it gives for", "field": "which fields it funds", "geography": "where its grants go",
    "size": "how large its grants are", "recency": "whether it still gives", "newcomers": "whether it takes on new grantees",
    "time": "when applications close", "population": "whom it is meant for", "scale": "the size of its grantees",
    "capacity": "how much it can give", "trend": "whether its giving grows", "retention": "whether it stays with grantees",
    "spread": "how many it gives to", "openness": "whether and how one may apply",
    "competition": "how many apply and are awarded", "network": "how it is tied to your funders",
})  # fmt: skip
"""What somebody has to find out where a criterion is unknown."""
OF_THE_PROFILE: Final = "what the profile leaves open"
FROM_GRANTS: Final = frozenset({
    "field", "geography", "size", "recency", "newcomers", "scale", "trend", "retention", "spread", "network",
})  # fmt: skip
"""Criteria that a list of grants answers; what is left a funder, or its announcement, says of itself."""


class Unknown(NamedTuple):
    """What is not known of a candidate, in words for somebody who is to find it out, and how much it weighs."""

    criterion: str
    what: str
    weight: float


def unknowns(parts: pd.DataFrame, candidate_ids: Any) -> dict[str, list[Unknown]]:
    """List what is unknown of some candidates, the weightiest first; what the profile leaves open as one."""
    import pandas as pd

    open_ones = parts[parts["value"].isna()]
    open_ones = open_ones[pd.Index(candidate_ids).get_indexer(pd.Index(open_ones["candidate_id"])) >= 0]
    open_ones = open_ones.sort_values(["weight", "criterion"], ascending=[False, True])
    found: dict[str, list[Unknown]] = {}
    ours: dict[str, float] = {}
    columns = (open_ones[name].to_numpy() for name in ("candidate_id", "criterion", "weight", "because"))
    for candidate, criterion, weight, because in zip(*columns, strict=True):
        # What the profile does not say is not to be found out about the funder.
        if "the profile" in because:
            ours[candidate] = ours.get(candidate, 0.0) + float(weight)
        else:
            found.setdefault(candidate, []).append(Unknown(criterion, TO_FIND_OUT.get(criterion, criterion), float(weight)))
    for candidate, weighs in ours.items():
        of_it = [*found.get(candidate, ()), Unknown("", OF_THE_PROFILE, weighs)]
        found[candidate] = sorted(of_it, key=lambda one: -one.weight)
    return found


def next_action(recommendation: str, row: Row, rules: Rules, *, if_eligible: str) -> str:
    """Say what to do next about one candidate.

    Parameters
    ----------
    row : with what `decide_candidates` reads, ``held_at``, ``review_on`` and ``season``, how its earlier rounds closed, in words
    if_eligible : what would be recommended if it were clear that one may apply
    """
    if recommendation == "decline":
        return f"Nothing to do; looked at again on {said_day(row['review_on'])}."
    if recommendation == "monitor":
        return _watched(row)
    if recommendation == "consider later":
        return _who_may_apply(row, rules, if_eligible) if row["eligibility"] == "unknown" else _found_out(row, rules)
    start, what = _date(row["start_by"]), called(row["candidate_id"], row["kind"], row["name"])
    if start is None:
        return _when_it_opens(row, rules, what)
    end = said_day(_date(row["deadline"]) or start)
    if start <= rules.as_of:
        return f"Start on {what} now: due {end}, the usual lead time has begun."
    return f"Start on {what} by {said_day(start)} to be ready for {end}."


def _watched(row: Row) -> str:
    what, by = called(row["candidate_id"], row["kind"], row["name"]), said_day(row["review_on"])
    if row["kind"] == "foundation":
        still = "Check on its site or in its latest return whether" if row["last_year"] == row["last_year"] else "See whether"
        return f"{still} {what} {'still ' if row['last_year'] == row['last_year'] else ''}gives, by {by}."
    return (
        f"See by {by} whether {what} has {'an' if row['kind'] == 'program' else 'another'} announcement{_on(row, 'Grants.gov')}."
    )


def _when_it_opens(row: Row, rules: Rules, what: str) -> str:
    by = said_day(rules.as_of + timedelta(days=SOON_DAYS))
    if row["kind"] == "foundation":
        return f"Ask {what} for its guidelines and a first talk by {by}."
    season = row.get("season")
    told = f": {season}" if isinstance(season, str) else "; no day on which earlier ones closed is on record"
    return f"Find the date of the next announcement of {what}{_on(row, 'Grants.gov')} by {by}{told}."


def _who_may_apply(row: Row, rules: Rules, if_eligible: str) -> str:
    then = "stay at consider later" if if_eligible == "consider later" else f"do for {if_eligible}"
    read = f"Read in {_own_words(row)} by {said_day(_by(row, rules))} whether you may apply"
    return f"{read}: if so, its score of {row['score']:.2f} would {then}{_before(row)}."


def _found_out(row: Row, rules: Rules) -> str:
    unknown = row["to_find_out"] if isinstance(row["to_find_out"], list) else []
    by = said_day(_by(row, rules))
    if not unknown:
        up = rules.thresholds[RECOMMENDATIONS[RECOMMENDATIONS.index("consider later") - 1]]
        what = called(row["candidate_id"], row["kind"], row["name"])
        return f"Look at {what} again by {by}: its score is {row['score']:.2f}, and {up:.2f} is up{_before(row)}."
    first, (worst, best) = _first(row, unknown, rules)
    told = [f"{one.what} ({_where(row, one)})" if one.what != OF_THE_PROFILE else one.what for one in first]
    return f"Find out by {by}: {', '.join(told)}; {_change(worst, best)}{_before(row)}."


def _first(row: Row, unknown: Sequence[Unknown], rules: Rules) -> tuple[Sequence[Unknown], tuple[str, str]]:
    """Return as few of the weightiest unknowns as can lift a candidate, and what it would be at worst and at best."""
    here = RECOMMENDATIONS.index("consider later")
    ends = ("consider later", "consider later")
    for count in range(1, min(MOST_AT_ONCE, len(unknown)) + 1):
        ends = reachable(row, sum(one.weight for one in unknown[:count]), rules)
        if RECOMMENDATIONS.index(ends[1]) < here:
            return unknown[:count], ends
    return unknown[:MOST_AT_ONCE], ends


def reachable(row: Row, weight: float, rules: Rules) -> tuple[str, str]:
    """Return what would be recommended at worst and at best, were so much more of a candidate's weight known."""
    coverage = row["coverage"] + weight
    known = row["score"] * row["coverage"]
    by_coverage = next(place for place, least in enumerate(rules.least_coverages) if coverage + 1e-9 >= least)
    levels = [rules.thresholds[name] for name in RECOMMENDATIONS]
    places = (
        next(place for place, least in enumerate(levels) if score + 1e-9 >= least)
        for score in (known / coverage, (known + weight) / coverage)
    )
    worst, best = (RECOMMENDATIONS[max(place, by_coverage, row["held_at"])] for place in places)
    return worst, best


def _change(worst: str, best: str) -> str:
    here = RECOMMENDATIONS.index("consider later")
    lifts, lowers = RECOMMENDATIONS.index(best) < here, RECOMMENDATIONS.index(worst) > here
    if lifts:
        return f"that could lift it to {best}" + (f", or lower it to {worst}" if lowers else "")
    return f"that lifts it no further, but could lower it to {worst}" if lowers else "it stays at consider later whatever that is"


def _where(row: Row, one: Unknown) -> str:
    """Say where to look for what is unknown."""
    what = called(row["candidate_id"], row["kind"], row["name"])
    if row["kind"] == "foundation":
        return f"{'Part II' if one.criterion == 'capacity' else 'Part XIV, until 2020 XV,'} of the Form 990-PF of {what}"
    if row["kind"] == "program" and one.criterion in FROM_GRANTS and row.get("track") == "federal":
        return f"its awards under {what} on USAspending.gov"
    return _own_words(row)


def _own_words(row: Row) -> str:
    """Name the text in which a funder says whom it gives to, and how."""
    what = called(row["candidate_id"], row["kind"], row["name"])
    if row["kind"] == "foundation":
        return f"the guidelines of {what}"
    if row["kind"] == "program":
        return f"Assistance Listing {what} on SAM.gov" if row.get("track") == "federal" else f"the listing of {what}"
    return f"announcement {what}{_on(row, 'Grants.gov')}"


def _on(row: Row, site: str) -> str:
    return f" on {site}" if row.get("track") == "federal" else ""


def _by(row: Row, rules: Rules) -> date:
    """Return the day by which something has to be known: before work has to start, and when it is looked at again."""
    start, review = _date(row["start_by"]), row["review_on"]
    return min(review, start) if start is not None and start > rules.as_of else review


def _before(row: Row) -> str:
    end = _date(row["deadline"])
    return "" if end is None else f"; applications close on {said_day(end)}"


def _date(value: Any) -> date | None:
    return None if value is None or value != value else value.date()
