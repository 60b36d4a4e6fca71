"""The model that answers today: trained on the newest windows that a lake covers, kept as files beside its versions.

A model is a folder ``models/likelihood-<lake version>-<digest>/`` in the lake: ``model.bin`` and ``card.json``, which names
the data version, the code version, what it was learned from, its figures, and the digest of the file. The same inputs give
the same bytes. Only the program that made a model asks it: other code may read other features, or none, out of the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from catalynx.backtest.datasets import DATASETS
from catalynx.backtest.reckoning import expected_volume, periods
from catalynx.errors import LakeDamaged, LakeEmpty, NotFound
from catalynx.likelihood.chances import Chances, fit_chances
from catalynx.likelihood.intervals import Spread, fit_spread
from catalynx.likelihood.splitting import Question

if TYPE_CHECKING:
    import numpy as np

    from catalynx.lake import Snapshot
    from catalynx.likelihood.world import World

LEAST_SHARE = 0.5
"""A year with fewer gifts than that share of the fullest is not taken for covered."""
MODELS, MODEL, CARD = "models", "model.bin", "card.json"
OTHER_PROGRAM = "model of this program for the lake version"
"""What is not there where a model is, but other code made it: the kind of thing that `NotFound` names."""


@dataclass(frozen=True)
class Trained:
    """A model with what it rests on.

    Attributes
    ----------
    origin : the last year that was known
    volume : new pairs of recipients on record to expect in the window
    """

    dataset: str
    origin: int
    window: int
    features: tuple[str, ...]
    chances: Chances
    spread: Spread
    volume: float
    learned_from: tuple[int, ...]
    calibrated_on: int


def train(lake: Snapshot, *, dataset: str = "A", progress: Callable[[str], None] | None = None) -> Trained:
    """Learn chances from the windows that end with the newest year that is well covered.

    Raises
    ------
    LakeEmpty
        There are not two windows, one to learn from and a later one to set the chances right on.
    """
    chosen = DATASETS[dataset]
    lake.need(*chosen.tables)
    world = chosen.load(lake)
    question = Question(world, newest_year(world), chosen.window, covered_only=False)
    later, learn = periods(question, progress or (lambda words: None))
    if later is None or not learn:
        raise LakeEmpty(
            f"too few years of {chosen.title} are in the lake to learn from one window and check on a later one. "
            "`catalynx ingest PATH` reads more of them."
        )
    chances = fit_chances(learn, [later])
    return Trained(
        dataset,
        question.origin,
        question.window,
        later.names,
        chances,
        fit_spread([later], chances),
        expected_volume(question, goes_on(question)),
        tuple(one.question.origin for one in learn),
        later.question.origin,
    )


def goes_on(question: Question) -> np.ndarray:
    """Return row numbers of the funders that were active until the origin and whose record goes on to it at least."""
    active = question.candidates
    found: np.ndarray = active[question.world.funders["last_year"].to_numpy()[active] >= question.origin]
    return found


def newest_year(world: World) -> int:
    """Return the last year with at least ``LEAST_SHARE`` of the gifts of the fullest year."""
    by_year = world.gifts.groupby("year").size()
    return int(by_year[by_year >= LEAST_SHARE * by_year.max()].index.max())


def keep(trained: Trained, lake: Path, version: str, code: str) -> Path:
    """Write the model beside the versions of the lake and return its folder; the same model is written once."""
    content = pickle.dumps(trained, protocol=5)
    digest = hashlib.sha256(content).hexdigest()
    folder = lake / MODELS / f"likelihood-{version}-{digest[:12]}"
    card = {
        "what": "the chance that a new grant from a funder to an organisation will be reported in the years after the origin",
        "dataset": trained.dataset,
        "lake_version": version,
        "code_version": code,
        "code_sha256": code_digest(),
        "origin": trained.origin,
        "window_years": trained.window,
        "learned_from": list(trained.learned_from),
        "calibrated_on": trained.calibrated_on,
        "expected_new_pairs": trained.volume,
        "spread_variance": trained.spread.variance,
        "features": list(trained.features),
        "sha256": digest,
    }
    fresh = folder.with_name(f".{folder.name}-{os.getpid()}")
    fresh.mkdir(parents=True, exist_ok=True)
    (fresh / MODEL).write_bytes(content)
    (fresh / CARD).write_text(json.dumps(card, indent=1, sort_keys=True) + "\n")
    if folder.exists():
        for name in (MODEL, CARD):
            os.replace(fresh / name, folder / name)
        fresh.rmdir()
    else:
        os.replace(fresh, folder)
    return folder


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return a digest of the code that makes and reads a model."""
    here = Path(__file__).parent
    files = [*(here.parent / "likelihood").glob("*.py"), *(here / f"{name}.py" for name in ("datasets", "reckoning", "training"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()


def newest_model(lake: Path, version: str) -> tuple[Trained, dict[str, object]]:
    """Read the model that was trained on `version` of the lake, and its card.

    Raises
    ------
    NotFound, LakeDamaged
    """
    found = sorted((lake / MODELS).glob(f"likelihood-{version}-*/{CARD}"))
    if not found:
        raise NotFound("model of the lake version", version, "`catalynx likelihood train` makes it.")
    cards = {place: json.loads(place.read_text()) for place in found}
    ours = [place for place in found if cards[place].get("code_sha256") == code_digest()]
    if not ours:
        raise NotFound(OTHER_PROGRAM, version, "Other code made the one there is; `catalynx likelihood train` makes it anew.")
    card, file = cards[ours[-1]], ours[-1].with_name(MODEL)
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != card["sha256"]:
        raise LakeDamaged(file, "its checksum is not the one of its card", way_out="`catalynx likelihood train` makes it anew.")
    trained: Trained = pickle.loads(content)  # noqa: S301 (a file of the workspace's own, held against its digest)
    return trained, card
