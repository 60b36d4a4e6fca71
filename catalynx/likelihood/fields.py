"""The field that a name tells: naive Bayes over the names of organisations whose field is on file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_matrix

SMOOTHING = 50.0
"""Words that a field counts in advance, in the shares that they have in all names."""
TEMPER = 0.7
"""Words of one name tell partly the same; each one counts for so much."""
LEAST_SHARE = 0.002
WORDS = r"(?u)\b[a-z0-9][a-z0-9]+\b"
RAREST = 4
BLOCK = 20_000


def told_by_names(names: pd.Series, known_names: pd.Series, known_fields: pd.Series) -> csr_matrix:
    """Return names × fields: the shares of the fields that each of `names` tells; the fields are those known, in order.

    A name without a known word has the shares of all names; with nothing known to learn from there is one field, of all.

    Parameters
    ----------
    names : of the organisations asked about, NA where unknown
    known_names, known_fields : of organisations of which both are known; each pair counts once
    """
    import numpy as np
    import pandas as pd
    from scipy.sparse import csr_matrix, vstack
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.preprocessing import normalize

    known = pd.DataFrame({"name": known_names.str.lower(), "field": known_fields}).dropna()
    known = known.drop_duplicates().sort_values(["name", "field"], ignore_index=True)
    vectorizer = CountVectorizer(token_pattern=WORDS, ngram_range=(1, 2), min_df=RAREST, binary=True)
    try:
        words = vectorizer.fit_transform(known["name"])
    except ValueError:  # so scikit-learn says that no word is left
        return csr_matrix(np.ones((len(names), 1)))
    titles, field = np.unique(known["field"].to_numpy(dtype=str), return_inverse=True)
    belongs = csr_matrix((np.ones(len(field)), (np.arange(len(field)), field)), shape=(len(field), len(titles)))
    counts = (words.T.astype(np.float64) @ belongs).toarray()
    overall = counts.sum(axis=1, keepdims=True) / counts.sum()
    lifts = np.log((counts + SMOOTHING * overall) / (counts.sum(axis=0) + SMOOTHING)) - np.log(overall)
    prior = np.log(np.bincount(field) / len(field))
    asked = vectorizer.transform(names.fillna("").str.lower())
    blocks = []
    for start in range(0, max(asked.shape[0], 1), BLOCK):
        odds = prior + TEMPER * (asked[start : start + BLOCK] @ lifts)
        shares = np.exp(odds - odds.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        blocks.append(csr_matrix(np.where(shares >= LEAST_SHARE, shares, 0)))
    return normalize(vstack(blocks), norm="l1").tocsr()
