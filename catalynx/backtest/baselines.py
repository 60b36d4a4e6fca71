"""What any model has to beat: popularity, co-funding, text; each scores every pair from what was known at the origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.likelihood import popularity

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    from catalynx.likelihood.features import Knowledge


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
    """Return recipients × funders: BM25 of names and purposes in what funders say of themselves and whom they gave to."""
    return knowledge.papers.score(recipients)
