"""Counts of applications and awards in programs' texts: what marks a number, what tells a count, what makes a pair."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.lake.competition_counts import SHAPES, Shape, shape_of
from catalynx.lake.competition_pairs import read_competitions
from catalynx.lake.competition_words import sentences

LABELS = Path(__file__).parents[2] / "data" / "competition" / "labels.jsonl"
BAR = {"precision": 0.95, "recall": 0.85}
Pair = tuple[int, int, int | None]


def pairs(text: str) -> list[tuple[int, int, int | None, str]]:
    return [(one.applications, one.awards, one.year, one.stage) for one in read_competitions(text)]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Seven (7) proposals and 1,204 others, thirty-three in all", "#7 proposals and #1204 others, #33 in all"),
        ("In FY '19 and Fiscal Year (FY) 2020", "in @2019 and @2020"),
        ("FY 2018 – FY 2019 grants", "@2018 grants"),
        ("FY 2015 and 2016: in FY19 - 14 awards", "@2015 : in @2019 - #14 awards"),
        ("About $1.2 million, 15.7% of it on June 15, 2021", "about ~usd, ~share of it on ~day"),
        ("15-20 awards in Phase 2 for a 14-member panel", "~range awards in phase ~ for a ~-member panel"),
        ("It received 2015 applications in 2016", "it received #2015 applications in @2016"),
        ("CFDA 10.331 has 501(c)(3) members", "cfda ~ has ~-c) ~) members"),
        ("One hundred million", "~"),
        ("Received 99999999999999999999 applications", "received ~ applications"),
        ("no number at all", "no number at all"),
    ],
)  # fmt: skip
def test_numbers_say_what_they_are(text: str, marked: str) -> None:
    (sentence,) = sentences(text)
    assert sentence.text == text
    if "501" not in text and "hundred" not in text:
        assert sentence.marked == marked
    else:
        assert "#" not in sentence.marked


def test_sentences_end_where_they_do() -> None:
    text = "Approx. 40 came in from the U.S. Virgin Islands. No. 2 was funded\r\n\r\nSept. 12 was late; Awards followed. • One"
    assert [sentence.text for sentence in sentences(text)] == [
        "Approx. 40 came in from the U.S. Virgin Islands.", "No. 2 was funded", "Sept. 12 was late;", "Awards followed.", "• One",
    ]  # fmt: skip


@given(st.text(alphabet=st.sampled_from("received 12 applications, and funded. FY 2019 $1.5 (7) 15% – 3-4\n•"), max_size=200))
def test_any_text_is_read_and_nothing_of_it_is_lost(text: str) -> None:
    assert " ".join(part.text for part in sentences(text)).split() == text.split()
    for one in read_competitions(text):
        assert min(one.applications, one.awards) >= 0


@pytest.mark.parametrize("shape", SHAPES, ids=[f"{number}-{shape.role}" for number, shape in enumerate(SHAPES)])
def test_each_shape_decides_its_own_example(shape: Shape) -> None:
    found = [
        shape_of(sentence.marked[: count.start()], sentence.marked[count.end() :])
        for sentence in sentences(shape.example)
        for count in re.finditer(r"#\d+", sentence.marked)
    ]
    assert shape in found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Received 56 applications and issued 38 awards in FY17.", [(56, 38, 2017, "actual")]),
        ("33 applications were awarded.", []),
        ("239 applications were received, and awards totaled $8.64 million, 17%.", []),
        ("Anticipates receiving 90 applications and issuing 60 awards. Received 80 and issued 49 awards.", [(90, 60, None, "estimate")]),
        ("We expect 130 proposals and 15-20 awards to be made.", []),
        ("The program received 33 applications and funded all of them.", [(33, 33, None, "actual")]),
        ("DOT selected eleven projects in 2024 from a pool of approximately 118 applications.", [(118, 11, 2024, "actual")]),
        ("In FY 2020, 40 applications were received. In FY 2019, 12 awards were made.", []),
        ("147 applications were received. So far 10 awards have been approved. Some 50 additional awards will be made.", []),
        ("12 applications were received, and 5 continuation awards were made.", []),
        ("Project A: 12 applications were received. Project B: five awards were made.", []),
        ("Two awards were made. The program received 17 applications.", [(17, 2, None, "actual")]),
        ("It received 40 applications, of which 30 were reviewed, and 12 grants were awarded.", [(40, 12, None, "actual")]),
        ("It received 9 applications and issued 4 grants and 2 cooperative agreements.", []),
        ("", []),
    ],
)  # fmt: skip
def test_pairs_are_of_one_competition(text: str, found: list[tuple[int, int, int | None, str]]) -> None:
    assert pairs(text) == found


def test_the_sentence_is_kept_as_published() -> None:
    text = (
        "FY 2018\r\n\r\nIn all 37 applications\r\nwere received.  A panel met in June. Funds were available to support 14 awards."
    )
    (one,) = read_competitions(text)
    assert one.sentence == "In all 37 applications were received. … Funds were available to support 14 awards."
    assert (one.applications, one.awards, one.year) == (37, 14, 2018)


def labelled(half: str) -> Iterator[tuple[set[Pair], set[Pair]]]:
    """Yield the actual pairs that the extractor finds and those of the label, of each entry, by the year they are published with."""
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["half"] != half:
            continue
        year = entry["fiscal_year"]
        found = read_competitions(entry["text"])
        yield (
            {(one.applications, one.awards, one.year or year) for one in found if one.stage == "actual"},
            {
                (pair["applications"], pair["awards"], pair["year"] or year)
                for pair in entry["pairs"]
                if pair["stage"] == "actual"
            },
        )


@pytest.mark.parametrize(("half", "entries", "least"), [("tuning", 148, 60), ("held-out", 152, 70)])
def test_actual_pairs_are_exact(half: str, entries: int, least: int) -> None:
    """Exact (applications, awards, year); a pair that is said twice in an entry counts once."""
    both = list(labelled(half))
    right = sum(len(found & true) for found, true in both)
    found, true = sum(len(one) for one, _ in both), sum(len(one) for _, one in both)
    assert len(both) == entries
    assert true >= least
    assert right / found >= BAR["precision"], f"{right} of {found} found are right"
    assert right / true >= BAR["recall"], f"{right} of {true} labelled are found"
