"""The chance that a new grant from each candidate to an organisation will be reported, or why it is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from catalynx.backtest.datasets import DATASETS
from catalynx.lake.names import normal_name
from catalynx.likelihood import popularity
from catalynx.likelihood.chances import chances_of, shift_to
from catalynx.likelihood.features import Knowledge, table
from catalynx.likelihood.world import History, World

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from catalynx.backtest.training import Trained
    from catalynx.lake import Snapshot
    from catalynx.rules import Applicant

WIDE = 10.0
"""How many times lower or higher the chance of a cold organisation may be: its own record, which tells most, is missing."""
MOST_COLD = 0.5
ORGANIZATIONS = 1_400_000
"""Charities of the whole Business Master File (IRS, 2026), where the lake holds fewer."""
SAMPLE = 1500
COLUMNS = ("likelihood", "likelihood_low", "likelihood_high", "likelihood_note")


@dataclass(frozen=True, eq=False)
class Ready:
    """A model with what it has read of the lake; what does not depend on who asks is worked out once.

    Attributes
    ----------
    active : row numbers of the funders with a gift on record until the origin
    """

    trained: Trained
    world: World
    history: History
    knowledge: Knowledge
    active: np.ndarray

    @cached_property
    def shift(self) -> float:
        """By how much the log odds of a sample of all recipients on record are moved for their sum to meet the volume."""
        import numpy as np

        history, trained = self.history, self.trained
        goes_on = self.world.funders["last_year"].to_numpy()[self.active] >= trained.origin
        known = np.flatnonzero(history.funders_of > 0)
        sample = np.sort(np.random.Generator(np.random.PCG64(3)).permutation(known)[:SAMPLE])
        unseen = (history.seen[sample][:, self.active].toarray() == 0) & goes_on[None, :]
        return shift_to(self.odds(sample)[unseen], trained.volume * len(sample) / len(known))

    def odds(self, recipients: np.ndarray) -> np.ndarray:
        """Return log odds of recipients and active funders, before the shift."""
        features, _ = table(self.knowledge, recipients, self.active)
        return self.trained.chances.log_odds(features.reshape(-1, features.shape[-1])).reshape(features.shape[:2])


def make_ready(lake: Snapshot, trained: Trained) -> Ready:
    """Read what the lake holds for a model; takes seconds, and answers many profiles."""
    import numpy as np

    world = DATASETS[trained.dataset].load(lake)
    history = world.until(trained.origin)
    return Ready(trained, world, history, Knowledge(history), np.unique(history.pairs["funder"].to_numpy()))


@dataclass(frozen=True)
class _Asked:
    """The applicant in the world of the model: its row, or -1 when nothing of it is on record."""

    row: int
    state: str | None
    ntee_major: str | None


def likelihoods(lake: Snapshot, ready: Ready, candidates: pd.DataFrame, applicant: Applicant) -> pd.DataFrame:
    """Return the chance of each candidate.

    Parameters
    ----------
    candidates : needs ``candidate_id`` and ``kind``, as discovery gives them
    applicant : who asks; with an EIN that grants were linked to, or a name under which they stand, it is on record

    Returns
    -------
    on the index of `candidates`: ``likelihood``, ``likelihood_low``, ``likelihood_high`` (0 to 1, NaN = unknown; nine times of
    ten within), and ``likelihood_note``: what the number says, or why there is none
    """
    import numpy as np
    import pandas as pd

    world, history, trained = ready.world, ready.history, ready.trained
    asked = _find(lake, world, history, applicant)
    answers = _warm(ready, asked.row) if asked.row >= 0 else _cold(lake, ready, asked)
    keys = "foundation:" + world.funders["funder"].str.replace("ein:", "", regex=False)
    place = {key: at for at, key in enumerate(keys)}
    rows = []
    for kind, candidate in zip(candidates["kind"], candidates["candidate_id"], strict=True):
        at = place.get(str(candidate), -1)
        missing = _why_unknown(str(kind), at, world, history, trained, asked)
        chance, low, high = (np.nan,) * 3 if missing else (float(values[at]) for values in answers)
        rows.append((chance, low, high, missing or _note(trained, asked)))
    return pd.DataFrame(rows, columns=list(COLUMNS), index=candidates.index)


def _find(lake: Snapshot, world: World, history: History, applicant: Applicant) -> _Asked:
    """Find the applicant among the recipients by its EIN, as links tell it, else by its name in normal form and state."""
    import numpy as np

    keys: set[str] = set()
    if applicant.ein:
        linked = lake.sql("SELECT recipient_key FROM entity_links WHERE ein = ?", [applicant.ein])
        keys = set(linked["recipient_key"])
    recipients = world.recipients
    same = recipients["recipient"].isin(keys)
    if not same.any() and applicant.name:
        states = recipients["state"].isna() | recipients["state"].isin(list(applicant.states))
        same = (recipients["name"] == normal_name(applicant.name)) & states
    rows = np.flatnonzero(same.to_numpy() & (history.funders_of > 0))
    state = applicant.states[0] if applicant.states else None
    field = applicant.ntee_majors[0] if applicant.ntee_majors else None
    # Under several spellings, the one with the most funders on record speaks for it.
    return _Asked(int(rows[np.argmax(history.funders_of[rows])]) if len(rows) else -1, state, field)


def _warm(ready: Ready, row: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the model's chances for a recipient on record."""
    import numpy as np

    chance = np.full(ready.history.shape[1], np.nan)
    chance[ready.active] = chances_of(ready.odds(np.array([row]))[0] + ready.shift)
    chance[ready.history.seen[row].indices] = np.nan
    low, high = ready.trained.spread.factors()
    return chance, chance * low, np.minimum(chance * high, 1.0)


def _cold(lake: Snapshot, ready: Ready, asked: _Asked) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, for an organisation without a grant on record, the newcomers to expect, spread over all organisations there are.

    A field or state that a funder's recipients favour counts by how much it does; the rest is unknown, hence ``WIDE``.
    """
    import numpy as np
    import pandas as pd

    history = ready.history
    newcomers = popularity.newcomers_within(history, ready.trained.window, warm=False)
    held = int(lake.version.rows("organizations"))
    # Half a newcomer more: none in one window does not say never.
    chance = (newcomers + 0.5) / max(held, ORGANIZATIONS)
    for column, value in (("state", asked.state), ("ntee_major", asked.ntee_major)):
        kinds = pd.Categorical(ready.world.recipients[column])
        if value is not None and value in kinds.categories:
            favour = popularity.lift(popularity.by_attribute(history, kinds.codes.astype("int64")))
            chance = chance * np.exp(favour[kinds.categories.get_loc(value)])
    return np.minimum(chance, MOST_COLD), chance / WIDE, np.minimum(chance * WIDE, 1.0)


def _why_unknown(kind: str, at: int, world: World, history: History, trained: Trained, asked: _Asked) -> str:
    if kind != "foundation":
        return "unknown: the model knows foundations' published grants only"
    if at < 0:
        return "unknown: the lists that the model learned from do not hold this foundation"
    if not len(history.seen[:, at].indices):
        return f"unknown: nothing of this foundation is on record until {trained.origin}"
    last = int(world.funders["last_year"].iloc[at])
    if last < trained.origin:
        return f"unknown: the list of this foundation ends in {last}; silence after it means nothing"
    if asked.row >= 0 and history.seen[asked.row, at]:
        return "no new pair: this foundation has funded you before"
    return ""


def _note(trained: Trained, asked: _Asked) -> str:
    said = f"chance that a new grant will be reported in {trained.origin + 1}–{trained.origin + trained.window}"
    if asked.row >= 0:
        return said
    return f"{said}; nothing of you is on record, so it rests on how many newcomers there are, and can be {WIDE:.0f} times off"
