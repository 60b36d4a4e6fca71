"""How well a ranking finds what came: recall, hits, reciprocal rank, discounted gain; one number a recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

METRICS = ("mrr", "recall_at_5", "recall_at_10", "hit_at_10", "ndcg_at_10")


def ranks(scores: np.ndarray, open_pairs: np.ndarray, tie_break: np.ndarray) -> np.ndarray:
    """Return the rank of each candidate (1 = best) in each row; pairs that are not open come after all others.

    Parameters
    ----------
    scores : recipients × candidates, higher is better
    open_pairs : true where the pair takes part
    tie_break : one number a candidate; equal scores are ordered by it, highest first, then by place
    """
    import numpy as np

    by_tie = np.lexsort((np.arange(len(tie_break)), -tie_break))
    shown = np.where(open_pairs, scores, -np.inf)[:, by_tie]
    order = np.argsort(-shown, axis=1, kind="stable")
    placed = np.empty_like(order)
    np.put_along_axis(placed, order, np.arange(1, scores.shape[1] + 1)[None, :], axis=1)
    result = np.empty_like(placed)
    result[:, by_tie] = placed
    return result


def measure(placed: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """Return one row a recipient with ``METRICS``; every recipient needs at least one true label.

    ``mrr`` is one over the rank of the first hit; ``recall_at_k`` the share of its new funders among the first k;
    ``hit_at_10`` whether there is one; ``ndcg_at_10`` the gain discounted by log2(rank + 1) over that of the best order.
    """
    import numpy as np
    import pandas as pd

    hits = labels.sum(axis=1)
    first = np.where(labels, placed, np.iinfo(placed.dtype).max).min(axis=1)
    gains = (labels / np.log2(placed + 1) * (placed <= 10)).sum(axis=1)
    ideal = np.cumsum(1 / np.log2(np.arange(2, 12)))
    return pd.DataFrame(
        {
            "mrr": 1 / first,
            "recall_at_5": (labels & (placed <= 5)).sum(axis=1) / hits,
            "recall_at_10": (labels & (placed <= 10)).sum(axis=1) / hits,
            "hit_at_10": (first <= 10).astype(float),
            "ndcg_at_10": gains / ideal[np.minimum(hits, 10) - 1],
        }
    )
