"""The peers of the package `implicit`: ALS and BPR, with fixed seeds and one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    from catalynx.likelihood.features import Knowledge

FACTORS, SEED = 32, 7


def factored(knowledge: Knowledge, recipients: np.ndarray, held: csr_matrix | None = None) -> dict[str, np.ndarray]:
    """Return recipients × funders of ALS and BPR, learned on the pairs on record at the origin, and on those `held`."""
    import numpy as np
    from implicit.als import AlternatingLeastSquares
    from implicit.bpr import BayesianPersonalizedRanking
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits

    history = knowledge.history
    seen = history.seen if held is None else history.seen + spread_out(held, recipients, history.shape)
    known = np.flatnonzero(np.diff(seen.indptr))
    pairs = csr_matrix(seen[known], dtype=np.float32)
    place = np.full(history.shape[0], -1)
    place[known] = np.arange(len(known))
    factors = min(FACTORS, max(2, pairs.shape[1] // 2))
    models = {
        "ALS": AlternatingLeastSquares(
            factors=factors, regularization=0.05, alpha=10.0, iterations=15, use_gpu=False, num_threads=1, random_state=SEED
        ),
        "BPR": BayesianPersonalizedRanking(
            factors=factors,
            learning_rate=0.02,
            regularization=0.01,
            iterations=100,
            use_gpu=False,
            num_threads=1,
            random_state=SEED,
        ),
    }
    scores = {}
    with threadpool_limits(1):
        for name, model in models.items():
            model.fit(pairs, show_progress=False)
            score = np.zeros((len(recipients), history.shape[1]))
            warm = place[recipients] >= 0
            score[warm] = model.user_factors[place[recipients][warm]] @ model.item_factors.T
            scores[name] = score
    return scores


def spread_out(held: csr_matrix, recipients: np.ndarray, shape: tuple[int, int]) -> csr_matrix:
    """Return the rows of `held` at the places of their recipients."""
    from scipy.sparse import csr_matrix

    entries = held.tocoo()
    return csr_matrix((entries.data, (recipients[entries.row], entries.col)), shape=shape)
