"""How likely money is: of foundations the chance that a new grant will be reported, of federal programs how many were funded.

Two things that are not the same stand side by side, and are never multiplied. The chance is the model's, for one organisation,
and is about what lists of grants will show. The base rate is the agency's count, of all who applied, and knows nothing of who
asks.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from catalynx import workflows
from catalynx.errors import LakeDamaged, NotFound
from catalynx.figures import wording
from catalynx.lookups.base_rates import base_rates
from catalynx.lookups.plain import plain_frame

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.backtest import Ready, Trained
    from catalynx.records.profile import Profile
    from catalynx.workflows import Decided, Workspace

CLAIM = "the chance that a new grant from this funder to this organization will be reported in these years, not of winning one"
TRAIN: Final = "catalynx likelihood train"
UNTRAINED: Final = "unknown: no model was trained on this version of the data"
OTHER_PROGRAM: Final = "unknown: the model of this version of the data was trained by another version of the program"
NOT_FOUNDATIONS: Final = "unknown: the model knows foundations' published grants only"
ANSWERS_KEPT: Final = 32
_RATES = ("applications_count", "awards_count", "award_rate_year", "award_rate_kind", "award_rate_sentence")


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """How likely money from each candidate of a profile is.

    Attributes
    ----------
    rows : ``candidate_id``, ``kind``, ``name``; of the model ``likelihood``, ``likelihood_low``, ``likelihood_high`` (0–1, NaN =
        unknown; nine of ten lie within) and ``likelihood_note`` (what the number says, or why there is none); of federal programs
        and announcements the base rate, as `lookups.base_rates` says it, with ``applications_count``, ``awards_count``,
        ``award_rate_year``, ``award_rate_kind`` and ``award_rate_sentence``. The likeliest first, then the highest base rates
    first_year, last_year : the years that the chances speak of; None without a model
    learned_from, calibrated_on : last years known of the windows that it was learned from and set right on
    unknown : why no chance is known at all, None where a model answers; and what to do about it
    """

    rows: pd.DataFrame
    lake_version: str
    as_of: date
    first_year: int | None = None
    last_year: int | None = None
    learned_from: tuple[int, ...] = ()
    calibrated_on: int | None = None
    unknown: str | None = None
    way_out: str | None = None


@dataclass(frozen=True, slots=True)
class HowLikely:
    """What is known of how likely money from one candidate is.

    Attributes
    ----------
    likelihood, likelihood_low, likelihood_high : chance that a new grant will be reported in the years, 0–1; None = unknown
    says : what that means in words, or why it is unknown
    way_out : the command that would make it known, where one would
    base_rate, base_rate_low, base_rate_high : share of all applications that was funded, 0–1; None = not stated, or not asked
    base_rate_says, base_rate_sentence : that in words, and the sentence of the program's own text; None where it states none
    """

    candidate_id: str
    likelihood: float | None
    likelihood_low: float | None
    likelihood_high: float | None
    first_year: int | None
    last_year: int | None
    says: str
    way_out: str | None
    base_rate: float | None
    base_rate_low: float | None
    base_rate_high: float | None
    base_rate_year: int | None
    base_rate_kind: str | None
    base_rate_says: str | None
    base_rate_sentence: str | None

    @property
    def in_words(self) -> str:
        """All of it in one or two sentences, the stronger first."""
        if self.base_rate_says is not None:
            return f"{self.base_rate_says} That counts all who applied; for you it is {self.says[:1].lower()}{self.says[1:]}"
        return self.says if self.way_out is None else f"{self.says} `{self.way_out}` trains one on it."


def likelihoods_of(workspace: Workspace, profile: Profile, *, as_of: date | None = None) -> Likelihoods:
    """Ask the model that was trained on the lake's current version, and the texts of federal programs.

    Without a model the chances are unknown, and ``unknown`` and ``way_out`` say why and what to do.

    Raises
    ------
    LakeEmpty, LakeDamaged
    """
    return likelihoods_among(workspace, workflows.decide(workspace, profile, as_of=as_of))


def likelihoods_among(workspace: Workspace, decided: Decided) -> Likelihoods:
    """Say how likely each candidate of answers is that are there already."""
    import pandas as pd

    candidates = decided.candidates
    found = _trained_on(workspace, decided.lake_version)
    chances = _unknown_of(candidates, found if isinstance(found, str) else UNTRAINED)
    told: dict[str, Any]
    if isinstance(found, str):
        told = {"unknown": found, "way_out": TRAIN}
    else:
        trained, digest = found
        chances.update(_chances(workspace, decided, trained, digest))
        told = {
            "first_year": trained.origin + 1, "last_year": trained.origin + trained.window,
            "learned_from": trained.learned_from, "calibrated_on": trained.calibrated_on,
        }  # fmt: skip
    rates = base_rates(candidates)
    whole = pd.concat([candidates[["candidate_id", "kind", "name"]], chances, rates, candidates[list(_RATES)]], axis=1)
    order = ["likelihood", "base_rate", "candidate_id"]
    whole = whole.sort_values(order, ascending=[False, False, True], na_position="last", ignore_index=True)
    return Likelihoods(whole, decided.lake_version, decided.rules.as_of, **told)


def how_likely(found: Likelihoods, candidate_id: str) -> HowLikely:
    """Return what is known of one candidate.

    Raises
    ------
    NotFound
    """
    rows = found.rows[found.rows["candidate_id"] == candidate_id]
    if rows.empty:
        raise NotFound("candidate", candidate_id, "It may come from another version of the data.")
    row = plain_frame(rows.head(1))[0]
    is_known = row["likelihood"] is not None
    lacks_model = not is_known and row["kind"] == "foundation"
    return HowLikely(
        candidate_id, row["likelihood"], row["likelihood_low"], row["likelihood_high"],
        found.first_year if is_known else None, found.last_year if is_known else None,
        _in_words(row, found) if is_known else f"{str(row['likelihood_note']).capitalize()}.",
        found.way_out if lacks_model else None,
        row["base_rate"], row["base_rate_low"], row["base_rate_high"],
        None if row["base_rate"] is None else int(row["award_rate_year"]), row["award_rate_kind"], row["base_rate_says"],
        row["award_rate_sentence"],
    )  # fmt: skip


def forget_chances() -> None:
    """Let go of the answers that this process keeps: a profile was purged."""
    with _ASKING:
        _KEPT.clear()


def _in_words(row: dict[str, Any], found: Likelihoods) -> str:
    low, high = wording.chance(row["likelihood_low"]), wording.chance(row["likelihood_high"])
    known_to = 0 if found.first_year is None else found.first_year - 1
    # What follows the years in the note tells what else to know: that nothing of the organisation is on record, for instance.
    _, _, more = str(row["likelihood_note"]).partition("; ")
    said = [
        f"A new grant to you will be reported for {found.first_year}–{found.last_year} with a chance of "
        f"{wording.chance_in_words(row['likelihood'])}; nine times of ten it lies from {low} to {high}.",
        f"That is from lists of grants until {known_to}, and says nothing of who applies.",
    ]
    if (found.last_year or 0) < found.as_of.year:
        said.append("Those years are past: newer lists are not in the data.")
    return " ".join([*said, f"{more[:1].upper()}{more[1:]}."] if more else said)


def _unknown_of(candidates: pd.DataFrame, why: str) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    blank = pd.DataFrame(np.nan, candidates.index, ["likelihood", "likelihood_low", "likelihood_high"])
    foundation = candidates["kind"].eq("foundation")
    return blank.assign(likelihood_note=np.where(foundation, why, NOT_FOUNDATIONS).astype("object"))


def _trained_on(workspace: Workspace, version: str) -> tuple[Trained, str] | str:
    """Return the model of a lake version and its digest, or why there is none."""
    from catalynx.backtest import newest_model, training

    try:
        trained, card = newest_model(workspace.settings.lake, version)
    except NotFound as error:
        return OTHER_PROGRAM if error.kind == training.OTHER_PROGRAM else UNTRAINED
    except LakeDamaged as error:
        return f"unknown: {error}"
    return trained, str(card["sha256"])


_ASKING = Lock()
_READY: dict[str, Ready] = {}
"""What the newest model has read of its lake; one at a time, since it holds all grants."""
_KEPT: OrderedDict[str, pd.DataFrame] = OrderedDict()
workflows.FORGETTING.append(forget_chances)


def _chances(workspace: Workspace, decided: Decided, trained: Trained, digest: str) -> pd.DataFrame:
    """Ask the model; who asks the same gets what is kept, and who asks meanwhile waits."""
    from catalynx.backtest import likelihoods, make_ready

    profile, day = decided.profile, decided.rules.as_of
    asked = json.dumps([digest, str(workspace.lake.folder), profile.fields(), day], sort_keys=True, default=str)
    key, model = hashlib.sha256(asked.encode()).hexdigest(), f"{workspace.lake.folder} {digest}"
    with _ASKING:
        if key not in _KEPT:
            if model not in _READY:
                _READY.clear()
                _READY[model] = make_ready(workspace.lake, trained)
            foundations = decided.candidates[decided.candidates["kind"] == "foundation"]
            _KEPT[key] = likelihoods(workspace.lake, _READY[model], foundations, workflows.applicant_of(profile))
            while len(_KEPT) > ANSWERS_KEPT:
                _KEPT.popitem(last=False)
        return _KEPT[key]
