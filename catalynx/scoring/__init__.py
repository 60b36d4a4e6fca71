"""Frames in, scores out: hard eligibility first, then one file a criterion, then their weighted mean with its coverage.

``criteria()`` lists what counts; a criterion is one file in this package that ends with ``CRITERION = Criterion(…)``.
"""

from catalynx.scoring.criterion import Criterion, criteria
from catalynx.scoring.eligibility import judge_eligibility
from catalynx.scoring.weighing import score_candidates, totals

__all__ = ["Criterion", "criteria", "judge_eligibility", "score_candidates", "totals"]
