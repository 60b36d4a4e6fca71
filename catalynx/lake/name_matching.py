"""How alike two normalised names are, and which pairs are worth comparing.

A word weighs what it tells: the logarithm of how rare it is among the organisations' names. So ``SHELBURNE FORMS`` is near
``SHELBURNE FARMS`` (one word misspelt) and far from ``SHELBURNE MUSEUM`` (a telling word differs).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from catalynx.lake.name_words import FILLER_WORDS, IDENTITY_WORDS, STATES

_STATE_WORDS = frozenset(word for name in STATES for word in name.split())
_MISSPELT_AT_LEAST = 0.85
_MISSPELT_LETTERS = 5
_LETTERS_ALIKE_AT_LEAST = 70.0
_DIFFERENT = 0.6
_PAIRS_AT_ONCE = 200_000


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """In how many of `size` names each word stands."""

    counts: Counter[str]
    size: int

    @classmethod
    def of(cls, keys: Iterable[str]) -> Vocabulary:
        """Count the words of normalised names, each once a name."""
        counts: Counter[str] = Counter()
        size = 0
        for key in keys:
            size += 1
            counts.update(set(key.split()))
        return cls(counts, max(size, 1))

    def weight(self, word: str) -> float:
        """Return how much a word tells, in natural units; common words at least 0.3."""
        return max(math.log(self.size / (self.counts[word] + 1)), 0.3)

    def share(self, key: str) -> float:
        """Return the share of names that would hold all words of `key`, were words independent."""
        return math.prod((self.counts[word] + 1) / (self.size + 1) for word in set(key.split()))


def name_similarity(one: str, other: str, vocabulary: Vocabulary, *, all_words: bool = False) -> float:
    """Return how alike two normalised names are, 0 to 1; 1 only when they are equal.

    Words are paired: equal ones first, then misspelt ones (five letters or more, one slip, two in long words). The result is
    the share of weight that is paired. It is at most 0.6 when one name has a number, a state, or a word that
    tells organisations apart (`IDENTITY_WORDS`: FOUNDATION, FRIENDS, NORTH …), and the other has not. Words in another
    order cost 0.05, filler words (ASSOCIATION, PROGRAM …) a quarter of their weight. With `all_words` every word but
    fillers must have its pair, else the result is at most 0.6.
    """
    if one == other:
        return 1.0
    left, right = Counter(one.split()), Counter(other.split())
    shared = left & right
    left_over, right_over = list((left - shared).elements()), list((right - shared).elements())
    paired = 2.0 * sum(_weight(word, vocabulary) * times for word, times in shared.items())
    whole = paired
    for word in left_over.copy():
        twin = _misspelt_twin(word, right_over)
        if twin is not None:
            left_over.remove(word)
            right_over.remove(twin)
            weights = _weight(word, vocabulary) + _weight(twin, vocabulary)
            # A misspelt word is rare because it is misspelt: it must not weigh more than its twin.
            weights = min(weights, 2 * min(_weight(word, vocabulary), _weight(twin, vocabulary)))
            paired += weights * JaroWinkler.similarity(word, twin)
            whole += weights
    rest = left_over + right_over
    whole += sum(_weight(word, vocabulary) for word in rest)
    likeness = min(paired / whole, 0.99) if whole else 0.0
    if any(_tells_apart(word) or (all_words and word not in FILLER_WORDS) for word in rest):
        return min(likeness, _DIFFERENT)
    return likeness if _same_order(one, other, shared) else likeness - 0.05


def _weight(word: str, vocabulary: Vocabulary) -> float:
    return vocabulary.weight(word) * (0.25 if word in FILLER_WORDS else 1.0)


def _tells_apart(word: str) -> bool:
    return word in IDENTITY_WORDS or word in _STATE_WORDS or any(sign.isdigit() for sign in word)


def _misspelt_twin(word: str, words: Sequence[str]) -> str | None:
    if len(word) < _MISSPELT_LETTERS or _tells_apart(word):
        return None
    scored = [
        (JaroWinkler.similarity(word, other), other)
        for other in words
        if len(other) >= _MISSPELT_LETTERS and not _tells_apart(other)
    ]
    likeness, twin = max(scored, default=(0.0, ""))
    slips = 1 if len(word) < 2 * _MISSPELT_LETTERS else 2
    return twin if likeness >= _MISSPELT_AT_LEAST and OSA.distance(word, twin, score_cutoff=slips) <= slips else None


def _same_order(one: str, other: str, shared: Counter[str]) -> bool:
    return [word for word in one.split() if word in shared] == [word for word in other.split() if word in shared]


def similar_pairs(
    asked: Sequence[str],
    known: Sequence[str],
    vocabulary: Vocabulary,
    *,
    at_least: float,
    all_words: bool = False,
    common: int = 60,
    words: int = 3,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find pairs of alike names that share a rare word.

    Parameters
    ----------
    asked, known : normalised names
    vocabulary : of all organisations
    at_least : the least similarity worth giving
    all_words : see `name_similarity`
    common : a word in more than so many `known` names opens no comparison
    words : how many of the rarest words of each asked name do

    Returns
    -------
    positions in `asked`, positions in `known`, similarity
    """
    postings = _postings(asked, known, common)
    left: list[int] = []
    right: list[int] = []
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for place, key in enumerate(asked):
        rare = sorted((word for word in set(key.split()) if word in postings), key=lambda word: (len(postings[word]), word))[
            :words
        ]
        partners = set().union(*(postings[word] for word in rare))
        left += [place] * len(partners)
        right += sorted(partners)
        if len(left) >= _PAIRS_AT_ONCE:
            found.append(_compared(left, right, asked, known, vocabulary, at_least, all_words))
            left, right = [], []
    found.append(_compared(left, right, asked, known, vocabulary, at_least, all_words))
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))  # type: ignore[return-value]


def _postings(asked: Sequence[str], known: Sequence[str], common: int) -> dict[str, list[int]]:
    wanted = {word for key in asked for word in key.split()}
    postings: dict[str, list[int]] = {}
    for place, key in enumerate(known):
        for word in wanted.intersection(key.split()):
            postings.setdefault(word, []).append(place)
    return {word: places for word, places in postings.items() if len(places) <= common}


def _compared(
    left: list[int],
    right: list[int],
    asked: Sequence[str],
    known: Sequence[str],
    vocabulary: Vocabulary,
    at_least: float,
    all_words: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if not left:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    lefts, rights = np.array(left), np.array(right)
    letters = process.cpdist([asked[i] for i in left], [known[i] for i in right], scorer=fuzz.ratio, workers=1, dtype=np.float32)
    near = np.flatnonzero(letters >= _LETTERS_ALIKE_AT_LEAST)
    alike = np.array([name_similarity(asked[lefts[i]], known[rights[i]], vocabulary, all_words=all_words) for i in near])
    good = near[alike >= at_least] if len(near) else near
    return lefts[good], rights[good], alike[alike >= at_least]
