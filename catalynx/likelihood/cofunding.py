"""What the other funders of a recipient tell: nearest funders, and EASE."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

MOST_FUNDERS = 4000
"""EASE inverts a square matrix of funders; beyond so many only those with the most recipients take part."""


def nearest_funders(pairs: csr_matrix) -> np.ndarray:
    """Return funders × funders: the cosine of the sets of their recipients, 0 on the diagonal."""
    import numpy as np

    common = (pairs.T @ pairs).toarray()
    length = np.sqrt(np.maximum(common.diagonal(), 1e-12))
    cosine = common / length[:, None] / length[None, :]
    np.fill_diagonal(cosine, 0)
    return cosine


def ease(pairs: csr_matrix, *, ridge: float) -> np.ndarray:
    """Return the weights of EASE, funders × funders, 0 on the diagonal [Steck 2019, equation 8]."""
    import numpy as np

    gram = (pairs.T @ pairs).toarray()
    kept = np.sort(np.argsort(-gram.diagonal(), kind="stable")[:MOST_FUNDERS])
    inverse = np.linalg.inv(gram[np.ix_(kept, kept)] + ridge * np.eye(len(kept)))
    weights = np.zeros_like(gram)
    weights[np.ix_(kept, kept)] = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(weights, 0)
    return weights


def conditional(pairs: csr_matrix, *, smoothing: float = 3.0) -> np.ndarray:
    """Return funders × funders: the log of how much likelier the second is when the first is there, shrunk towards 0."""
    import numpy as np

    common = (pairs.T @ pairs).toarray()
    count = common.diagonal().copy()
    overall = (count + 0.5) / (pairs.shape[0] + 1.0)
    weights = np.log((common + smoothing * overall[None, :]) / (count[:, None] + smoothing)) - np.log(overall[None, :])
    np.fill_diagonal(weights, 0)
    return weights
