"""What to ask for and how many hours an application takes: first guesses, with their range, to be corrected by experience.

Hours are a hundredth of the ask within what is usual for the kind of funder, times what makes an application easier or harder.
That a repeated one takes 28 days where a new one takes 38 is what researchers told of theirs [Herbert et al., BMJ Open 2013]; the
other factors are guesses, and a person's own figure, or what hours really spent teach, stands above them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from catalynx.columns import require
from catalynx.decision.stages import start_by

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from catalynx.rules import Applicant, Rules

HOURS_PER_USD: Final = 1 / 100
LEAST_HOURS: Final = {"foundation": 20.0, "program": 100.0, "opportunity": 100.0}
MOST_HOURS: Final = {"foundation": 200.0, "program": 2000.0, "opportunity": 2000.0}
RANGE: Final = (0.6, 1.6)


@dataclass(frozen=True, slots=True)
class Factor:
    """Something that makes applications easier or harder.

    Attributes
    ----------
    times : by how much hours are multiplied
    why : what it is, in words
    range : low and high end of the hours, as shares of them, in place of `RANGE`; None leaves that as it is
    """

    times: float
    why: str
    range: tuple[float, float] | None = None


REPEATED: Final = Factor(28 / 38, "it gave to you in the last ten years", (0.7, 1.4))
FIRST_FEDERAL: Final = Factor(1.25, "no federal award to you is on record", (0.6, 2.0))
AGREEMENT: Final = Factor(1.15, "a cooperative agreement, under which the agency takes part in the work")
SHARED_COSTS: Final = Factor(1.10, "costs have to be shared, and the share to be shown")


def asks(candidates: pd.DataFrame, applicant: Applicant, rules: Rules | None = None) -> pd.Series:
    """Return a sensible amount to ask each candidate for, in USD.

    The median of what the funder gave to the applicant in the last ten years, else the middle of floor and ceiling, else the
    funder's median grant; brought within the profile's wish and within what is offered, else within what is usual, rounded to
    $500. NA where nothing is known of what the funder gives: then the wish alone would be a guess. Asks set by hand stand.
    """
    floor, ceiling = candidates["floor_usd"].astype("float64"), candidates["ceiling_usd"].astype("float64")
    ours = candidates["to_us_median_usd"].astype("float64")
    middle = (floor.fillna(ceiling / 10) * ceiling) ** 0.5
    usual = ours.fillna(middle).fillna(candidates["grant_median_usd"].astype("float64"))
    ask = usual.clip(lower=applicant.ask_min_usd, upper=applicant.ask_max_usd)
    # What it gave to us once, it can give again, however small its other grants are.
    usual_at_most = candidates["grant_p75_usd"].astype("float64").clip(lower=ours.fillna(0))
    largest = ceiling.fillna(usual_at_most)
    ask = ask.where(~(ask > largest), largest)
    ask = ask.where(~(ask < floor), floor)
    return _by_hand(candidates, (ask / 500).round() * 500, {} if rules is None else rules.asks)


def effort(
    candidates: pd.DataFrame, ask_usd: pd.Series, rules: Rules | None = None, *, first_federal: bool | None = None
) -> pd.DataFrame:
    """Guess the hours of an application, from the ask, the kind of funder, and what makes it easier or harder.

    Parameters
    ----------
    candidates : with ``kind``; uses ``track``, ``to_us_recent_count``, ``instruments``, ``cost_sharing`` where they are there
    rules : hours set by hand, and what hours really spent taught
    first_federal : whether the applicant never had a federal award; None when unknown, which changes nothing

    Returns
    -------
    frame with ``effort_hours``, ``effort_low_hours``, ``effort_high_hours``, ``effort_basis`` (how they come about, in words);
    NA where no ask is known
    """
    import numpy as np
    import pandas as pd

    require(candidates, {"candidate_id", "kind"}, name="candidates")
    least, most = (candidates["kind"].map(table).astype("float64") for table in (LEAST_HOURS, MOST_HOURS))
    plain = (ask_usd.astype("float64") * HOURS_PER_USD).clip(lower=least, upper=most)
    hours, low, high = plain.copy(), pd.Series(RANGE[0], candidates.index), pd.Series(RANGE[1], candidates.index)
    holding = _holding(candidates, first_federal)
    for factor, holds in holding:
        hours = hours.where(~holds, hours * factor.times)
        if factor.range is not None:
            low, high = low.mask(holds, factor.range[0]), high.mask(holds, factor.range[1])
    learnt = candidates["kind"].map(dict(rules.effort_times) if rules else {}).astype("float64").fillna(1.0)
    hours = (hours.clip(lower=least, upper=most) * learnt).round(-1).clip(lower=10.0)
    by_hand = _by_hand(candidates, pd.Series(np.nan, candidates.index), {} if rules is None else rules.hours)
    found = pd.DataFrame({
        "effort_hours": by_hand.fillna(hours),
        "effort_low_hours": by_hand.fillna((hours * low).round()), "effort_high_hours": by_hand.fillna((hours * high).round()),
    })  # fmt: skip
    found["effort_basis"] = _basis(candidates, ask_usd, plain, holding, learnt, found["effort_hours"], by_hand)
    return found


def worked_out(
    candidates: pd.DataFrame, applicant: Applicant, rules: Rules, *, first_federal: bool | None = None
) -> pd.DataFrame:
    """Return candidates with ``ask_usd``, what `effort` gives, and ``start_by``; those that have them stay as they are."""
    if "effort_hours" in candidates:
        return candidates
    ask_usd = asks(candidates, applicant, rules)
    worked = candidates.assign(ask_usd=ask_usd).join(effort(candidates, ask_usd, rules, first_federal=first_federal))
    return worked.assign(start_by=start_by(worked["deadline"], worked["effort_hours"], rules))


def _holding(candidates: pd.DataFrame, first_federal: bool | None) -> list[tuple[Factor, pd.Series]]:
    """Say which factors hold for which candidates; what is not known does not."""
    import pandas as pd

    no = pd.Series(False, candidates.index)
    again = candidates["to_us_recent_count"].astype("float64").gt(0) if "to_us_recent_count" in candidates else no
    federal = candidates["track"].eq("federal") if "track" in candidates else no
    agreement = (
        candidates["instruments"].map(lambda found: _only(found, "CA")).astype("bool") if "instruments" in candidates else no
    )
    shared = candidates["cost_sharing"].astype("boolean").fillna(False).astype("bool") if "cost_sharing" in candidates else no
    first = federal & ~again if first_federal else no
    return [(REPEATED, again), (FIRST_FEDERAL, first), (AGREEMENT, agreement), (SHARED_COSTS, shared)]


def _only(found: Any, code: str) -> bool:
    return not isinstance(found, str | float | None) and found is not None and set(found) == {code}


def _by_hand(candidates: pd.DataFrame, usual: pd.Series, chosen: Any) -> pd.Series:
    """Return what a person set for single candidates, in place of what is usual."""
    return candidates["candidate_id"].map(dict(chosen)).astype("float64").fillna(usual) if chosen else usual


def _basis(
    candidates: pd.DataFrame, ask_usd: pd.Series, plain: pd.Series, holding: list[tuple[Factor, pd.Series]], learnt: pd.Series,
    hours: pd.Series, by_hand: pd.Series,
) -> pd.Series:  # fmt: skip
    """Say how the hours come about."""
    import numpy as np
    import pandas as pd

    told: np.ndarray[Any, Any] = np.full(len(candidates), None, dtype=object)
    holds = [(factor, mask.to_numpy()) for factor, mask in holding]
    kinds, wanted = candidates["kind"].to_numpy(), ask_usd.to_numpy(dtype="float64", na_value=np.nan)
    first, taught, last = plain.to_numpy(), learnt.to_numpy(), hours.to_numpy()
    for at in np.flatnonzero(~np.isnan(last)):
        if not np.isnan(by_hand.iloc[at]):
            told[at] = f"{last[at]:,.0f} hours, as set by hand"
            continue
        said = [_first_guess(kinds[at], wanted[at], first[at])]
        said += [f"× {factor.times:.2f}, for {factor.why}" for factor, mask in holds if mask[at]]
        said += [f"× {taught[at]:.2f}, as hours really spent taught"] if taught[at] != 1 else []
        if said[1:]:
            said.append(f"{last[at]:,.0f} hours in all")
        elif last[at] != first[at]:
            said[0] += f", rounded to {last[at]:,.0f}"
        told[at] = "; ".join(said)
    return pd.Series(told, candidates.index, dtype="str")


def _first_guess(kind: str, ask: float, hours: float) -> str:
    if ask * HOURS_PER_USD == hours:
        return f"a hundredth of the ${ask:,.0f} asked, {hours:,.0f} hours"
    which = "least" if ask * HOURS_PER_USD < hours else "most"
    return f"the {which} that is usual for {'an' if kind == 'opportunity' else 'a'} {kind}, {hours:,.0f} hours"
