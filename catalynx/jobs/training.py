"""Training the model of chances on the lake's current version, in the background."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from catalynx.errors import BadParameter, NotFound

if TYPE_CHECKING:
    from catalynx.jobs.kinds import Checked, Order, Say
    from catalynx.settings import Settings

STEPS: Final = 5
"""Up to three windows to learn from, then what is learned of them, then the files."""


def check_training(settings: Settings, given: Mapping[str, Any], profile_id: str | None) -> Checked:
    """Refuse what is not asked: the model is of the lake, and has no choices."""
    if given:
        raise BadParameter("parameters", sorted(given), "none: the model is trained on the lake's current version")
    if profile_id is not None:
        raise BadParameter("profile_id", profile_id, "left out: the model belongs to no profile")
    return {}


def train_model(settings: Settings, order: Order, say: Say) -> Path:
    """Train the model, keep it in the lake, and return its card; where this program has trained one on this version, it stays.

    Raises
    ------
    LakeEmpty
        Too few years of grants are in the lake.
    """
    from catalynx import __version__
    from catalynx.backtest import keep, newest_model, train
    from catalynx.backtest.training import CARD, MODELS
    from catalynx.workspace import Workspace

    lake = settings.lake
    with Workspace(settings) as workspace:
        version = workspace.lake.id
        try:
            _, card = newest_model(lake, version)
        except NotFound:
            pass
        else:
            say("there already", STEPS, STEPS)
            return lake / MODELS / f"likelihood-{version}-{str(card['sha256'])[:12]}" / CARD
        steps = iter(range(1, STEPS - 1))
        say("reading the grants", 0, STEPS)
        trained = train(workspace.lake, progress=lambda words: say(f"learning {words}", next(steps, STEPS - 2), STEPS))
        say("keeping the model", STEPS - 1, STEPS)
        folder = keep(trained, lake, version, __version__)
    say("done", STEPS, STEPS)
    return folder / CARD
