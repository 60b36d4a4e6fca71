"""Are two officers of one name one person? A score that says how sure, and links only where it is high.

The question is asked of two seats in two organisations with the same given name and surname. Either one person holds both, or
two namesakes hold one each. The score weighs the one against the other::

    score = OTHER_SEATS / (OTHER_SEATS + namesakes)
    namesakes = SEATS × share of the given name × of the surname × of the middle name, and of Jr or the like

``OTHER_SEATS`` is how many further seats a director is taken to hold within that reach (same city, state, anywhere), ``SEATS``
how many seats others hold there. Both are set, not measured, and on the careful side: the seats of a city are those of the
largest city, those of a state those of the largest state. Parts that contradict each other (John A and John B, Jr and III) are
never one person; where only one of two says Jr, the score stays below likely, and short forms (Bob, Robert) never make certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from catalynx.columns import require

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    type Array = np.ndarray[Any, Any]

CERTAIN, LIKELY, POSSIBLE = 0.97, 0.80, 0.30
ANYWHERE, SAME_STATE, SAME_CITY = 0, 1, 2
SEATS: Final = (4_000_000.0, 440_000.0, 160_000.0)
"""Seats on boards of organisations that file a return with officers: in the country, the largest state, the largest city."""
OTHER_SEATS: Final = (0.030, 0.045, 0.075)
INITIAL_SHARE = 0.1
MARKER_SHARE = 0.1
"""Share of people who are called Jr, II or the like, at most."""
ONE_MARKER_AT_MOST, SHORT_FORM_AT_MOST = 0.79, 0.96
COMPARED = 50
"""A seat is compared with so many others of its name, those of its place and middle name first."""
TELLING_SEATS = 100_000
"""From so many seats on, a lake's own counts say how rare a surname is."""
NEEDS = ("organization", "name", "middle", "initial", "marker", "first", "city", "state", "given_share", "surname_share",
         "middle_share")  # fmt: skip


def how_sure(pairs: pd.DataFrame) -> Array:
    """Score pairs of seats of one given name and surname.

    Parameters
    ----------
    pairs : columns ``middle, initial, marker, first, city, state`` with the suffixes ``_1`` and ``_2``, codes in which 0 says not
        known (of ``middle`` also: an initial alone); and ``given_share, surname_share, middle_share``

    Returns
    -------
    scores from 0 to 1; 0 where the names contradict each other
    """
    import numpy as np

    same = {part: _same(pairs, part) for part in ("middle", "initial", "marker", "city", "state")}
    reach = np.where(same["state"] == 1, np.where(same["city"] == 1, SAME_CITY, SAME_STATE), ANYWHERE)
    middle = np.where(same["middle"] == 1, pairs["middle_share"], np.where(same["initial"] == 1, INITIAL_SHARE, 1.0))
    shares = pairs["given_share"].to_numpy() * pairs["surname_share"].to_numpy() * middle
    shares = np.where(same["marker"] == 1, shares * MARKER_SHARE, shares)
    other = np.asarray(OTHER_SEATS)[reach]
    score = other / (other + np.asarray(SEATS)[reach] * shares)
    one_marker = (pairs["marker_1"].to_numpy() != 0) != (pairs["marker_2"].to_numpy() != 0)
    score = np.where(one_marker, np.minimum(score, ONE_MARKER_AT_MOST), score)
    short = pairs["first_1"].to_numpy() != pairs["first_2"].to_numpy()
    score = np.where(short, np.minimum(score, SHORT_FORM_AT_MOST), score)
    return np.where((same["middle"] == -1) | (same["initial"] == -1) | (same["marker"] == -1), 0.0, score)


def sure_class(score: float) -> str:
    """Say in a word how sure a score is: certain, likely, possible, or no."""
    return "certain" if score >= CERTAIN else "likely" if score >= LIKELY else "possible" if score >= POSSIBLE else "no"


def _same(pairs: pd.DataFrame, part: str) -> Array:
    """1 where both know the part and agree, −1 where they contradict each other, 0 where one does not know it."""
    import numpy as np

    one, other = pairs[f"{part}_1"].to_numpy(), pairs[f"{part}_2"].to_numpy()
    return np.where((one == 0) | (other == 0), 0, np.where(one == other, 1, -1))


def link_seats(seats: pd.DataFrame, *, least: float = LIKELY) -> tuple[Array, Array]:
    """Say which seats one person holds.

    Parameters
    ----------
    seats : one row a person in an organisation; ``name`` is a code of given name and surname together, the rest as in ``NEEDS``
    least : score from which two seats are linked; below ``LIKELY`` namesakes will be taken for one

    Returns
    -------
    for each seat the number of its person; for each person the lowest score among its links, 1 where it holds one seat

    Raises
    ------
    MissingColumns
    """
    import numpy as np

    require(seats, NEEDS, name="seats")
    seats = seats.assign(surname_share=_as_rare_as_here(seats)) if "surname" in seats else seats
    one, other, scores = _linked(seats, least)
    person = _joined(len(seats), one, other)
    doubtful = _contradict(seats, person)[person[one]] if len(one) else np.zeros(0, dtype=bool)
    if doubtful.any():
        # A seat without a middle name may be anybody's: it must not make one person of two that contradict each other.
        alike = np.ones(len(one), dtype=bool)
        for part in ("middle", "initial", "marker"):
            values = seats[part].to_numpy()
            alike &= values[one] == values[other]
        one, other, scores = (values[~doubtful | alike] for values in (one, other, scores))
        person = _joined(len(seats), one, other)
    surest = np.ones(int(person.max()) + 1 if len(person) else 0)
    np.minimum.at(surest, person[one], scores)
    return person, surest


def _as_rare_as_here(seats: pd.DataFrame) -> Array:
    """Return the share of each surname: as published, or as a lake that is large enough tells of one in no list."""
    import numpy as np

    listed, codes = seats["surname_share"].to_numpy(), seats["surname"].to_numpy()
    if len(seats) < TELLING_SEATS:
        return listed
    here = (np.bincount(codes)[codes] + 1) / len(seats)
    return np.where(listed > listed.min(), np.maximum(listed, here), here)


def _linked(seats: pd.DataFrame, least: float) -> tuple[Array, Array, Array]:
    """Return the pairs of seats in different organisations that are linked, and their scores."""
    import numpy as np

    columns = [seats[name].to_numpy() for name in ("initial", "middle", "city", "state", "name")]
    order = np.lexsort(columns)
    best = np.asarray(OTHER_SEATS)[SAME_CITY], np.asarray(SEATS)[SAME_CITY]
    rare = np.where(seats["marker"] == 0, 1.0, MARKER_SHARE)
    shares = (
        rare
        * (seats["given_share"] * seats["surname_share"]).to_numpy()
        * np.minimum(
            np.where(seats["initial"] == 0, 1.0, INITIAL_SHARE), np.where(seats["middle"] == 0, 1.0, seats["middle_share"])
        )
    )
    # A common name can be nobody in particular, whatever the place: it need not be compared.
    order = order[(best[0] / (best[0] + best[1] * shares) >= least)[order]]
    name, organization = seats["name"].to_numpy()[order], seats["organization"].to_numpy()[order]
    found: list[tuple[Array, Array, Array]] = []
    for distance in range(1, COMPARED):
        at = np.flatnonzero(name[distance:] == name[:-distance]) if len(name) > distance else np.zeros(0, dtype=np.int64)
        if not len(at):
            break
        at = at[organization[at] != organization[at + distance]]
        one, other = order[at], order[at + distance]
        score = how_sure(_pairs(seats, one, other))
        found.append((one[score >= least], other[score >= least], score[score >= least]))
    none = np.zeros(0, dtype=np.int64)
    return tuple(map(np.concatenate, zip(*found, strict=True))) if found else (none, none, np.zeros(0))  # type: ignore[return-value]


def _pairs(seats: pd.DataFrame, one: Array, other: Array) -> pd.DataFrame:
    import pandas as pd

    both = {
        f"{part}_{place}": seats[part].to_numpy()[side]
        for part in ("middle", "initial", "marker", "first", "city", "state")
        for place, side in ((1, one), (2, other))
    }
    shares = {name: seats[name].to_numpy()[one] for name in ("given_share", "surname_share", "middle_share")}
    return pd.DataFrame(both | shares)


def _joined(count: int, one: Array, other: Array) -> Array:
    import numpy as np
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    links = coo_matrix((np.ones(len(one), dtype=np.int8), (one, other)), shape=(count, count))
    return connected_components(links, directed=False)[1]


def _contradict(seats: pd.DataFrame, person: Array) -> Array:
    """Say of each person whether its seats contradict each other, or are two of one organisation."""
    import numpy as np

    doubtful = np.zeros(int(person.max()) + 1, dtype=bool)
    several = np.bincount(person)[person] > 1
    holder = person[several]
    for part in ("middle", "initial", "marker", "organization"):
        values = seats[part].to_numpy()[several]
        known = values >= 0 if part == "organization" else values != 0
        order = np.lexsort((values[known], holder[known]))
        whose, what = holder[known][order], values[known][order]
        again = whose[1:] == whose[:-1]
        differs = what[1:] == what[:-1] if part == "organization" else what[1:] != what[:-1]
        doubtful[whose[1:][again & differs]] = True
    return doubtful
