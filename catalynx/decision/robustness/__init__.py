"""How far a ranking, and what is recommended, hold when weights and scores are not known exactly."""

from catalynx.decision.robustness.acceptability import Acceptability, acceptability
from catalynx.decision.robustness.flipping import Flip, Flips, what_would_flip

__all__ = ["Acceptability", "Flip", "Flips", "acceptability", "what_would_flip"]
