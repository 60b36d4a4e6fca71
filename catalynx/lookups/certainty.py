"""How sure the order is under weights and values that are not known exactly, and what would change what is decided about one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from catalynx.errors import NotFound
from catalynx.lookups.reweighing import changed_weights, classes, reweighed, weighted_mean
from catalynx.rules import RECOMMENDATIONS

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lookups.reweighing import Floats, Kept

DRAWN: Final = 60
"""How many of the first are drawn: what stands lower is no matter of the first ten."""
TOP, SAMPLES, SPREAD = 10, 10_000, 0.5
BANDS: Final = ((1, 1), (2, 5), (6, 10), (11, 20), (21, DRAWN))


@dataclass(frozen=True, slots=True, eq=False)
class Certainty:
    """How often candidates stand where they do.

    Attributes
    ----------
    shares : rows as `figures.rank_acceptability` draws them, in the order of the ranking
    on_top : candidate_id → share of draws in which it is among the first `TOP`
    verdicts : candidate_id → ``yes``, ``no``, or ``in x %`` of the draws; ``unknown``
    sentence : all that in one sentence
    """

    shares: pd.DataFrame
    on_top: Mapping[str, float]
    verdicts: Mapping[str, str]
    sentence: str


def certainty(
    kept: Kept, names: Mapping[str, str], factors: Mapping[str, float], *, method: str = "weighted sum", shown: int = 12,
    samples: int = SAMPLES, seed: int = 0,
) -> Certainty:  # fmt: skip
    """Draw each weight between half and one and a half times what it is set to, and each unknown value from 0 to 1; rank; count.

    Of the first `DRAWN` candidates in the order of the method that no hard rule excludes. A draw is ranked by weighted sum.

    Parameters
    ----------
    names : candidate_id → name
    shown : how many candidates `Certainty.shares` holds
    """
    import numpy as np
    import pandas as pd

    from catalynx.decision.robustness import acceptability

    order = np.argsort(reweighed(kept, factors, method=method)["rank"].to_numpy(), kind="stable")
    first = order[~kept.fails[order]][:DRAWN]
    columns = ["candidate_id", "name", "first_place", "last_place", "share"]
    if not first.size:
        return Certainty(pd.DataFrame(columns=columns), {}, {}, _sentence([], {}, names, samples))
    weights = changed_weights(kept, factors)[first]
    asked, unknown = weights > 0, np.isnan(kept.values[first])
    low = np.where(unknown & asked, 0.0, kept.values[first])
    high = np.where(unknown & asked, 1.0, kept.values[first])
    found = acceptability(
        low, high, weights * (1 - SPREAD), np.minimum(1.0, weights * (1 + SPREAD)), samples=samples, top=TOP, seed=seed, paired=0
    )
    ids = [str(one) for one in kept.candidate_ids[first]]
    rows = [
        {"candidate_id": one, "name": names.get(one, one), "first_place": start, "last_place": min(end, len(ids)),
         "share": float(np.nansum(found.rank_acceptability[at, start - 1 : end]))}
        for at, one in enumerate(ids[:shown])
        for start, end in BANDS
        if start <= len(ids)
    ]  # fmt: skip
    on_top = {one: float(share) for one, share in zip(ids, found.in_top, strict=True) if share == share}
    verdicts = dict(zip(ids, found.verdict, strict=True))
    return Certainty(pd.DataFrame(rows, columns=columns), on_top, verdicts, _sentence(ids, on_top, names, samples))


def _sentence(ids: list[str], on_top: Mapping[str, float], names: Mapping[str, str], samples: int) -> str:
    from catalynx.figures import wording

    if not ids:
        return "There is no candidate that could be ranked."
    best = ids[:TOP]
    sure = sum(on_top.get(one, 0) >= 0.9 for one in best)
    weakest = min(best, key=lambda one: on_top.get(one, 0))
    name = wording.name(names.get(weakest, weakest))
    return (
        f"By score alone, {sure} of the first {len(best)} stay among the first {TOP} in nine of ten draws; the least sure "
        f"is {name}, {wording.share(on_top.get(weakest))}. {samples:,} draws: each weight from half to one and a half times what "
        "it is set to, each unknown value from 0 to 1."
    )


@dataclass(frozen=True, slots=True, eq=False)
class Swings:
    """What moves one candidate's score.

    Attributes
    ----------
    swings : rows as `figures.tornado` draws them
    base : the score as it is set; missing where nothing is known
    sentences : the smallest changes that would change what is decided
    """

    swings: pd.DataFrame
    base: float
    sentences: tuple[str, ...]


def swings(kept: Kept, candidate_id: str, factors: Mapping[str, float]) -> Swings:
    """Vary one thing at a time: each weight from nothing to twice what it is, each unknown value from 0 to 1.

    Raises
    ------
    NotFound, BadParameter
    """
    import numpy as np
    import pandas as pd

    at = np.flatnonzero(kept.candidate_ids == candidate_id)
    if not at.size:
        raise NotFound("candidate", candidate_id, "It may come from another version of the data.")
    values, weights = kept.values[at[0]], changed_weights(kept, factors)[at[0]]
    base = _score(values, weights)
    rows = []
    for place, name in enumerate(kept.criteria):
        if weights[place] <= 0:
            continue
        known = not np.isnan(values[place])
        ends = [_varied(values, weights, place, end, known=known) for end in (0.0, 1.0)]
        told = ("weight 0 ×", "weight 2 ×") if known else ("0", "1")
        what = f"{name.replace('_', ' ')}{'' if known else ' (unknown)'}"
        rows.append({"input": what, "low": ends[0], "high": ends[1], "low_told": told[0], "high_told": told[1]})
    frame = pd.DataFrame(rows, columns=["input", "low", "high", "low_told", "high_told"])
    return Swings(frame, base, _flips(kept, int(at[0]), factors))


def _varied(values: Floats, weights: Floats, place: int, end: float, *, known: bool) -> float:
    """Return the score when one weight is nothing or twice as large, or one unknown value is 0 or 1."""
    values, weights = values.copy(), weights.copy()
    if known:
        weights[place] *= 2 * end
    else:
        values[place] = end
    return _score(values, weights)


def _score(values: Floats, weights: Floats) -> float:
    return float(weighted_mean(values[None, :], weights[None, :])[0][0])


def _flips(kept: Kept, at: int, factors: Mapping[str, float]) -> tuple[str, ...]:
    """Say which single value, changed least, brings the candidate one class up, and which one down."""
    import numpy as np

    from catalynx.decision.robustness import what_would_flip

    if kept.fails[at]:
        return ("A hard rule excludes it: no score changes that.",)
    weights = changed_weights(kept, factors)
    score, coverage = weighted_mean(kept.values, weights)
    place = int(classes(kept, score, coverage)[at])
    reached = int((np.nan_to_num(score[at]) < np.array([kept.rules.thresholds[one] for one in RECOMMENDATIONS])).sum())
    if np.isnan(score[at]):
        return ("Nothing is known of it that counts: what would change it is to find out.",)
    said = []
    if place > reached:
        said.append(f"Its score would do for {RECOMMENDATIONS[reached]}; what is not known, or stands in the way, holds it at "
                    f"{RECOMMENDATIONS[place]}.")  # fmt: skip
    found = what_would_flip(kept.values[at : at + 1], weights[at : at + 1], kept.rules.thresholds)
    for flip, verb in ((found.up, "rises"), (found.down, "falls")):
        if place > reached or flip.to[0] is None:
            continue
        said.append(_smallest(kept, at, flip.to[0], flip.changes[0], flip.values[0], verb))
    return tuple(one for one in said if one)


def _smallest(kept: Kept, at: int, to: str, change: Floats, value: Floats, verb: str) -> str:
    import numpy as np

    if np.isnan(change).all():
        return f"No single value brings it to {to}."
    one = int(np.nanargmin(np.abs(change)))
    was = kept.values[at, one]
    return f"It would be {to} if {kept.criteria[one].replace('_', ' ')} alone {verb} from {was:.2f} to {value[one]:.2f}."
