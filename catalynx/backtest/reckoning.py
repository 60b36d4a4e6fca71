"""How likely what came was: chances learned on one period, set right on a later one, and judged on the last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from catalynx.likelihood.chances import Chances, chances_of, fit_chances, shift_to
from catalynx.likelihood.features import Knowledge
from catalynx.likelihood.intervals import Spread, fit_spread
from catalynx.likelihood.lessons import Lesson, lesson, sample_of_known
from catalynx.likelihood.popularity import newcomers_within
from catalynx.likelihood.splitting import Question

if TYPE_CHECKING:
    import numpy as np

    from catalynx.backtest.examining import Examined

SAMPLE = 4000
"""Recipients that a lesson of chances takes; those that got a new funder are all among them."""
BLOCK = 1500
RECENT_YEARS = 2


@dataclass(frozen=True)
class Reckoned:
    """How good the chances were.

    Attributes
    ----------
    log_loss, constant_log_loss : mean over pairs; the constant is the rate of the last window before the origin
    lower_by_pct : how far the first is below the second, percent
    ratio, ratio_top_decile, ratio_by_size : chances added up over what came: of all pairs, of the tenth with the highest
        chances, of each fifth of recipients by size, smallest first
    funders : those of which one new pair or more was expected: for others an interval says little more than 0
    covered_by_funder_pct : share of them whose count of new pairs fell into its 90 % interval, percent; NaN without any
    """

    pairs: int
    came: int
    rate_before: float
    log_loss: float
    constant_log_loss: float
    lower_by_pct: float
    ratio: float
    ratio_top_decile: float
    ratio_by_size: tuple[float, ...]
    funders: int
    covered_by_funder_pct: float
    spread: Spread
    learned_from: tuple[int, ...]
    calibrated_on: int

    def plain(self) -> dict[str, object]:
        """Return plain values."""
        return {**asdict(self), "ratio_by_size": list(self.ratio_by_size), "learned_from": list(self.learned_from)}


def reckon(
    question: Question,
    knowledge: Knowledge,
    revealed: Sequence[Lesson] | None,
    examined: dict[str, Examined],
    told: Callable[[str], None],
) -> tuple[Reckoned | None, dict[str, np.ndarray]]:
    """Judge chances: of recipients on record (A, B), or of those of which half was revealed (C2); None without earlier periods.

    Returns
    -------
    and the chances of the pairs that were examined, by kind of recipient
    """
    if revealed is not None:
        latest = max((one.question.origin for one in revealed), default=0)
        later = [one for one in revealed if one.question.origin == latest]
        learn = [one for one in revealed if one.question.origin < latest]
        if not learn or "revealed" not in examined:
            return None, {}
        test = examined["revealed"].lesson
        chances = fit_chances(learn, later)
        log_odds = chances.log_odds(test.features.reshape(-1, test.features.shape[-1])).reshape(test.counts.shape)
        found = judge(test.labels, test.counts, chances_of(log_odds), test.shown, later[0], learn, chances)
        return found, {"revealed": chances_of(log_odds)}
    calibrated, learn = periods(question, told)
    if calibrated is None or not learn or "warm" not in examined:
        return None, {}
    chances = fit_chances(learn, [calibrated])
    told("all recipients on record")
    known = question.known
    labels, counts, log_odds = _scored(question, knowledge, chances)
    shift = shift_to(log_odds[counts], expected_volume(question))
    probabilities = chances_of(log_odds + shift)
    found = judge(labels, counts, probabilities, _money(question)[known], calibrated, learn, chances)
    place = {int(row): at for at, row in enumerate(known)}
    asked = examined["warm"].lesson.recipients
    return found, {"warm": probabilities[[place[int(row)] for row in asked]]}


def periods(question: Question, told: Callable[[str], None]) -> tuple[Lesson | None, list[Lesson]]:
    """Return the lesson to set chances right on, and earlier ones whose windows end before its begins."""
    window, world = question.window, question.world
    found = []
    for origin in (question.origin - window, question.origin - 2 * window, question.origin - 2 * window - 2):
        if origin <= world.years[0]:
            continue
        earlier = Question(world, origin, window)
        if len(earlier.warm) < 5:
            continue
        told(f"chances from {origin}")
        recipients, weight = sample_of_known(earlier, SAMPLE)
        found.append(lesson(earlier, recipients, Knowledge(earlier.history), weight=weight))
    return (found[0], found[1:]) if found and found[0].question.origin == question.origin - window else (None, [])


def _scored(question: Question, knowledge: Knowledge, chances: Chances) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    import numpy as np

    labels, counts, odds = [], [], []
    for start in range(0, len(question.known), BLOCK):
        part = lesson(question, question.known[start : start + BLOCK], knowledge)
        labels.append(part.labels)
        counts.append(part.counts)
        odds.append(chances.log_odds(part.features.reshape(-1, part.features.shape[-1])).reshape(part.counts.shape))
    return np.vstack(labels), np.vstack(counts), np.vstack(odds)


def expected_volume(question: Question, candidates: np.ndarray | None = None) -> float:
    """Return how many new pairs of recipients on record and candidates to expect in the window.

    The candidates' new pairs of the window before the origin, or of its last years for as long, whichever is less: what has
    waned lately seldom comes back, and what has risen lately seldom goes on. How far that was off at earlier origins is not
    counted in: it swings too much to tell the next.

    Parameters
    ----------
    candidates : row numbers of funders; those of the question when not given
    """
    world, window = question.world, question.window
    funders = question.candidates if candidates is None else candidates
    past = Question(world, question.origin - window, window, covered_only=False)
    before = float(past.answers[past.known][:, funders].sum())
    lately = float(newcomers_within(question.history, RECENT_YEARS, warm=True)[funders].sum())
    return max(min(before, lately * window / RECENT_YEARS), 1.0)


def _money(question: Question) -> np.ndarray:
    """Return the money of each recipient until the origin: its size as far as the lists tell."""
    import numpy as np

    gifts = question.history.gifts
    usd = np.maximum(np.nan_to_num(gifts["amount_usd"].to_numpy()), 0)
    return np.bincount(gifts["recipient"].to_numpy(), weights=usd, minlength=question.history.shape[0])


def judge(
    labels: np.ndarray,
    counts: np.ndarray,
    chances: np.ndarray,
    size: np.ndarray,
    later: Lesson,
    learn: Sequence[Lesson],
    model: Chances,
) -> Reckoned:
    """Compare chances with what came."""
    import numpy as np

    came, chance = labels[counts].astype(float), chances[counts]
    before = later.weights()
    rate = float((before * (later.labels & later.counts)[later.counts]).sum() / before.sum())
    loss = float(-(came * np.log(chance) + (1 - came) * np.log1p(-chance)).mean())
    constant = float(-(came * np.log(rate) + (1 - came) * np.log1p(-rate)).mean())
    top = np.argsort(-chance, kind="stable")[: max(len(chance) // 10, 1)]
    fifths = np.array_split(np.argsort(size, kind="stable"), 5)
    spread = fit_spread([later], model)
    expected = np.where(counts, chances, 0).sum(axis=0)
    observed = (labels & counts).sum(axis=0)
    asked = counts.any(axis=0) & (expected >= 1)
    within = spread.holds(expected[asked], observed[asked])
    return Reckoned(
        pairs=len(came),
        came=int(came.sum()),
        rate_before=rate,
        log_loss=loss,
        constant_log_loss=constant,
        lower_by_pct=100 * (1 - loss / constant),
        ratio=float(chance.sum() / max(came.sum(), 1)),
        ratio_top_decile=float(chance[top].sum() / max(came[top].sum(), 1)),
        ratio_by_size=tuple(
            float(np.where(counts[rows], chances[rows], 0).sum() / max((labels & counts)[rows].sum(), 1)) for rows in fifths
        ),
        funders=int(asked.sum()),
        covered_by_funder_pct=float(100 * within.mean()) if len(within) else float("nan"),
        spread=spread,
        learned_from=tuple(one.question.origin for one in learn),
        calibrated_on=later.question.origin,
    )
