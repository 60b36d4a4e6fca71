"""Whether two names are one person: judged by hand, without looking at what the code says.

Names of real people are those of officers in the returns that ship; what stands beside them is built (``built``), to be the same
person as a return may write it, or somebody else.
"""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.relations import CERTAIN, LIKELY, POSSIBLE, link_seats, sure_class
from catalynx.relations.seats import seats_of
from catalynx.sources.person_names import parse_people, parse_person

CITY, STATE, FAR = "city", "state", "far"
PLACES = {CITY: [("TEMPE", "AZ"), ("TEMPE", "AZ")], STATE: [("TEMPE", "AZ"), ("MESA", "AZ")], FAR: [("TEMPE", "AZ"), ("TROY", "NY")],
          "unknown": [(None, None), (None, None)]}  # fmt: skip

SAME = [  # one person, and enough to say so: the second is built
    ("MELANIE R SABELHAUS", "Melanie R. Sabelhaus", STATE), ("HENRY LOUIS GATES JR", "Gates, Henry Louis, Jr.", STATE),
    ("ROBERT J HENKEL FACHE", "Robert J. Henkel", CITY),
    ("RF Shangraw Jr", "R. F. Shangraw, Jr.", CITY),
    ("AFSANEH BESCHLOSS", "Afsaneh Beschloss", CITY),
    ("BONNIE MCELVEEN-HUNTER", "Bonnie McElveen-Hunter", CITY), ("Ira A Fulton", "IRA A. FULTON", CITY),
    ("DAVID B PRYOR MD", "David B Pryor, M.D.", CITY), ("Gregory J Vogel", "Greg J. Vogel", CITY),
    ("GWENDOLYN MILEY", "Ms. Gwendolyn Miley", CITY), ("ENRICA MA", "Enrica Ma", CITY),
    ("SR M THERESE GOTTSCHALK", "Sister M. Therese Gottschalk", CITY), ("Angela Yin Cesal", "Angela Y. Cesal", CITY),
    ("SUZANNE NORA JOHNSON", "Suzanne Nora Johnson", CITY), ("Virginia DeSanto", "VIRGINIA DE SANTO", CITY),
    ("DEBRA GOLDBERG VICE PRESIDENT", "Debra Goldberg", CITY), ("MELANIE R SABELHAUS", "MELANIE SABELHAUS", CITY),
    ("J CHRIS HROUDA", "J. Chris Hrouda", CITY),
]  # fmt: skip
MISSED = [  # one person as well, by hand: the score is careful, and does not say so as long as a lake does not tell how rare the surname is
    ("R B WOOLLEY", "R.B. Woolley", CITY), ("Kenneth Van Winkle", "KENNETH VANWINKLE", CITY),
    ("SHARON D'AGOSTINO", "SHARON DAGOSTINO", CITY),
]  # fmt: skip
NOT_SURE = [  # may be one person or two: it must not be said that they are one
    ("Bob Johnson", "BOB JOHNSON", CITY), ("DAVID THOMAS", "David Thomas", CITY), ("RICHARD K DAVIS", "RICHARD K DAVIS", FAR),
    ("LAUREN MOORE", "LAUREN MOORE", STATE), ("SCOTT LEWIS", "Scott Lewis", CITY), ("ROBERT PAGE", "Robert Page", FAR),
    ("RHONDA ANDERSON", "RHONDA ANDERSON", FAR), ("KAT TAYLOR", "Kat Taylor", FAR), ("JAMES W KEYES", "James W Keyes", FAR),
    ("PAUL SAGAN", "PAUL SAGAN", FAR), ("MICHAEL HEPBURN", "MICHAEL HEPBURN", "unknown"), ("JENNIFER HAWKINS", "Jennifer Hawkins", STATE),
    ("EUGENE MITCHELL", "EUGENE MITCHELL", CITY), ("HENRY LOUIS GATES JR", "HENRY LOUIS GATES", CITY),
    ("GWENDOLYN MILEY", "Mrs. Gwendolyn Miley", CITY), ("RICHARD C PATTON", "Richard Patton", STATE),
    ("KAT TAYLOR", "KATHERINE TAYLOR", CITY), ("R B WOOLLEY", "ROBERT B WOOLLEY", CITY),
]  # fmt: skip
NEVER = [  # two people: the names contradict each other; the second is built
    ("MELANIE R SABELHAUS", "MELANIE T SABELHAUS", CITY), ("Ira A Fulton", "Ira Albert B Foulton", CITY),
    ("HENRY LOUIS GATES JR", "HENRY LOUIS GATES III", CITY), ("Angela Yin Cesal", "Angela Yvonne Cesal", CITY),
    ("PAUL E STEIGER", "PAULA E STEIGER", CITY), ("JOHN TOMPSON", "JOHN THOMPSON", CITY), ("AJAY BANGA", "VIJAY BANGA", CITY),
    ("Gary L Trujillo", "Gary M Trujillo", CITY), ("DARYL TODD", "TODD DARYL", CITY), ("H Marshall Schwarz", "H Martin Schwarz", CITY),
]  # fmt: skip


def seats_from(
    *lines: tuple[str, int, int], places: list[tuple[str | None, str | None]], years: list[int] | None = None
) -> pd.DataFrame:
    """Seats of lines: a name, an organisation, a return."""
    written = sorted({name for name, _, _ in lines})
    mentions = pd.DataFrame({
        "organization": [at for _, at, _ in lines], "filing": [filing for _, _, filing in lines],
        "written": [written.index(name) for name, _, _ in lines], "role": 0, "year": years or [2020] * len(lines),
    })  # fmt: skip
    return seats_of(mentions, parse_people(written), pd.DataFrame(places, columns=["city", "state"], dtype="str"))


def sure(one: str, other: str, place: str) -> float:
    person, scores = link_seats(seats_from((one, 0, 0), (other, 1, 1), places=PLACES[place]), least=1e-12)
    return float(scores[person[0]]) if person[0] == person[1] else 0.0


@pytest.mark.parametrize(("one", "other", "place"), SAME)
def test_one_person(one: str, other: str, place: str) -> None:
    assert sure(one, other, place) >= LIKELY
    assert sure(other, one, place) == pytest.approx(sure(one, other, place)), "whoever is named first"


@pytest.mark.parametrize(("one", "other", "place"), MISSED)
def test_one_person_that_is_missed_is_possible(one: str, other: str, place: str) -> None:
    assert POSSIBLE <= sure(one, other, place) < LIKELY


@pytest.mark.parametrize(("one", "other", "place"), NOT_SURE)
def test_not_sure_enough(one: str, other: str, place: str) -> None:
    assert sure(one, other, place) < LIKELY


@pytest.mark.parametrize(("one", "other", "place"), NEVER)
def test_never_one_person(one: str, other: str, place: str) -> None:
    assert sure(one, other, place) == 0


def test_the_table_is_large_enough_and_on_both_sides() -> None:
    assert len(SAME) >= 18
    assert len(NOT_SURE) + len(NEVER) >= 20


def test_nearer_and_rarer_is_surer() -> None:
    near, state, far = (sure("GWENDOLYN MILEY", "GWENDOLYN MILEY", place) for place in (CITY, STATE, FAR))
    assert near > state > far
    assert (
        sure("ENRICA Q MA", "ENRICA Q MA", CITY) > sure("ENRICA MA", "ENRICA MA", CITY) > sure("MARY SMITH", "MARY SMITH", CITY)
    )
    assert sure("GREGORY J VOGEL", "GREG J VOGEL", CITY) < CERTAIN, "a short form never makes certain"


@pytest.mark.parametrize("name", ["WELLS FARGO BANK NA", "VACANT", "", "Smith", "SEE ATTACHED STATEMENT", "12345", "US TRUST CO"])
def test_what_is_no_person_has_no_seat(name: str) -> None:
    assert parse_person(name) is None
    assert seats_from((name, 0, 0), places=[("TROY", "NY")]).empty


def test_one_name_in_one_organisation_is_one_person_over_the_years() -> None:
    seats = seats_from(("JAY HEILER", 0, 0), ("Jay A. Heiler", 0, 1), places=[("TEMPE", "AZ")], years=[2018, 2020])
    assert len(seats) == 1
    assert (seats["first_year"][0], seats["last_year"][0], seats["mentions"][0]) == (2018, 2020, 2)
    assert seats["initial"][0] == ord("A")


def test_two_of_a_name_in_one_return_are_two_people() -> None:
    seats = seats_from(("JAY HEILER", 0, 0), ("JAY A HEILER", 0, 0), places=[("TEMPE", "AZ")])
    assert len(seats) == 2


def test_a_name_without_a_middle_joins_nobody_who_contradict_each_other() -> None:
    lines = ("JAY A HEILER", 0, 0), ("JAY HEILER", 1, 1), ("JAY B HEILER", 2, 2)
    person, _ = link_seats(seats_from(*lines, places=[("TEMPE", "AZ")] * 3))
    assert len(set(person)) == 3


def test_an_empty_board() -> None:
    seats = seats_from(places=[("TEMPE", "AZ")])
    person, scores = link_seats(seats)
    assert (len(seats), len(person), len(scores)) == (0, 0, 0)


@pytest.mark.parametrize(("score", "word"), [(1, "certain"), (0.97, "certain"), (0.9, "likely"), (0.5, "possible"), (0.1, "no")])
def test_classes(score: float, word: str) -> None:
    assert sure_class(score) == word


NAMES = st.lists(st.sampled_from([name for one, other, _ in SAME for name in (one, other)]), min_size=2, max_size=8, unique=True)


@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(names: list[str], chance) -> None:
    lines = [(name, at, at) for at, name in enumerate(names)]
    mixed = lines.copy()
    chance.shuffle(mixed)
    groups = []
    for order in (lines, mixed):
        seats = seats_from(*order, places=[("TEMPE", "AZ")] * len(lines))
        person, _ = link_seats(seats)
        groups.append({frozenset(seats["organization"][person == one]) for one in set(person)})
    assert groups[0] == groups[1]
