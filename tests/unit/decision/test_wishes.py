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
from catalynx.decision.wish_reading import wish_of
from catalynx.decision.wishes import MOST_OTHER_WORK, MOST_PEOPLE, MOST_PINNED, Member, Wish
from catalynx.errors import BadParameter
from catalynx.rules import Commitment

IDS = st.text(min_size=1, max_size=20)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
NAMES = st.text("abc äø", min_size=1).map(lambda text: " ".join(text.split()) or "x")
GALA = {"name": "gala", "hours": 40, "from_day": "2027-03-01", "to_day": "2027-03-05"}
PEOPLE = st.builds(
    Member,
    NAMES,
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
    hours=numbers(1000), matches=numbers(1e6), matching_usd=st.none() | st.floats(0, 1e6),
    most_of_funder=st.floats(0.01, 1), most_of_track=st.floats(0.01, 1),
    at_most_one=st.lists(st.lists(IDS, min_size=2, max_size=4, unique=True).map(tuple), max_size=3).map(tuple),
    only_with=st.lists(st.lists(IDS, min_size=2, max_size=2, unique=True).map(tuple), max_size=3).map(tuple),
    other_work=st.lists(
        st.builds(lambda name, hours, days: Commitment(name, hours, *sorted(days)), NAMES, st.floats(0, 9_999), st.tuples(DAYS, DAYS)),
        max_size=3,
    ).map(tuple),
)  # fmt: skip


@given(WISHES)
def test_what_it_says_it_reads_back(wish: Wish) -> None:
    assert wish_of(json.loads(json.dumps(wish.plain()))) == wish


def test_what_is_known_better_of_one_candidate_takes_the_place_of_what_is_reckoned_and_goes_again() -> None:
    others = Wish(asks={"b": 5.0})
    told = others.with_known("a", ask=10.0, deadline=date(2027, 3, 1), chance=0.2, hours=8.0, match=3.0)
    assert told.plain() == {
        "asks": {"b": 5.0, "a": 10.0}, "chances": {"a": 0.2}, "hours": {"a": 8.0}, "matches": {"a": 3.0},
        "deadlines": {"a": "2027-03-01"},
    }  # fmt: skip
    assert told.with_known("a", ask=None, deadline=None, chance=None, hours=None, match=None) == others
    assert told.named() == {"a", "b"}


def test_other_work_of_one_name_is_changed_and_goes_again() -> None:
    short, long = (Commitment(name, hours, date(2027, 3, 1), date(2027, 3, 5)) for name, hours in (("Gala", 5.0), ("gala", 50.0)))
    audit = Commitment("audit", 9.0, date(2027, 4, 1), date(2027, 4, 1))
    told = Wish(other_work=(short, audit)).with_other_work("gala", long)
    assert told.other_work == (audit, long)
    assert told.with_other_work("GALA", None).with_other_work("audit", None).as_usual


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
        ({"colour": 1}, "colour"), ([], "object"), ({"matching_usd": -1}, "matching_usd"), ({"matches": {"a": -1}}, "matches"),
        ({"most_of_funder": 0}, "most_of_funder"), ({"most_of_track": 1.5}, "most_of_track"), ({"at_most_one": "ab"}, "at_most_one"),
        ({"at_most_one": [["a"]]}, r"at_most_one\[0\]"), ({"at_most_one": [["a", "a"]]}, r"at_most_one\[0\]"),
        ({"only_with": [["a", "b", "c"]]}, r"only_with\[0\]"), ({"only_with": [["a", ""]]}, r"only_with\[0\]"),
        ({"other_work": "gala"}, "other_work"), ({"other_work": [GALA] * (MOST_OTHER_WORK + 1)}, "at most"),
        ({"other_work": [GALA | {"hours": -1}]}, r"other_work\[0\].hours"), ({"other_work": [GALA | {"name": " "}]}, "name"),
        ({"other_work": [GALA | {"to_day": "2027-02-01"}]}, r"other_work\[0\].to_day"), ({"other_work": [GALA | {"who": 1}]}, "who"),
        ({"other_work": [GALA | {"from_day": None}]}, r"other_work\[0\].from_day"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(said: Any, about: str) -> None:
    with pytest.raises(BadParameter, match=about):
        wish_of(said)
