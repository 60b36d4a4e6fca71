"""What is tried on the page Decisions, and how a URL says it: no browser needed."""

from __future__ import annotations

import ast
from datetime import date
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.decision.wish_reading import wish_of
from catalynx.errors import BadParameter
from catalynx.rules import Commitment
from dashboards.decision_notebook import view_notebook
from dashboards.wish import EVERYBODY, THE_REST, Member, Wish, from_query, to_query

MARCH = date(2027, 3, 1)
POOL = (Member(EVERYBODY, 200.0),)

names = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="|"), min_size=1, max_size=20).map(
    lambda name: " ".join(name.split())
)
members = st.builds(Member, names.filter(bool), st.integers(0, 9_999).map(float), st.none() | st.dates(), st.none() | st.dates())
works = st.builds(
    lambda name, hours, days: Commitment(name, hours, *sorted(days)),
    names.filter(bool), st.floats(0, 9_999), st.tuples(st.dates(), st.dates()),
)  # fmt: skip
ids = st.text("abc:05-é ", min_size=1, max_size=12)
wishes = st.builds(
    Wish,
    st.dictionaries(st.sampled_from(["mission", "where they give"]), st.sampled_from([0.0, 0.25, 2.0, 3.0])),
    st.sampled_from(["weighted sum", "topsis"]),
    st.none() | st.lists(members, max_size=3).map(tuple),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.lists(st.text(max_size=9).filter(bool), max_size=3, unique=True).map(tuple),
    asks=st.dictionaries(ids, st.floats(0, 1e9), max_size=3),
    deadlines=st.dictionaries(ids, st.dates(), max_size=3),
    chances=st.dictionaries(ids, st.floats(0, 1), max_size=3),
    hours=st.dictionaries(ids, st.floats(0, 9_999), max_size=3),
    matches=st.dictionaries(ids, st.floats(0, 1e9), max_size=3),
    matching_usd=st.none() | st.floats(0, 1e9),
    most_of_funder=st.sampled_from([0.25, 1.0]),
    most_of_track=st.sampled_from([0.5, 1.0]),
    at_most_one=st.lists(st.lists(ids, min_size=2, max_size=3, unique=True).map(tuple), max_size=2).map(tuple),
    only_with=st.lists(st.lists(ids, min_size=2, max_size=2, unique=True).map(tuple), max_size=2).map(tuple),
    other_work=st.lists(works, max_size=2).map(tuple),
)


@given(wishes)
def test_a_url_says_all_of_a_wish(wish: Wish) -> None:
    assert (
        from_query(parse_qs(urlencode(to_query(wish), errors="surrogatepass"), keep_blank_values=True, errors="surrogatepass"))
        == wish
    )


@given(wishes)
def test_the_notebook_of_a_view_says_all_of_its_wish(wish: Wish) -> None:
    (told,) = [
        "".join(cell["source"]) for cell in view_notebook("constructed", wish)["cells"] if "wish = " in "".join(cell["source"])
    ]
    (said,) = [line.value for line in ast.parse(told).body if isinstance(line, ast.Assign) and line.targets[0].id == "wish"]
    assert wish_of(ast.literal_eval(said.args[0])) == wish


def test_what_is_as_usual_is_not_said() -> None:
    assert to_query(Wish()) == []
    assert Wish().as_usual
    assert Wish().with_factor("mission", 1.0).as_usual
    assert not Wish().with_factor("mission", 2.0).as_usual
    assert Wish().with_factor("mission", 2.0).with_factor("mission", 1.0).as_usual


@pytest.mark.parametrize(
    "query",
    ["ask=a&ask=:5&ask=a:-1&ask=a:many&chance=a:2&deadline=a:soon&effort=a:1e9&match=a:nan", "own-money=-1&funder-share=0&track-share=2",
     "one-of=a&one-of=a|a&one-of=&only-with=a&only-with=a|a&only-with=a|b|c&only-with=|b",
     "w=mission:nan&w=mission:-1&w=mission:99&w=x", "risk=-3", "risk=nan", "staff=a&staff=|1||&staff=b|x||&staff=c|1|no|", "staff=d|1e9||"],
)  # fmt: skip
def test_what_cannot_be_read_is_left_out(query: str) -> None:
    read = from_query(parse_qs(query, keep_blank_values=True))
    assert read == Wish(staff=() if "staff" in query else None)


def test_a_grant_writer_who_leaves_is_parted_from_everybody() -> None:
    wish = Wish().with_change(POOL, " grant  writer ", "leaves", MARCH, 120)
    assert wish.staff == (Member("grant writer", 120, None, MARCH), Member(THE_REST, 80))
    later = wish.with_change(wish.staff, "Grant Writer", "leaves", date(2027, 6, 1), None)
    assert later.staff[0] == Member("grant writer", 120, None, date(2027, 6, 1))
    new = wish.with_change(wish.staff, "temp", "joins", MARCH, 60)
    assert new.staff[-1] == Member("temp", 60, MARCH)
    back = wish.with_change(wish.staff, "grant writer", "works", None, 60)
    assert back.staff[0] == Member("grant writer", 60)
    assert wish.without(wish.staff, THE_REST).staff == (Member("grant writer", 120, None, MARCH),)


def test_when_all_hours_leave_nobody_else_is_left() -> None:
    assert Wish().with_change(POOL, "director", "leaves", MARCH, 200).staff == (Member("director", 200, None, MARCH),)


@pytest.mark.parametrize(
    ("staff", "who", "what", "hours", "says"),
    [
        (POOL, " ", "leaves", 10, "a name or a role"),
        (POOL, "writer", "leaves", None, "how many of the 200 hours"),
        (POOL, "writer", "leaves", 201, "at most the 200 hours"),
        (POOL, "writer", "joins", None, "how many hours a month"),
        (POOL, "writer", "joins", -1, "from 0"),
        (POOL, "writer", "joins", float("nan"), "from 0"),
        ((), "writer", "leaves", 10, "somebody who is there"),
        ((Member("director", 10),), "writer", "leaves", 10, "one of director"),
    ],
)
def test_a_change_that_cannot_be_is_told(staff: tuple[Member, ...], who: str, what: str, hours: float | None, says: str) -> None:
    with pytest.raises(BadParameter, match=says):
        Wish().with_change(staff, who, what, MARCH, hours)


def test_a_candidate_is_in_one_place() -> None:
    wish = Wish().with_place("a", "must").with_place("b", "not")
    assert (wish.must, wish.must_not) == (("a",), ("b",))
    wish = wish.with_place("a", "not")
    assert (wish.must, wish.must_not) == ((), ("b", "a"))
    assert wish.with_place("a", "free").with_place("b", "free").as_usual
