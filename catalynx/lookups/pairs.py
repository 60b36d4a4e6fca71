"""Weights from comparisons by pairs: what groups of criteria weigh, how well the comparisons agree, and by which factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from catalynx.decision.ranking.weighing import CONSISTENT_UP_TO, pairwise_weights
from catalynx.errors import BadParameter
from catalynx.figures import wording
from catalynx.lookups.reweighing import GROUPS

if TYPE_CHECKING:
    import pandas as pd

HIGHEST_FACTOR: Final = 3.0
"""The most that weights from pairs multiply a group by: where one would need more, the others are multiplied by less."""


@dataclass(frozen=True, slots=True)
class PairWeights:
    """What comparisons by pairs come to.

    Attributes
    ----------
    shares : group → share of all groups' weight, 0–1
    factors : group → by how much its usual weight is multiplied, as `catalynx.lookups.reweighing.reweighed` takes them
    ratio : consistency ratio; 0 where comparisons agree wholly
    worst : the pair that fits the others least, and how many times its first counts as much as its second by all of them;
        None where they agree well enough
    """

    shares: Mapping[str, float]
    factors: Mapping[str, float]
    ratio: float
    worst: tuple[str, str, float] | None

    @property
    def sentence(self) -> str:
        """Say what weighs how much, and whether the comparisons agree."""
        ordered = sorted(self.shares.items(), key=lambda one: -one[1])
        told = ", ".join(f"{name} {wording.share(share)}" for name, share in ordered)
        said = f"{told[:1].upper()}{told[1:]} of the weight, on average of all candidates."
        ratio = f"consistency ratio {self.ratio:.2f}, good up to {CONSISTENT_UP_TO:.2f}"
        if self.worst is None:
            return f"{said} The comparisons agree ({ratio})."
        first, second, times = self.worst if self.worst[2] >= 1 else (self.worst[1], self.worst[0], 1 / self.worst[2])
        return (
            f"{said} The comparisons contradict each other ({ratio}): all of them together say that “{first}” counts "
            f"{times:.1f} times as much as “{second}”. Look at that pair again."
        )


def usual_shares(score_parts: pd.DataFrame) -> dict[str, float]:
    """Return the share that each group of criteria has of the usual weights, on average of the candidates.

    Parameters
    ----------
    score_parts : needs ``candidate_id``, ``criterion``, ``weight``; the weights of a candidate sum to 1

    Returns
    -------
    group of `GROUPS` → share; groups of no weight are left out
    """
    count = score_parts["candidate_id"].nunique()
    by_criterion = score_parts.groupby("criterion")["weight"].sum()
    shares = {name: float(by_criterion.reindex(list(members)).sum()) for name, members in GROUPS.items()}
    return {name: share / count for name, share in shares.items() if share > 0}


def weights_from_pairs(usual: Mapping[str, float], times: Mapping[tuple[str, str], float]) -> PairWeights:
    """Return what comparisons by pairs come to (Saaty's principal eigenvector).

    Parameters
    ----------
    usual : group → share of the usual weights, above 0
    times : pair of groups → how many times the first counts as much as the second, of each pair from one side

    Raises
    ------
    BadParameter : when a pair is missing or of no group, or a comparison is no number above 0
    """
    names = list(usual)
    place = {name: at for at, name in enumerate(names)}
    matrix = np.full((len(names), len(names)), np.nan)
    for (first, second), said in times.items():
        if first not in place or second not in place:
            raise BadParameter("pair", (first, second), f"two of {', '.join(names)}")
        matrix[place[first], place[second]] = said
    found, ratio = pairwise_weights(matrix)
    shares = dict(zip(names, map(float, found), strict=True))
    total = sum(usual.values())
    raw = {name: shares[name] * total / usual[name] for name in names}
    scale = min(1.0, HIGHEST_FACTOR / max(raw.values()))
    factors = {name: round(factor * scale, 2) for name, factor in raw.items()}
    return PairWeights(shares, factors, ratio, _worst(shares, times) if ratio > CONSISTENT_UP_TO else None)


def _worst(shares: Mapping[str, float], times: Mapping[tuple[str, str], float]) -> tuple[str, str, float]:
    """Return the pair whose comparison is furthest from what the weights say of it."""

    def apart(pair: tuple[str, str]) -> float:
        return abs(float(np.log(times[pair] * shares[pair[1]] / shares[pair[0]])))

    first, second = max(times, key=apart)
    return first, second, shares[first] / shares[second]
