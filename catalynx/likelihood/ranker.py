"""The ranker: a conditional logit and, with half its weight, boosted trees, learned on several earlier origins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalynx.errors import BadParameter
from catalynx.likelihood.boosting import Boosted, fit_boosted
from catalynx.likelihood.choice import Choice, fit_choice
from catalynx.likelihood.features import INGREDIENTS
from catalynx.likelihood.lessons import Lesson, joined

if TYPE_CHECKING:
    import numpy as np

RIDGE = 60.0
TREES = 0.5
"""Weight of the trees where the logit has 1: they rank worse where there are few recipients to learn from."""
QUIET = 1e3
"""Taken off the score of a candidate without a gift in two years: most such programs and lists have ended."""
BY_CHOICE = (
    "faded", "new_1", "new_3", "new_5", "new_warm_5", "new_warm_2", "new_cold_3", "new_cold_1", "since_two_years", "since_gift",
    "since_new", "trend", "age", "active_pairs", "conditional", "ease", "ease_recent", "knn", "held_conditional_recent",
    "near_many_log", "near_few_log", "near_place_log", "near_purposes_log", "kind_log",
    "odds", "words", "purposes", "bm25", "told_field_odds", "told_field_late",
    *(
        f"{name}_{what}"
        for name in ("state", "ntee_major", "kind", "word_kind", "kind_of_both")
        for what in ("lift", "lift_late", "late")
    ),
)  # fmt: skip
"""What the choice of a cold recipient is learned from: with all features the weights of few origins and funders overfit."""
UNLEARNED = {"near_many_log": 0.25, "near_place_log": 0.25, "new_prior_both": 0.5}
"""Features that are good rankings by themselves; for cold recipients they take part with these weights, whatever was learned."""


@dataclass(frozen=True)
class Ranker:
    """What was learned; scores are comparable within one recipient.

    Attributes
    ----------
    columns, choice_columns : the features that the trees and the choice read, by place
    unlearned : place of a feature → its weight in the sum
    quiet : place of the feature that says that a candidate has been quiet for two years
    """

    columns: np.ndarray
    choice_columns: np.ndarray
    unlearned: tuple[tuple[int, float], ...]
    quiet: int
    choice: Choice
    boosted: Boosted

    def score(self, features: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Return recipients × candidates: the models' scores, each standardised within a recipient's open pairs, added up."""
        shape = features.shape
        flat = features.reshape(-1, shape[-1])
        total = standardised(self.choice.score(flat[:, self.choice_columns]).reshape(shape[:2]), counts)
        total += TREES * standardised(self.boosted.score(flat[:, self.columns]).reshape(shape[:2]), counts)
        for place, weight in self.unlearned:
            total += weight * standardised(features[:, :, place].astype("float64"), counts)
        return total - QUIET * (features[:, :, self.quiet] > 0)


def fit_ranker(lessons: Sequence[Lesson], *, cold: bool, without: str | None = None) -> Ranker:
    """Learn from lessons which of its candidates a recipient was funded by.

    Parameters
    ----------
    cold : the recipients have nothing on record
    without : an ingredient (``features.INGREDIENTS``) that is left out

    Raises
    ------
    BadParameter
        In no lesson did a recipient get a new funder.
    """
    import numpy as np

    useful = [one for one in lessons if (one.labels & one.counts).any()]
    if not useful:
        raise BadParameter("lessons", len(lessons), "at least one in which a recipient got a new funder")
    names = useful[0].names
    left_out = (*INGREDIENTS[without], "its_") if without else ("its_",)
    kept = [place for place, name in enumerate(names) if not name.startswith(left_out)]
    chosen_from = [place for place in kept if names[place] in BY_CHOICE] if cold else kept
    unlearned = tuple((place, UNLEARNED[names[place]]) for place in kept if cold and names[place] in UNLEARNED)
    features, chosen, group = joined(useful, only_asked=True)
    return Ranker(
        np.array(kept),
        np.array(chosen_from),
        unlearned,
        names.index("since_two_years"),
        fit_choice(features[:, chosen_from], chosen, group, ridge=RIDGE),
        fit_boosted(features[:, kept], chosen),
    )


def standardised(scores: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return scores less the mean of the row's open pairs, in their standard deviations."""
    import numpy as np

    number = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    mean = np.where(counts, scores, 0).sum(axis=1, keepdims=True) / number
    spread = np.sqrt(np.where(counts, (scores - mean) ** 2, 0).sum(axis=1, keepdims=True) / number)
    return (scores - mean) / np.maximum(spread, 1e-9)
