"""Does its money go to work like ours? Words of the mission that stand in past purposes, objectives and synopses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalynx.scoring.criterion import Row, made_of, number

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

LEAST_WORDS = 3
"""Of a mission; one with fewer says too little to be compared."""


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score how much the mission's words weigh in each candidate's purposes: ``1 − 2^(−match / half_at)``.

    ``mission_match`` is BM25 over the words of the mission, their rarity counted over the lake and not over the candidates given
    (`catalynx.lake.purposes`). At most ``one_word_at_most`` where a single word is shared: "art" stands in many a title that is
    not about art. Unknown without purposes on record or a mission.
    """
    import numpy as np

    match = number(candidates, "mission_match").clip(lower=0)
    value = 1 - np.exp2(-match / rules.limits["mission.half_at"])
    few = number(candidates, "mission_words_count").fillna(0) <= 1
    return value.mask(few, value.clip(upper=rules.limits["mission.one_word_at_most"]))


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    """Say how close, in words: the number alone says nothing to somebody who reads it."""
    if row["value"] is None:
        few = len(applicant.text.split()) < LEAST_WORDS
        return "unknown: the profile has no mission statement" if few else "unknown: no purposes on record"
    if not row["mission_words_count"]:
        return "shares no telling word with the mission"
    half = rules.limits["mission.half_at"]
    closeness = "closely" if row["mission_match"] >= 1.5 * half else "partly" if row["mission_match"] >= 0.75 * half else "hardly"
    words = f" (shared words: {row['mission_words']})" if row["mission_words"] else ""
    return f"its purposes match the mission {closeness}{words}"


CRITERION = made_of(
    "mission",
    "Does its money go to work like ours?",
    ("mission_match", "mission_words_count"),
    values,
    _tell,
    also=("mission_words",),
)
