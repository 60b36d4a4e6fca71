"""Scores in, decisions out: what to do about each candidate, by when, with how many hours, and why."""

from catalynx.decision.agenda import Agenda, agenda
from catalynx.decision.earlier import ask_basis
from catalynx.decision.effort import worked_out
from catalynx.decision.feasibility import feasibility
from catalynx.decision.recommending import decide_candidates, recommendations
from catalynx.decision.situation import Situation

__all__ = ["Agenda", "Situation", "agenda", "ask_basis", "decide_candidates", "feasibility", "recommendations", "worked_out"]
