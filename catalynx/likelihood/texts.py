"""What names and purposes tell: words weighed by rarity, funders as the sum of their recipients, and nearest recipients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    from catalynx.likelihood.world import History

NEAREST = 30
MOST_NEIGHBOURS = 20_000
"""Of more recipients, those with the latest gifts are looked at."""
WORDS = r"(?u)\b[a-z][a-z]+\b"
MOST_WORDS = 60_000


def documents(history: History) -> list[str]:
    """Return a text for every recipient: its name, and what its gifts until the origin were for."""
    gifts = history.gifts
    told = gifts[gifts["text"] != ""].groupby("recipient")["text"].agg(". ".join)
    names = history.world.recipients["name"].fillna("").astype(str)
    return [f"{name}. {told.get(row, '')}".lower() for row, name in enumerate(names)]


@dataclass(frozen=True)
class Texts:
    """Recipients as rows of weighed words, counted over those on record at the origin only."""

    history: History
    names: csr_matrix
    full: csr_matrix

    @cached_property
    def funders(self) -> csr_matrix:
        """Funders as the sum of the names of their recipients, recent ones more, each of length 1."""
        from sklearn.preprocessing import normalize

        return normalize(self.history.recent.T @ self.names).tocsr()

    @cached_property
    def funders_full(self) -> csr_matrix:
        """The same of names and purposes."""
        from sklearn.preprocessing import normalize

        return normalize(self.history.recent.T @ self.full).tocsr()

    @cached_property
    def odds(self) -> np.ndarray:
        """Words × funders: how much likelier a word is in the names of a funder's recipients than in all (naive Bayes)."""
        import numpy as np

        held = self.history.recent.T @ self.names
        counts = held.toarray().T
        overall = counts.sum(axis=1) + 1e-3
        overall /= overall.sum()
        total = counts.sum(axis=0)
        strength = 0.02 * counts.shape[0] ** 0.5 * 10
        shares = (counts + strength * overall[:, None]) / (total + strength)[None, :]
        return np.log(shares) - np.log(overall)[:, None]


def weigh(history: History) -> Texts:
    """Count and weigh words and pieces of words of names, and words of names and purposes."""
    import numpy as np
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    known = np.flatnonzero(history.funders_of > 0)
    names = history.world.recipients["name"].fillna("").astype(str).str.lower().tolist()
    texts = documents(history)
    parts = []
    for vectorizer in (
        TfidfVectorizer(token_pattern=WORDS, sublinear_tf=True, min_df=2, max_features=MOST_WORDS, dtype=np.float32),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, min_df=3, max_features=MOST_WORDS, dtype=np.float32),
    ):
        vectorizer.fit([names[row] for row in known])
        parts.append(vectorizer.transform(names))
    purposes = TfidfVectorizer(
        token_pattern=WORDS, stop_words="english", sublinear_tf=True, min_df=3, max_df=0.3, max_features=MOST_WORDS, dtype=np.float32
    )
    purposes.fit([texts[row] for row in known])
    weighed = hstack([parts[0] * np.float32(0.7071), parts[1] * np.float32(0.7071)]).tocsr()
    return Texts(history, weighed, purposes.transform(texts).tocsr())


def nearest(asked: csr_matrix, known: csr_matrix, pairs: csr_matrix, own: np.ndarray, *, count: int = NEAREST) -> tuple[np.ndarray, np.ndarray]:
    """Return what the `count` most similar known recipients have: the weighed mean of their pairs, and the highest similarity.

    Parameters
    ----------
    asked, known : rows of words of length 1
    pairs : known recipients × funders
    own : for each asked row its place among the known (left out), or -1
    """
    import numpy as np

    similar = (asked @ known.T).toarray()
    at_home = own >= 0
    similar[np.flatnonzero(at_home), own[at_home]] = 0
    count = min(count, similar.shape[1])
    best = np.argpartition(-similar, count - 1, axis=1)[:, :count] if count < similar.shape[1] else np.tile(np.arange(count), (len(similar), 1))
    best.sort(axis=1)
    weights = np.take_along_axis(similar, best, axis=1).astype(np.float64) ** 2
    total = np.zeros((similar.shape[0], pairs.shape[1]))
    for place in range(best.shape[1]):
        total += pairs[best[:, place]].multiply(weights[:, place : place + 1]).toarray()
    return total / (weights.sum(axis=1, keepdims=True) + 1e-9), similar.max(axis=1, initial=0)
