"""What names and purposes tell: words weighed by rarity, funders as the sum of their recipients, and nearest recipients."""

from __future__ import annotations

from collections.abc import Sequence
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
WORDS = r"(?u)\b[a-z0-9][a-z0-9]+\b"
MOST_WORDS = 60_000
ODDS_SHRINKAGE = 0.2
PLACE_WEIGHT = 0.6
FIELD_WEIGHT = 0.5


def documents(history: History) -> list[str]:
    """Return a text for every recipient: its name, and what its gifts until the origin were for."""
    gifts = history.gifts
    told = gifts[gifts["text"] != ""].groupby("recipient")["text"].agg(". ".join)
    names = history.world.recipients["name"].fillna("").astype(str)
    return [f"{name}. {told.get(row, '')}".lower() for row, name in enumerate(names)]


@dataclass(frozen=True)
class Texts:
    """Recipients as rows of weighed words, counted over those on record at the origin only.

    Attributes
    ----------
    names : words and pieces of words of names
    placed : the same with city and state, and with the fields that names tell
    full : words of names and of what gifts were for
    """

    history: History
    names: csr_matrix
    placed: csr_matrix
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
        strength = ODDS_SHRINKAGE * counts.shape[0] ** 0.5
        shares = (counts + strength * overall[:, None]) / (total + strength)[None, :]
        return np.log(shares) - np.log(overall)[:, None]


def weigh(history: History) -> Texts:
    """Count and weigh words and pieces of words of names, and words of names and purposes."""
    import numpy as np
    from scipy.sparse import hstack

    known = np.flatnonzero(history.funders_of > 0)
    recipients = history.world.recipients
    names = recipients["name"].fillna("").astype(str).str.lower().tolist()
    places = recipients["place"].fillna("").astype(str).str.lower().tolist()
    words = weighed(names, known, token_pattern=WORDS, sublinear_tf=True, min_df=2)
    pieces = weighed(names, known, analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, min_df=3)
    both = (hstack([words, pieces]) * np.float32(0.5**0.5)).tocsr()
    placed = hstack([both, weighed(places, known, token_pattern=WORDS, min_df=2) * np.float32(PLACE_WEIGHT)])
    if history.world.fields is not None:
        placed = hstack([placed, history.world.fields.sqrt().astype(np.float32) * np.float32(FIELD_WEIGHT)])
    full = weighed(documents(history), known, token_pattern=WORDS, stop_words="english", sublinear_tf=True, min_df=3, max_df=0.3)
    return Texts(history, both, placed.tocsr(), full)


def weighed(texts: list[str], known: np.ndarray, **how: object) -> csr_matrix:
    """Return TF-IDF rows of all texts, counted over the known; one empty column where no word stands often enough in them."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(max_features=MOST_WORDS, dtype=np.float32, **how)
    try:
        vectorizer.fit([texts[row] for row in known])
    except ValueError:  # so scikit-learn says that no word is left
        return csr_matrix((len(texts), 1), dtype=np.float32)
    return vectorizer.transform(texts).tocsr()


def nearest(
    asked: csr_matrix, known: csr_matrix, pairs: csr_matrix, own: np.ndarray, *, counts: Sequence[int] = (NEAREST,)
) -> list[np.ndarray]:
    """Return what the most similar known recipients have: the mean of their pairs, weighed by squared similarity.

    Parameters
    ----------
    asked, known : rows of words of length 1
    pairs : known recipients × funders
    own : for each asked row its place among the known (left out), or -1
    counts : how many neighbours; one answer, asked × funders, for each
    """
    import numpy as np
    from scipy.sparse import csr_matrix

    similar = (asked @ known.T).toarray()
    at_home = own >= 0
    similar[np.flatnonzero(at_home), own[at_home]] = 0
    answers = []
    for count in counts:
        count = min(count, similar.shape[1])
        # Partition leaves the order within open; what is summed is put in order, so that sums do not depend on it.
        best = np.sort(np.argpartition(-similar, count - 1, axis=1)[:, :count], axis=1)
        weights = np.take_along_axis(similar, best, axis=1).astype(np.float64) ** 2
        starts = np.arange(len(similar) + 1) * count
        chosen = csr_matrix((weights.ravel(), best.ravel(), starts), shape=similar.shape)
        answers.append((chosen @ pairs).toarray() / (weights.sum(axis=1, keepdims=True) + 1e-9))
    return answers
