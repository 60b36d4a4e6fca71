"""What funders say of themselves: their words against those of a recipient, and which funders say the like of each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalynx.likelihood.texts import WORDS, documents, weighed

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    from catalynx.likelihood.world import History

K1, B = 1.2, 0.75


@dataclass(frozen=True)
class Papers:
    """Words asked about against papers of funders, ready to be multiplied.

    Attributes
    ----------
    asked : recipients × words, ones
    answers : words × funders, what each word adds
    """

    asked: csr_matrix
    answers: csr_matrix

    def score(self, recipients: np.ndarray) -> np.ndarray:
        """Return recipients × funders."""
        result: np.ndarray = (self.asked[recipients] @ self.answers).toarray()
        return result


def bm25(history: History) -> Papers:
    """Return BM25 with k1 = 1.2, b = 0.75 [Robertson & Zaragoza 2009]; a funder's paper is its own text with the names of its
    recipients until the origin.
    """
    import numpy as np
    from scipy.sparse import csr_matrix, diags
    from sklearn.feature_extraction.text import CountVectorizer

    world = history.world
    names = world.recipients["name"].fillna("").astype(str).str.lower()
    held = history.pairs.groupby("funder")["recipient"].agg(lambda rows: " ".join(names.iloc[rows]))
    own = world.funders["text"].fillna("").astype(str).str.lower()
    papers = [f"{text} {held.get(row, '')}" for row, text in enumerate(own)]
    vectorizer = CountVectorizer(token_pattern=WORDS, stop_words="english", dtype=np.float64)
    try:
        counts = vectorizer.fit_transform(papers).tocsr()
    except ValueError:  # so scikit-learn says that no word is left
        return Papers(csr_matrix((len(names), 1)), csr_matrix((1, len(papers))))
    length = np.asarray(counts.sum(axis=1)).ravel()
    bent = counts.copy()
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    bent.data = counts.data * (K1 + 1) / (counts.data + K1 * (1 - B + B * length[rows] / length.mean()))
    documents_with = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log(1 + (counts.shape[0] - documents_with + 0.5) / (documents_with + 0.5))
    asked = csr_matrix(vectorizer.transform(documents(history)) > 0, dtype=np.float64)
    return Papers(asked, (diags(rarity) @ bent.T).tocsr())


def alike(history: History) -> np.ndarray:
    """Return funders × funders: the cosine of what they say of themselves, 0 on the diagonal."""
    import numpy as np

    own = history.world.funders["text"].fillna("").astype(str).str.lower().tolist()
    active = np.unique(history.pairs["funder"].to_numpy())
    words = weighed(own, active, token_pattern=WORDS, stop_words="english", sublinear_tf=True)
    cosine = (words @ words.T).toarray().astype(np.float64)
    np.fill_diagonal(cosine, 0)
    return cosine
