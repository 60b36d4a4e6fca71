"""What any model has to beat: popularity, co-funding, text; each scores every pair from what was known at the origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.likelihood import popularity
from catalynx.likelihood.texts import WORDS, documents

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    from catalynx.likelihood.features import Knowledge

K1, B = 1.2, 0.75


def tie_break(knowledge: Knowledge) -> np.ndarray:
    """Return how popular each funder was with newcomers lately: it orders equal scores."""
    return popularity.faded_newcomers(knowledge.history)


def popular(knowledge: Knowledge, recipients: np.ndarray) -> dict[str, np.ndarray]:
    """Return three popularities: of late, in the same state, among the same type; the first decides where nothing is known."""
    import numpy as np

    recent = popularity.newcomers_within(knowledge.history, 3)
    shape = (len(recipients), len(recent))
    scores = {"popularity, recent": np.broadcast_to(recent, shape)}
    for title, attributes in (("same state", ("state",)), ("same type", ("kind_of_both",))):
        for name in attributes:
            codes = knowledge.attributes[name]
            if codes.max(initial=-1) < 0:
                continue
            value = codes[recipients]
            counts = np.where((value >= 0)[:, None], knowledge.tables_late[name][value], 0)
            scores[f"popularity, {title}"] = counts + 1e-3 * recent[None, :] / max(recent.max(), 1)
            break
    return scores


def cofunded(knowledge: Knowledge, recipients: np.ndarray, held: csr_matrix | None = None) -> dict[str, np.ndarray]:
    """Return nearest funders and EASE; 0 for cold recipients, so that popularity orders their candidates."""
    seen = knowledge.history.seen[recipients] if held is None else held
    return {"item-kNN": seen @ knowledge.nearest, "EASE": seen @ knowledge.ease}


def bm25(knowledge: Knowledge, recipients: np.ndarray) -> np.ndarray:
    """Return recipients × funders: BM25 with k1 = 1.2, b = 0.75 [Robertson & Zaragoza 2009]; a funder's document is its own
    text with the names of its recipients until the origin.
    """
    import numpy as np
    from scipy.sparse import csr_matrix, diags
    from sklearn.feature_extraction.text import CountVectorizer

    history = knowledge.history
    world = history.world
    names = world.recipients["name"].fillna("").astype(str).str.lower()
    held = history.pairs.groupby("funder")["recipient"].agg(lambda rows: " ".join(names.iloc[rows]))
    own = world.funders["text"].fillna("").astype(str).str.lower()
    papers = [f"{text} {held.get(row, '')}" for row, text in enumerate(own)]
    vectorizer = CountVectorizer(token_pattern=WORDS, stop_words="english", dtype=np.float64)
    counts = vectorizer.fit_transform(papers).tocsr()
    length = np.asarray(counts.sum(axis=1)).ravel()
    bent = counts.copy()
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    bent.data = counts.data * (K1 + 1) / (counts.data + K1 * (1 - B + B * length[rows] / length.mean()))
    documents_with = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log(1 + (counts.shape[0] - documents_with + 0.5) / (documents_with + 0.5))
    told = documents(history)
    asked = csr_matrix(vectorizer.transform([told[row] for row in recipients]) > 0, dtype=np.float64)
    return (asked @ diags(rarity) @ bent.T).toarray()
