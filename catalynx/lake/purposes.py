"""The words of what candidates give for: which stand in whose purposes, and how rare each is in the lake.

BM25 [Robertson & Zaragoza 2009] with full normalisation of length: what counts is how often a word stands in a hundred words.
How rare a word is, is counted over single texts of the lake (a grant's purpose with its recipient, an objective, a synopsis) of
up to the day asked for, never over the candidates at hand: so one candidate alone gets the value that it gets among all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    import pyarrow as pa

    from catalynx.lake.snapshot import Snapshot

SATURATION = 1.0
"""Occurrences per hundred words at which a word gives half of what it can."""
LEAST_LENGTH = 60
"""A text with fewer words counts as one of so many: one word of a title is no fifth of a purpose."""
LEAST_WORDS = 3
"""Of a mission; one with fewer says too little to be compared."""
TOLD_WORDS = 4
PURPOSE_CHARACTERS = 24_000
"""How much of a funder's latest purposes is compared with a mission; enough for some 150 grants."""
_WORD = re.compile(r"[a-z]{2,}")
_PLURALS = "([a-z](?:[^siue]|[^i]e))s$"
_PLURAL = re.compile(_PLURALS)
_ABBREVIATION = re.compile(r"\b[A-Z]{2,6}s?\b")
# Words that every funder's page holds say nothing about the field.
_EVERYDAY = frozenset({
    "grant", "grants", "support", "supports", "program", "programs", "project", "projects", "fund", "funds", "funding", "general",
    "operating", "nonprofit", "organization", "organizations", "foundation", "inc", "assistance", "purpose", "provide",
    "provides",
    "year", "new",
})  # fmt: skip

# What stands in capitals in a text of mixed case (ART, PEPFAR) is an abbreviation and no word.
_PLAIN = r"CASE WHEN text = upper(text) THEN lower(text) ELSE lower(regexp_replace(text, '\b[A-Z]{2,6}s?\b', ' ', 'g')) END"
_SINGLE = """
    SELECT DISTINCT concat_ws(' ', cause_area, purpose, recipient_name) AS text FROM grants
        WHERE recipient_kind <> 'individual' AND (year IS NULL OR year <= $year)
    UNION SELECT concat_ws(' ', title, objective) FROM programs
    UNION SELECT concat_ws(' ', title, description) FROM opportunities"""
_TEXTS = """
    SELECT 'foundation:' || replace(funder_key, 'ein:', '') AS candidate_id,
        left(string_agg(text, '. ' ORDER BY year DESC NULLS LAST, text), $characters) AS text
    FROM (SELECT coalesce('ein:' || funder_ein, upper(trim(funder_name))) AS funder_key, year,
            concat_ws(' ', cause_area, purpose, recipient_name) AS text
        FROM grants WHERE recipient_kind <> 'individual' AND (year IS NULL OR year <= $year)) GROUP BY ALL
    UNION ALL SELECT 'program:' || assistance_listing, concat_ws('. ', title, objective) FROM programs
    UNION ALL SELECT 'opportunity:' || opportunity_id, concat_ws('. ', title, description) FROM opportunities"""
_POSTINGS = """
    WITH plain AS (SELECT row_number() OVER (ORDER BY {key}) - 1 AS text_id, {plain} AS text FROM ({texts})),
    written AS (SELECT text_id, unnest(regexp_extract_all(text, '[a-z]{{2,}}')) AS word FROM plain),
    words AS (SELECT text_id, regexp_replace(word, '{plural}', '\\1') AS word FROM written
        WHERE word NOT IN (SELECT unnest($everyday)))
    SELECT {given} FROM words GROUP BY {groups}"""


def words_in(text: str) -> list[str]:
    """Return the telling words of `text`, plurals in ``s`` as the singular."""
    plain = (text if text.isupper() else _ABBREVIATION.sub(" ", text)).lower()
    return [_PLURAL.sub(r"\1", word) for word in _WORD.findall(plain) if word not in _everyday()]


def words_of(text: str) -> tuple[str, ...]:
    """Return the distinct telling words of `text`, in alphabetical order."""
    return tuple(sorted(set(words_in(text)) - _everyday()))


@lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    stop = (Path(__file__).parents[1] / "sources/words/english_stop_words.txt").read_text().split()
    return _EVERYDAY | frozenset(stop)


@dataclass(frozen=True, slots=True, eq=False)
class PurposeIndex:
    """Where each word stands, the places of one word side by side.

    Attributes
    ----------
    candidate_ids : of the texts, in their order
    lengths : words of each text, without everyday ones
    stretches : word → first and last position in `texts` and `counts`
    rarity : word → log(1 + (texts without it + ½) / (texts with it + ½)), over single texts
    """

    candidate_ids: np.ndarray[Any, Any]
    lengths: np.ndarray[Any, Any]
    stretches: dict[str, tuple[int, int]]
    texts: np.ndarray[Any, Any]
    counts: np.ndarray[Any, Any]
    rarity: dict[str, float]

    def weigh(self, mission: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]] | None:
        """Return how much the mission's words weigh in each text, and how many of them stand in it; None for too short a mission.

        ``Σ rarity · x / (x + SATURATION) / √(Σ rarity²)`` over the words of the mission, x being occurrences per hundred words.
        """
        import numpy as np

        words = words_of(mission)
        if len(mission.split()) < LEAST_WORDS or not words:
            return None
        weights, found = np.zeros(len(self.lengths)), np.zeros(len(self.lengths), dtype=np.int64)
        length = np.maximum(self.lengths, LEAST_LENGTH)
        for word in words:
            start, end = self.stretches.get(word, (0, 0))
            text = self.texts[start:end]
            often = 100.0 * self.counts[start:end] / length[text]
            weights[text] += self._rare(word) * often / (often + SATURATION)
            found[text] += 1
        weights /= np.sqrt(sum(self._rare(word) ** 2 for word in words))
        weights[self.lengths == 0] = np.nan
        return weights, found

    def tell(self, mission: str, texts: np.ndarray[Any, Any]) -> list[str]:
        """Name the words of the mission that weigh most in each of the texts at the places `texts`."""
        import numpy as np

        kept: list[list[tuple[float, str]]] = [[] for _ in texts]
        order = np.argsort(texts, kind="stable")
        ordered = texts[order]
        for word in words_of(mission):
            start, end = self.stretches.get(word, (0, 0))
            places = np.searchsorted(self.texts[start:end], ordered)
            there = places < end - start
            there[there] = self.texts[start:end][places[there]] == ordered[there]
            often = 100.0 * self.counts[start:end][places[there]] / np.maximum(self.lengths[ordered[there]], LEAST_LENGTH)
            for place, weight in zip(order[there], self._rare(word) * often / (often + SATURATION), strict=True):
                kept[place].append((-float(weight), word))
        return [", ".join(word for _, word in sorted(words)[:TOLD_WORDS]) for words in kept]

    def _rare(self, word: str) -> float:
        return self.rarity.get(word, self.rarity[""])


def make_index(lake: Snapshot, as_of: date) -> PurposeIndex:
    """Read the texts of the lake up to the day `as_of`."""
    import numpy as np

    asked: dict[str, object] = {"year": as_of.year}
    everyday = {"everyday": sorted(_everyday())}
    single = f"SELECT * FROM ({_SINGLE}) WHERE text <> ''"
    rare = lake.arrow(_postings("text", single, "word, count(DISTINCT text_id) AS texts", "word ORDER BY word"), asked | everyday)
    total = lake.arrow(f"SELECT count(*) AS n FROM ({single})", asked)["n"][0].as_py()
    holding = rare["texts"].to_numpy()
    rarity = dict(zip(rare["word"].to_pylist(), np.log1p((total - holding + 0.5) / (holding + 0.5)).tolist(), strict=True))
    rarity[""] = float(np.log1p((total + 0.5) / 0.5))
    asked["characters"] = PURPOSE_CHARACTERS
    ids = lake.arrow(f"SELECT candidate_id FROM ({_TEXTS}) ORDER BY candidate_id", asked)["candidate_id"]
    query = _postings("candidate_id", _TEXTS, "word, text_id, count(*) AS n", "ALL ORDER BY word, text_id")
    return _laid_out(ids.to_numpy(zero_copy_only=False), lake.arrow(query, asked | everyday), rarity)


def _postings(key: str, texts: str, given: str, groups: str) -> str:
    return _POSTINGS.format(key=key, plain=_PLAIN, plural=_PLURALS, texts=texts, given=given, groups=groups)


def _laid_out(ids: np.ndarray[Any, Any], postings: pa.Table, rarity: dict[str, float]) -> PurposeIndex:
    import numpy as np

    words = postings["word"].combine_chunks().dictionary_encode()
    names, codes = words.dictionary.to_pylist(), words.indices.to_numpy()
    texts, counts = postings["text_id"].to_numpy().astype(np.int32), postings["n"].to_numpy().astype(np.float32)
    lengths = np.bincount(texts, weights=counts, minlength=len(ids))
    sizes = np.bincount(codes, minlength=len(names))
    ends = np.cumsum(sizes)
    stretches = {name: (int(end - size), int(end)) for name, end, size in zip(names, ends, sizes, strict=True)}
    return PurposeIndex(ids, lengths, stretches, texts, counts, rarity)
