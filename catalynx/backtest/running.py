"""The back-test of one data set: lessons of earlier origins, one question, what models found, and how likely what came was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from catalynx.backtest.bootstrap import Estimate, estimate
from catalynx.backtest.datasets import DATASETS, Dataset
from catalynx.backtest.examining import MODEL, Examined, examine, lessons_before, worth
from catalynx.backtest.metrics import METRICS
from catalynx.backtest.reckoning import Reckoned, reckon
from catalynx.errors import BadParameter, LakeEmpty
from catalynx.likelihood.features import Knowledge
from catalynx.likelihood.lessons import Lesson
from catalynx.likelihood.splitting import Question

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from catalynx.lake import Snapshot

CHOICES = ("A", "B", "C", "C2")
KINDS = {"A": ("warm", "cold"), "B": ("warm", "cold"), "C": ("warm", "cold"), "C2": ("revealed",)}
CANDIDATES = {"covered": True, "active": False}


@dataclass(frozen=True)
class Ranking:
    """How well each model ranked for one kind of recipients.

    Attributes
    ----------
    candidates : ``covered``: funders whose record goes on to the end of the window; ``active``: all that were active until
        the origin, as if silence after the end of a record meant no
    metrics : model → metric → mean over recipients with its interval
    differences : baseline → the model's reciprocal rank less the baseline's, with its interval
    best_baseline : the baseline with the highest mean reciprocal rank
    """

    dataset: str
    kind: str
    candidates: str
    recipients: int
    pairs: int
    unrankable_pairs: int
    funders: int
    metrics: dict[str, dict[str, Estimate]]
    differences: dict[str, Estimate]
    best_baseline: str


@dataclass(frozen=True)
class Outcome:
    """The back-test of one data set.

    Attributes
    ----------
    worth : kind of recipients → ingredient → by how much the reciprocal rank falls without it; empty when not asked for
    """

    dataset: str
    title: str
    origin: int
    window: int
    learned_from: dict[str, list[int]]
    rankings: tuple[Ranking, ...]
    worth: dict[str, dict[str, Estimate]]
    chances: Reckoned | None
    unknown: tuple[str, ...]
    predictions: pd.DataFrame = field(repr=False)

    def plain(self) -> dict[str, object]:
        """Return everything but the predictions as plain values."""
        kept = {
            name: value for name, value in self.__dict__.items() if name not in {"predictions", "rankings", "chances", "worth"}
        }
        kept["worth"] = {kind: {name: asdict(one) for name, one in found.items()} for kind, found in self.worth.items()}
        kept["unknown"] = list(self.unknown)
        kept["rankings"] = [asdict(ranking) for ranking in self.rankings]
        kept["chances"] = None if self.chances is None else self.chances.plain()
        return kept


def backtest(
    lake: Snapshot,
    dataset: str,
    *,
    origin: int | None = None,
    ingredients: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Outcome:
    """Ask what was not yet known at `origin`, and compare with what came.

    Parameters
    ----------
    dataset : one of ``CHOICES``
    origin : last year that is known; by default so that the window ends with the newest year that is well covered
    ingredients : also learn without each ingredient, to see what it is worth
    progress : told in words what is being done

    Raises
    ------
    BadParameter, LakeEmpty
    """
    if dataset not in CHOICES:
        raise BadParameter("dataset", dataset, f"one of {', '.join(CHOICES)}")
    chosen = DATASETS[dataset[0]]
    lake.need(*chosen.tables)
    world = chosen.load(lake)
    if not len(world.gifts):
        raise LakeEmpty(
            f"the lake holds nothing of data set {dataset} ({chosen.title}). `catalynx ingest PATH` reads a file that does."
        )
    told = progress or (lambda words: None)
    question = Question(world, _origin(chosen, world.years, origin), chosen.window)
    kinds = KINDS[dataset]
    lessons = lessons_before(question, kinds, told)
    told(f"asking about {question.origin + 1}–{question.origin + question.window}")
    knowledge = Knowledge(question.history)
    examined = {kind: found for kind in kinds if (found := examine(question, kind, lessons[kind], knowledge)) is not None}
    told("how likely it was")
    reckoned, chances = reckon(question, knowledge, lessons.get("revealed"), examined, told)
    return Outcome(
        dataset,
        chosen.title,
        question.origin,
        question.window,
        {kind: [one.question.origin for one in lessons[kind]] for kind in kinds},
        tuple(_ranking(dataset, one, name) for one in examined.values() for name in CANDIDATES),
        {kind: _worth(one, lessons[kind]) for kind, one in examined.items()} if ingredients else {},
        reckoned,
        tuple(_unknown(kinds, examined)),
        _predictions(dataset, examined, chances),
    )


def _origin(chosen: Dataset, years: tuple[int, int], asked: int | None) -> int:
    first, last = years
    origin = chosen.origin if asked is None else asked
    origin = min(origin, last - chosen.window) if asked is None else origin
    if not first < origin <= last - chosen.window:
        raise BadParameter(
            "origin", origin, f"a year from {first + 1} to {last - chosen.window}: the data are of {first} to {last}, "
            f"and the window is {chosen.window} years"
        )  # fmt: skip
    return origin


def _ranking(dataset: str, examined: Examined, candidates: str) -> Ranking:
    covered = CANDIDATES[candidates]
    found = {name: examined.found(name, covered=covered) for name in examined.scores}
    ours = found[MODEL]
    metrics = {name: {metric: estimate(rows[metric].to_numpy()) for metric in METRICS} for name, rows in found.items()}
    rivals = [name for name in found if name != MODEL]
    best = max(rivals, key=lambda name: (metrics[name]["mrr"].mean, name))
    counts = examined.counts(covered=covered)
    pairs = int((examined.lesson.labels & counts).sum())
    question = examined.lesson.question
    return Ranking(
        dataset,
        examined.kind,
        candidates,
        len(ours),
        pairs,
        int(question.answers.nnz - question.answers[:, examined.lesson.candidates[counts.any(axis=0)]].nnz),
        int(counts.any(axis=0).sum()),
        metrics,
        {name: estimate((ours["mrr"] - found[name]["mrr"]).to_numpy()) for name in rivals},
        best,
    )


def _worth(examined: Examined, lessons: list[Lesson]) -> dict[str, Estimate]:
    return {name: estimate(falls) for name, falls in worth(examined, lessons).items()}


def _unknown(kinds: tuple[str, ...], examined: dict[str, Examined]) -> list[str]:
    return [f"{kind}: too few recipients to learn from or to ask about" for kind in kinds if kind not in examined]


def _predictions(dataset: str, examined: dict[str, Examined], chances: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return every ranked pair: dataset, kind, recipient key, candidate, score, probability, what came."""
    import numpy as np
    import pandas as pd

    frames = [pd.DataFrame(columns=["dataset", "kind", "recipient", "candidate", "score", "probability", "came"])]
    for kind, one in examined.items():
        world = one.lesson.question.world
        counts = one.lesson.counts
        rows, columns = np.nonzero(counts)
        frames.append(
            pd.DataFrame(
                {
                    "dataset": dataset,
                    "kind": kind,
                    "recipient": world.recipients["recipient"].to_numpy()[one.lesson.recipients[rows]],
                    "candidate": world.funders["funder"].to_numpy()[one.lesson.candidates[columns]],
                    "score": one.scores[MODEL][rows, columns],
                    "probability": np.asarray(chances[kind])[rows, columns] if kind in chances else np.nan,
                    "came": one.lesson.labels[rows, columns],
                }
            )
        )
    return pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)
