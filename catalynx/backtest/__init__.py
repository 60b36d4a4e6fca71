"""What the likelihood would have said in the past, against what came: rolling origins on what the lake holds.

`backtest` asks one question of one data set: trained on what was on record until the origin, which pairs that were never on
record came in the window after it? Only new pairs count.
"""

from catalynx.backtest.answering import Ready, likelihoods, make_ready
from catalynx.backtest.keeping import chance_table, keep_outcome, kept_outcomes, ranking_table
from catalynx.backtest.running import CHOICES, Outcome, Ranking, backtest
from catalynx.backtest.telling import model_facts, summary_table, verdict, worth_table
from catalynx.backtest.training import Trained, keep, newest_model, train

__all__ = [
    "CHOICES", "Outcome", "Ranking", "Ready", "Trained", "backtest", "chance_table", "keep", "keep_outcome", "kept_outcomes",
    "likelihoods", "make_ready", "model_facts", "newest_model", "ranking_table", "summary_table", "train", "verdict",
    "worth_table",
]  # fmt: skip
