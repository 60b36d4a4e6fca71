"""How alike names are."""

from __future__ import annotations

import pytest

from catalynx.lake.name_matching import Vocabulary, name_similarity, similar_pairs

NAMES = [
    "SHELBURNE FARMS", "SHELBURNE MUSEUM", "SHELBURNE FOOD SHELF", "BENNINGTON MUSEUM", "VERMONT FARMS ASSOCIATION",
    "RUTLAND FREE LIBRARY", "RUTLAND FREE CLINIC", "BRISTOL FARMS", "WYOMING UNIVERSITY", "UNIVERSITY WYOMING FOUNDATION",
    "AMERICAN PRECISION MUSEUM ASSOCIATION", "JOURNALISM DEVELOMENT NETWORK",
]  # fmt: skip
WORDS = Vocabulary.of(NAMES)


def test_equal_names_alone_have_one() -> None:
    assert name_similarity("SHELBURNE FARMS", "SHELBURNE FARMS", WORDS) == 1.0
    assert name_similarity("FARMS SHELBURNE", "SHELBURNE FARMS", WORDS) < 1.0


def test_a_misspelt_word_is_nearer_than_another_word() -> None:
    misspelt = name_similarity("SHELBURNE FORMS", "SHELBURNE FARMS", WORDS)
    other = name_similarity("SHELBURNE FORMS", "SHELBURNE MUSEUM", WORDS)
    assert misspelt > 0.85 > 0.6 >= other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("UNIVERSITY WYOMING", "UNIVERSITY WYOMING FOUNDATION"),
        ("RUTLAND FREE LIBRARY", "FRIENDS RUTLAND FREE LIBRARY"),
        ("TROUT UNLIMITED CHAPTER 12", "TROUT UNLIMITED CHAPTER 13"),
        ("VERMONT FARMS", "MAINE FARMS"),
        ("NORTH COUNTY MUSEUM", "SOUTH COUNTY MUSEUM"),
    ],
)
def test_words_that_tell_apart_cap_the_likeness(one: str, other: str) -> None:
    assert name_similarity(one, other, WORDS) <= 0.6


def test_filler_words_cost_little_and_all_words_forbids_others() -> None:
    one, other = "AMERICAN PRECISION MUSEUM", "AMERICAN PRECISION MUSEUM ASSOCIATION"
    assert name_similarity(one, other, WORDS) > 0.85
    assert name_similarity(one, other, WORDS, all_words=True) > 0.85
    assert name_similarity("SHELBURNE FARMS MEADOW", "SHELBURNE FARMS", WORDS, all_words=True) <= 0.6


def test_likeness_is_symmetric() -> None:
    for one in NAMES:
        for other in NAMES:
            assert name_similarity(one, other, WORDS) == pytest.approx(name_similarity(other, one, WORDS))


def test_similar_pairs_finds_by_a_rare_word() -> None:
    asked = ["SHELBURNE FORMS", "JOURNALISM DEVELOPMENT NETWORK", "NOTHING ALIKE"]
    rows, partners, likeness = similar_pairs(asked, NAMES, WORDS, at_least=0.8)
    assert [(asked[row], NAMES[partner]) for row, partner in zip(rows, partners, strict=True)] == [
        ("SHELBURNE FORMS", "SHELBURNE FARMS"),
        ("JOURNALISM DEVELOPMENT NETWORK", "JOURNALISM DEVELOMENT NETWORK"),
    ]
    assert (likeness >= 0.8).all()


def test_similar_pairs_of_nothing_is_empty() -> None:
    assert [len(part) for part in similar_pairs([], NAMES, WORDS, at_least=0.8)] == [0, 0, 0]
