"""One question put to every model: features, baselines, peers, ranks, and what was found, recipient by recipient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from catalynx.backtest import baselines, peers
from catalynx.backtest.metrics import measure, ranks
from catalynx.likelihood.features import INGREDIENTS, Knowledge
from catalynx.likelihood.lessons import Lesson, earlier_questions, lesson, revealed_half
from catalynx.likelihood.ranker import Ranker, fit_ranker

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from scipy.sparse import csr_matrix

    from catalynx.likelihood.splitting import Question

MODEL = "Catalynx"
EARLIER = 6
"""Origins to learn from, the latest first."""
DRAWS = 3
"""Halves that are revealed of each recipient to learn from; to judge, one is."""
FEWEST = 5
"""Recipients that a lesson needs."""


@dataclass(frozen=True)
class Examined:
    """All scores of one kind of recipients of one question.

    Attributes
    ----------
    kind : warm, cold, or revealed (cold with half of its new pairs shown)
    scores : model → recipients × candidates
    """

    kind: str
    lesson: Lesson
    ranker: Ranker
    scores: dict[str, np.ndarray]
    tie: np.ndarray

    def found(self, name: str, *, covered: bool) -> pd.DataFrame:
        """Return the metrics of a model, one row a recipient that can be asked about.

        Parameters
        ----------
        covered : only funders whose record goes on to the end of the window are candidates; else all that were active
        """
        counts = self.counts(covered=covered)
        labels = self.lesson.labels & counts
        asked = labels.any(axis=1)
        return measure(ranks(self.scores[name][asked], counts[asked], self.tie), labels[asked])

    def counts(self, *, covered: bool) -> np.ndarray:
        """Return recipients × candidates: the pairs that take part in the ranking."""
        return self.lesson.counts if covered else self.lesson.open


def lessons_before(question: Question, kinds: Sequence[str], told: Callable[[str], None]) -> dict[str, list[Lesson]]:
    """Return the lessons of earlier origins by kind of recipient."""
    found: dict[str, list[Lesson]] = {kind: [] for kind in kinds}
    for earlier in earlier_questions(question, most=EARLIER):
        told(f"learning from {earlier.origin}")
        knowledge = Knowledge(earlier.history)
        for kind in kinds:
            for draw in range(DRAWS if kind == "revealed" else 1):
                recipients, held = of_kind(earlier, kind, draw=draw)
                if len(recipients) >= FEWEST:
                    found[kind].append(lesson(earlier, recipients, knowledge, held=held))
    return found


def of_kind(question: Question, kind: str, *, draw: int = 0) -> tuple[np.ndarray, csr_matrix | None]:
    """Return the recipients of a kind, and what of their new pairs is shown beforehand."""
    import numpy as np

    if kind != "revealed":
        return (question.warm if kind == "warm" else question.cold), None
    held = revealed_half(question, question.cold, draw=draw)
    some = np.flatnonzero(np.diff(held.indptr))
    return question.cold[some], held[some]


def examine(question: Question, kind: str, lessons: Sequence[Lesson], knowledge: Knowledge) -> Examined | None:
    """Score every pair of the recipients of a kind with every model; None where there is nobody to ask about or to learn from."""
    recipients, held = of_kind(replace(question, covered_only=False), kind)
    if len(recipients) < FEWEST or not lessons:
        return None
    asked = lesson(question, recipients, knowledge, held=held)
    ranker = fit_ranker(lessons, cold=kind == "cold")
    neighbours = asked.features[:, :, asked.names.index("near_many")]
    pair = baselines.popular(knowledge, recipients)
    pair |= baselines.cofunded(knowledge, recipients, held)
    pair |= {"BM25": baselines.bm25(knowledge, recipients)}
    if kind != "cold":
        pair |= peers.factored(knowledge, recipients, held)
    scores = {name: values[:, asked.candidates] for name, values in pair.items()}
    scores["text neighbours"] = neighbours
    scores[MODEL] = ranker.score(asked.features, asked.open)
    return Examined(kind, asked, ranker, scores, baselines.tie_break(knowledge)[asked.candidates])


def worth(examined: Examined, lessons: Sequence[Lesson]) -> dict[str, np.ndarray]:
    """Return, for each ingredient, by how much each recipient's reciprocal rank falls when the ranker is learned without it."""
    whole = examined.found(MODEL, covered=True)["mrr"].to_numpy()
    asked = examined.lesson
    falls = {}
    for ingredient in INGREDIENTS:
        ranker = fit_ranker(lessons, cold=examined.kind == "cold", without=ingredient)
        scores = {MODEL: ranker.score(asked.features, asked.open)}
        less = replace(examined, scores=scores).found(MODEL, covered=True)["mrr"].to_numpy()
        falls[ingredient] = whole - less
    return falls
