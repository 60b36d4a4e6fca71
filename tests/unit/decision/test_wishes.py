"""What a wish says as JSON it reads back; what cannot be is refused by name."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.decision.ranking import METHODS
from catalynx.decision.wishes import MOST_PEOPLE, MOST_PINNED, Member, Wish, wish_of
from catalynx.errors import BadParameter

IDS = st.text(min_size=1, max_size=20)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
PEOPLE = st.builds(
    Member,
    st.text("abc äø", min_size=1).map(lambda text: " ".join(text.split()) or "x"),
    st.floats(0, 1000),
    DAYS | st.none(),
    DAYS | st.none(),
)


def numbers(most: float) -> st.SearchStrategy[dict[str, float]]:
    return st.dictionaries(IDS, st.floats(0, most), max_size=4)


WISHES = st.builds(
    Wish,
    factors=numbers(5), method=st.sampled_from(METHODS), staff=st.none() | st.lists(PEOPLE, max_size=4).map(tuple),
    risk=st.floats(0, 1), must=st.lists(IDS.map("a".__add__), max_size=3, unique=True).map(tuple),
    must_not=st.lists(IDS.map("b".__add__), max_size=3, unique=True).map(tuple), aim=st.sampled_from(["points", "usd"]),
    assumed=st.none() | st.floats(0, 1), asks=numbers(1e9), deadlines=st.dictionaries(IDS, DAYS, max_size=3), chances=numbers(1),
    hours=numbers(1000),
)  # fmt: skip


@given(WISHES)
def test_what_it_says_it_reads_back(wish: Wish) -> None:
    assert wish_of(json.loads(json.dumps(wish.plain()))) == wish


def test_what_is_as_usual_is_not_said() -> None:
    assert Wish().plain() == {}
    assert wish_of({}) == Wish()
    assert wish_of({}).as_usual


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ({"factors": {"mission": -1}}, "mission"), ({"factors": {"mission": math.nan}}, "mission"),
        ({"factors": {"mission": math.inf}}, "mission"), ({"factors": {"mission": True}}, "mission"),
        ({"factors": {"mission": "2"}}, "mission"), ({"factors": [1]}, "factors"), ({"risk": 1.01}, "risk"),
        ({"risk": None}, "risk"), ({"assumed": -0.1}, "assumed"), ({"chances": {"a": 2}}, "chances"),
        ({"asks": {"a": -5}}, "asks"), ({"hours": {"a": -1}}, "hours"), ({"deadlines": {"a": "March"}}, "YYYY-MM-DD"),
        ({"staff": "everybody"}, "staff"), ({"staff": [{"who": "", "hours": 4}]}, "who"),
        ({"staff": [{"who": "a", "hours": -4}]}, "hours"), ({"staff": [{"who": "a"}]}, "hours"),
        ({"staff": [{"who": "a", "hours": 4, "salary": 1}]}, "salary"),
        ({"staff": [{"who": "a", "hours": 4, "leaves": "soon"}]}, "leaves"),
        ({"staff": [{"who": "a", "hours": 4}] * (MOST_PEOPLE + 1)}, "at most"), ({"must": "a"}, "must"), ({"must": [""]}, "must"),
        ({"must": [str(number) for number in range(MOST_PINNED + 1)]}, "at most"),
        ({"must": ["a"], "must_not": ["a"]}, "must be in the plan"), ({"method": "magic"}, "method"), ({"aim": "fame"}, "aim"),
        ({"colour": 1}, "colour"), ([], "object"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(said: Any, about: str) -> None:
    with pytest.raises(BadParameter, match=about):
        wish_of(said)
