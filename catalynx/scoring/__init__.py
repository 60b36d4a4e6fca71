"""Frames in, scores out: hard eligibility first, then one file a criterion, then their weighted mean with its coverage.

``criteria()`` lists what counts; a criterion is one file in this package that ends with ``CRITERION = Criterion(…)``.
"""

from catalynx.scoring.criterion import Criterion, criteria
from catalynx.scoring.eligibility import judge_eligibility
from catalynx.scoring.middling import compare_with_middling, middling_score
from catalynx.scoring.tracks import tell_tracks
from catalynx.scoring.weighing import Weighed, score_candidates, totals, weigh_candidates

__all__ = [
    "Criterion", "Weighed", "compare_with_middling", "criteria", "judge_eligibility", "middling_score", "score_candidates",
    "tell_tracks", "totals", "weigh_candidates",
]  # fmt: skip
