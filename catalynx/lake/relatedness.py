"""Which fields are funded together: relatedness of NTEE major groups, measured on who funds whom, never written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csc_matrix

PRIOR_PAIRS = 20.0
"""So many pairs as chance would give are added to what was seen: a group with few recipients stays near "no relation"."""
LEAST_OWN = 0.1


def relatedness(recipients: csc_matrix, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Say how far recipients of one group share funders with those of another, 0–1; 1 is as far as with those of their own.

    Each recipient of a funder is paired with one of its other recipients, taken by chance, so that a funder counts by its
    recipients and not by their square. ``lift = (pairs seen + PRIOR_PAIRS) / (pairs by chance + PRIOR_PAIRS)``, pairs by
    chance from
    the shares of the groups among all paired recipients; ``relatedness(g, h) = (lift(g, h) − 1) / (max(lift(g, g), lift(h, h))
    − 1)``, cut
    to 0–1, and 0 where neither group shares funders with itself by ``LEAST_OWN`` more than chance would give.

    Parameters
    ----------
    recipients : distinct recipients of each funder (rows) in each group (columns)
    names : of the groups

    Returns
    -------
    group → other group → relatedness above 0
    """
    import numpy as np

    counts = recipients.toarray()
    whole = counts.sum(axis=1)
    counts, whole = counts[whole >= 2], whole[whole >= 2]
    if not len(whole):
        return {}
    others = counts / (whole - 1)[:, None]
    seen = counts.T @ others
    seen[np.diag_indices_from(seen)] -= others.sum(axis=0)
    totals = counts.sum(axis=0)
    chance = np.outer(totals, totals) / totals.sum()
    lift = (seen + PRIOR_PAIRS) / (chance + PRIOR_PAIRS)
    own = np.maximum.outer(np.diag(lift), np.diag(lift)) - 1
    found = np.where(own > LEAST_OWN, np.clip((lift - 1) / np.maximum(own, LEAST_OWN), 0, 1), 0).round(6)
    return {
        group: {
            other: float(found[row, column]) for column, other in enumerate(names) if column != row and found[row, column] > 0
        }
        for row, group in enumerate(names)
    }
