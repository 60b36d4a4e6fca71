"""Words of purposes: rarity over the lake and not over the candidates, lengths, plurals, abbreviations."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.lake.purposes import PurposeIndex, _laid_out, words_in, words_of

RARITY = {"": 9.0, "art": 2.0, "museum": 4.0, "quilt": 6.0, "turtle": 6.0}


def index(*texts: str) -> PurposeIndex:
    """Construct an index of texts, each one candidate."""
    postings = sorted({(word, place, words_in(text).count(word)) for place, text in enumerate(texts) for word in words_in(text)})
    words, places, counts = zip(*postings, strict=True) if postings else ((), (), ())
    table = pa.table({
        "word": pa.array(words, pa.string()), "text_id": pa.array(places, pa.int64()), "n": pa.array(counts, pa.int64()),
    })  # fmt: skip
    return _laid_out(np.array([f"program:{place}" for place in range(len(texts))]), table, RARITY)


def test_words_are_plain() -> None:
    assert words_in("Grants for ART museums and the museum's quilts") == ["museum", "museum", "quilt"]
    assert words_of("Humanities, glass and bus") == ("bus", "glass", "humanities")


def test_rare_and_frequent_words_weigh_more() -> None:
    weights, found = index("art", "quilts", "quilts quilts", "turtles", "").weigh("Quilts, art and museums")  # type: ignore[misc]
    assert weights[0] < weights[1] < weights[2]
    assert weights[3] == 0
    assert np.isnan(weights[4]), "nothing is said of it"
    assert found.tolist() == [1, 1, 1, 0, 0]


def test_a_mission_of_two_words_is_none() -> None:
    assert index("art").weigh("art museum") is None
    assert index().weigh("an art museum") is not None


def test_shared_words_are_told_the_weightiest_first() -> None:
    made = index("art museum quilts", "turtles", "art")
    assert made.tell("Quilts, art and museums", np.array([0, 2, 1, -1, 0])) == [
        "quilt, museum, art",
        "art",
        "",
        "",
        "quilt, museum, art",
    ]


@given(st.lists(st.sampled_from(["art", "quilts", "museum of quilts", "turtles", ""]), min_size=1, max_size=6))
def test_one_alone_gets_what_it_gets_among_all(texts: list[str]) -> None:
    together = index(*texts).weigh("Quilts, art and museums")[0]  # type: ignore[index]
    alone = [index(text).weigh("Quilts, art and museums")[0][0] for text in texts]  # type: ignore[index]
    assert together.tolist() == pytest.approx(alone, nan_ok=True)
