"""Does its money go to work like ours? Words of the mission against words of past purposes, objectives and synopses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalynx.scoring.criterion import Criterion, judged

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from scipy.sparse import csr_matrix

    from catalynx.rules import Applicant, Rules

HALF_AT = 0.07
"""Cosine at which the value is one half: about the median of a museum's mission against the purposes of funders of museums."""
ONE_WORD_AT_MOST = 0.25
"""A single shared word says little, however rare it is: "art" stands in many a title that is not about art."""
SHARED_WORDS = 4
LEAST_WORDS = 3
"""Of a mission; one with fewer says too little to be compared."""
WORDS = r"(?u)\b[a-z][a-z]+\b"
_WORD = re.compile(r"[a-z]{3}")
_ABBREVIATION = re.compile(r"\b[A-Z]{2,6}s?\b")
# Words that every funder's page holds say nothing about the field.
_EVERYDAY = (
    "grant", "grants", "support", "program", "programs", "project", "projects", "fund", "funds", "funding", "general",
    "operating", "nonprofit", "organization", "organizations", "foundation", "inc", "assistance", "purpose", "provide",
    "year", "new",
)  # fmt: skip


def judge(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.DataFrame:
    """Compare the mission with each candidate's purposes: TF-IDF vectors of single words and pairs, cosine of their angle.

    The value is ``1 − 2^(−cosine / HALF_AT)``, from 0 (no word in common) towards 1, at most ``ONE_WORD_AT_MOST`` where a
    single word is shared; abbreviations in capitals are no words. Word rarity is counted over the
    candidates given, so score all of a lake's candidates together [Salton & Buckley 1988, sublinear tf, smooth idf].
    """
    import numpy as np
    import pandas as pd

    texts = candidates["purpose_text"].fillna("").astype(str)
    enough = texts.map(_without_abbreviations).str.contains(_WORD)
    if len(applicant.text.split()) < LEAST_WORDS or not enough.any():
        reason = "unknown: the profile has no mission statement" if enough.any() else "unknown: no purposes on record"
        return judged(candidates, pd.Series(np.nan, candidates.index), [reason] * len(candidates))
    cosines, words = _compare(texts[enough], applicant.text)
    cosine = pd.Series(np.nan, candidates.index)
    cosine[enough] = cosines
    shared = pd.Series("", candidates.index, dtype="str").mask(enough, pd.Series(words, texts.index[enough], dtype="str"))
    because = [
        "unknown: no purposes on record" if not known else _sentence(value, common)
        for known, value, common in zip(enough, cosine, shared, strict=True)
    ]
    value = pd.Series(1 - np.exp2(-cosine / HALF_AT), candidates.index)
    return judged(candidates, value.where(shared.str.contains(",") | value.isna(), value.clip(upper=ONE_WORD_AT_MOST)), because)


def _compare(texts: pd.Series, mission: str) -> tuple[np.ndarray, list[str]]:
    import numpy as np
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    vectorizer = TfidfVectorizer(
        preprocessor=_without_abbreviations,
        stop_words=sorted(ENGLISH_STOP_WORDS | set(_EVERYDAY)),
        sublinear_tf=True,
        token_pattern=WORDS,
        dtype=np.float32,
    )
    matrix = vectorizer.fit_transform([*texts, mission])
    wanted = matrix[-1]
    cosines = (matrix[:-1] @ wanted.T).toarray().ravel()
    return cosines, _shared_words(matrix[:-1].multiply(wanted).tocsr(), vectorizer.get_feature_names_out())


def _without_abbreviations(text: str) -> str:
    """Drop what stands in capitals in a text of mixed case (ART, PEPFAR), and lower the rest."""
    return (text if text.isupper() else _ABBREVIATION.sub(" ", text)).lower()


def _shared_words(products: csr_matrix, names: np.ndarray) -> list[str]:
    """Name, for each row, the words that make most of its cosine."""
    shared = []
    for start, end in zip(products.indptr[:-1], products.indptr[1:], strict=True):
        order = products.data[start:end].argsort()[::-1][:SHARED_WORDS]
        shared.append(", ".join(names[products.indices[start:end][order]]))
    return shared


def _sentence(cosine: float, shared: str) -> str:
    """Say how close, in words: a cosine of texts of different lengths is small even where they say the same."""
    if not shared:
        return "shares no telling word with the mission"
    closeness = "closely" if cosine >= 2 * HALF_AT else "partly" if cosine >= HALF_AT else "hardly"
    return f"its purposes match the mission {closeness} (shared words: {shared})"


CRITERION = Criterion("mission", "Does its money go to work like ours?", ("purpose_text",), judge)
