"""Scores in, decisions out: what to do about each candidate, by when, with how many hours, and why."""

from catalynx.decision.agenda import Agenda, agenda
from catalynx.decision.earlier import ask_basis
from catalynx.decision.recommending import decide_candidates

__all__ = ["Agenda", "agenda", "ask_basis", "decide_candidates"]
