"""Does its money come to where we work? Where past grants really went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.counts import counted
from catalynx.scoring.criterion import Row, is_no_opportunity, made_of, number, unknown
from catalynx.scoring.named_states import spelled_states, states_named

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

LEAST_KNOWN = 20
ENOUGH_KNOWN = 0.5
"""From this share of grants with a known place on, the places known are taken for the whole."""


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score the grants that went to the applicant's states.

    Where the place of half the grants, and of ``LEAST_KNOWN``, is known: the share in the states, ``full_at_pct`` giving 1.
    Where it is not, the places known are mainly those of organisations in the lake, so a share of them would mislead: then the
    grants known to have come here count as a least share of all, from ``least_pct`` on; less than that is unknown, not 0.
    An announcement whose title names states has 1 where one of them is the applicant's, else 0. Neighbouring states and
    counties are not in the data, so they do not count.
    """
    if not applicant.states:
        return unknown(candidates)
    known, total = number(candidates, "placed_count").fillna(0), number(candidates, "grants_count")
    here = number(candidates, "here_count").fillna(0)
    enough = (known >= ENOUGH_KNOWN * total) & (known >= LEAST_KNOWN)
    least_pct = (100 * here / total).where(lambda pct: pct >= rules.limits["geography.least_pct"])
    share_pct = least_pct.mask(enough, 100 * here / known.where(known > 0))
    share = (share_pct / rules.limits["geography.full_at_pct"]).where(total > 0).clip(0, 1)
    return share.fillna(_by_title(candidates, set(applicant.states)))


def _applies(candidates: pd.DataFrame) -> pd.Series:
    """An announcement is asked where its title names a state: it has no history of its own."""
    import pandas as pd

    asked = is_no_opportunity(candidates).to_numpy(dtype=bool, copy=True)
    asked[~asked] = [bool(states_named(str(name))) for name in candidates["name"][~asked]]
    return pd.Series(asked, candidates.index)


def _by_title(candidates: pd.DataFrame, ours: set[str]) -> pd.Series:
    import pandas as pd

    announced = candidates["name"][candidates["kind"] == "opportunity"]
    named = {
        place: float(bool(set(states_named(str(name))) & ours)) for place, name in announced.items() if states_named(str(name))
    }
    return pd.Series(named, dtype="float64").reindex(candidates.index)


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    where = "/".join(applicant.states)
    total, known, here = (int(row[name] or 0) for name in ("grants_count", "placed_count", "here_count"))
    if not where:
        return "unknown: the profile names no state"
    if row["kind"] == "opportunity" and (named := states_named(str(row["name"]))):
        return f"its title names {spelled_states(named)}"
    if not total:
        return "unknown: no grants on record"
    if known >= ENOUGH_KNOWN * total and known >= LEAST_KNOWN:
        reached = int(row["states_reached"] or 0)
        over = f", over {counted(reached, 'state')} in all" if reached > 1 else ""
        return f"{here:,} of the {counted(known, 'grant')} whose place is known went to {where}{over}"
    if here:
        said = f"at least {here:,} of {counted(total, 'grant')} came to {where}; the place of most is not published"
        return f"unknown: {said}" if row["value"] is None else said
    if known == total:
        return f"unknown: no more than {counted(total, 'grant')} on record, none of it to {where}"
    unpublished = f"the place of {total - known:,} of {counted(total, 'grant')} is not published"
    return f"unknown: {unpublished}, none is known to have come to {where}"


CRITERION = made_of(
    "geography", "Does its money come to where we work?", ("kind", "name", "placed_count", "here_count", "grants_count"),
    values, _tell,
    also=("states_reached",), applies=_applies,
)  # fmt: skip
