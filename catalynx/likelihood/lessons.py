"""Past questions with their answers, as rows to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalynx.likelihood.features import Knowledge, table
from catalynx.likelihood.splitting import Question

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

MOST_CANDIDATES = 120


@dataclass(frozen=True)
class Lesson:
    """The features of some recipients with all candidates of one question, and what became of the pairs.

    Attributes
    ----------
    features : recipients × candidates × features
    labels : recipients × candidates, true where a new pair came on record
    counts : recipients × candidates, true where the pair was open and its funder's record goes on to the end of the window
    open : recipients × candidates, true where the pair was not on record at the origin
    weight : for how many recipients each one stands, when not all were taken
    shown : how many pairs of each recipient count as on record
    """

    question: Question
    recipients: np.ndarray
    candidates: np.ndarray
    names: tuple[str, ...]
    features: np.ndarray
    labels: np.ndarray
    counts: np.ndarray
    open: np.ndarray
    weight: np.ndarray
    shown: np.ndarray

    def weights(self) -> np.ndarray:
        """Return the weight of every pair that counts, in the order of ``rows(only_asked=False)``."""
        import numpy as np

        return self.weight[np.nonzero(self.counts)[0]]

    def rows(self, *, only_asked: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return features, labels and the row number of the recipient, one row a pair that counts.

        With `only_asked`, recipients without a new funder are left out, as a choice is learned from; and of more than
        ``MOST_CANDIDATES`` others, so many are drawn for each: a sample of what was not chosen teaches the same choice.
        """
        import numpy as np

        taken = self.labels & self.counts
        use = self.counts & taken.any(axis=1)[:, None] if only_asked else self.counts
        if only_asked and len(self.candidates) > MOST_CANDIDATES:
            drawn = np.random.Generator(np.random.PCG64(self.question.origin)).random(use.shape)
            drawn[~use | taken] = 2
            limit = np.partition(drawn, MOST_CANDIDATES, axis=1)[:, MOST_CANDIDATES]
            use = use & (taken | (drawn < limit[:, None]))
        places, columns = np.nonzero(use)
        return self.features[places, columns], taken[places, columns], places


def lesson(
    question: Question,
    recipients: np.ndarray,
    knowledge: Knowledge,
    *,
    held: csr_matrix | None = None,
    weight: np.ndarray | None = None,
) -> Lesson:
    """Return the lesson of `recipients`; all funders active until the origin are candidates, also those that do not count.

    Parameters
    ----------
    held : recipients × funders, pairs that count as on record for these recipients beyond what was until the origin
    """
    import numpy as np

    candidates = np.unique(question.history.pairs["funder"].to_numpy())
    features, names = table(knowledge, recipients, candidates, held=held)
    labels = question.answers[recipients][:, candidates].toarray() > 0
    unseen = question.history.seen[recipients][:, candidates].toarray() == 0
    if held is not None:
        unseen &= held[:, candidates].toarray() == 0
    labels &= unseen
    counts = unseen & np.isin(candidates, question.candidates)[None, :]
    weight = np.ones(len(recipients)) if weight is None else weight
    shown = np.diff((question.history.seen[recipients] if held is None else held).indptr)
    return Lesson(question, recipients, candidates, tuple(names), features, labels, counts, unseen, weight, shown)


def sample_of_known(question: Question, most: int, *, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Return recipients on record at the origin, with all that got a new funder, and for how many each one stands."""
    import numpy as np

    known, warm = question.known, question.warm
    quiet = np.setdiff1d(known, warm)
    if len(known) <= most:
        return known, np.ones(len(known))
    kept = np.random.Generator(np.random.PCG64(seed)).permutation(len(quiet))[: max(most - len(warm), 1)]
    chosen = np.sort(np.concatenate([warm, quiet[kept]]))
    return chosen, np.where(np.isin(chosen, warm), 1.0, len(quiet) / len(kept))


def revealed_half(question: Question, recipients: np.ndarray, *, draw: int = 0) -> csr_matrix:
    """Return recipients × funders: half of the new pairs of each recipient with two or more, chosen by a digest of their keys.

    Another `draw` chooses another half.
    """
    from hashlib import blake2b

    import numpy as np
    from scipy.sparse import csr_matrix

    keys, names = question.world.recipients["recipient"], question.world.funders["funder"]
    rows, columns = [], []
    for place, recipient in enumerate(recipients):
        came = np.intersect1d(question.answers[recipient].indices, question.candidates)
        drawn = sorted(came, key=lambda funder: blake2b(f"{draw or ''}{keys[recipient]}|{names[funder]}".encode()).digest())
        rows += [place] * (len(drawn) // 2)
        columns += drawn[: len(drawn) // 2]
    shape = (len(recipients), len(names))
    return csr_matrix((np.ones(len(rows)), (np.array(rows, dtype=int), np.array(columns, dtype=int))), shape=shape)


def earlier_questions(question: Question, *, most: int, apart: int = 1) -> list[Question]:
    """Return questions whose windows end at the origin of `question` or before, the latest first.

    Parameters
    ----------
    most : at most so many
    apart : years between their origins
    """
    first, _ = question.world.years
    origins = range(question.origin - question.window, first - 1, -apart)
    return [Question(question.world, origin, question.window) for origin in list(origins)[:most]]


def joined(lessons: Sequence[Lesson], *, only_asked: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the rows of all lessons with groups numbered through."""
    import numpy as np

    parts = [one.rows(only_asked=only_asked) for one in lessons]
    groups, start = [], 0
    for _, _, places in parts:
        _, numbered = np.unique(places, return_inverse=True)
        groups.append(numbered + start)
        start += int(numbered.max(initial=-1)) + 1
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts]), np.concatenate(groups)
