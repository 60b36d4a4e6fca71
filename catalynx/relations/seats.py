"""Mentions of officers in returns → seats: one person in one organisation, with the years and the latest role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalynx.columns import require

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    type Array = np.ndarray[Any, Any]

MENTIONS = ("organization", "filing", "written", "role", "year")
NAMES = ("given", "middle", "surname", "marker", "first", "given_share", "surname_share", "middle_share")
PLACES = ("city", "state")
NO_YEAR = -1


def seats_of(mentions: pd.DataFrame, names: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Make one seat of all mentions of a person in an organisation.

    In one organisation the same name is the same person. A mention without a middle name is taken for the one person there
    that has one, unless one return lists both, or there are two to choose from. What is no person's name has no seat.

    Parameters
    ----------
    mentions : one row a person in a return, codes: ``organization`` and ``written`` are rows of `places` and `names`,
        ``filing`` tells returns apart, ``role`` and ``year`` (``NO_YEAR`` when unknown) are kept
    names : one row a name as written, taken apart: ``NAMES``, missing for what is no person's name
    places : one row an organisation: ``city`` and ``state``, missing where unknown

    Returns
    -------
    ``organization, name, surname, middle, initial, marker, first, city, state, given_share, surname_share, middle_share`` (see
    `catalynx.relations.people`), ``written`` (as the latest return has it), ``role``, ``first_year``, ``last_year``, ``mentions``

    Raises
    ------
    MissingColumns
    """
    import numpy as np

    for frame, columns, name in ((mentions, MENTIONS, "mentions"), (names, NAMES, "names"), (places, PLACES, "places")):
        require(frame, columns, name=name)
    codes = _codes(names)
    kept = mentions[codes["name"][mentions["written"].to_numpy(dtype=np.int64)] >= 0]
    written, organization = (kept[name].to_numpy(dtype=np.int64) for name in ("written", "organization"))
    parts = {name: values[written] for name, values in codes.items()}
    order = np.lexsort((written, kept["year"].to_numpy(), parts["said"], parts["marker"], parts["name"], organization))
    parts = {name: values[order] for name, values in parts.items()}
    kept, organization = kept.iloc[order], organization[order]
    seat = _numbered(organization, parts["name"], parts["marker"], parts["said"])
    seat = _merged(seat, organization, parts, kept["filing"].to_numpy(), kept["year"].to_numpy())
    return _described(kept, seat, parts, names, places)


def _codes(names: pd.DataFrame) -> dict[str, Array]:
    """Number the parts of names; 0 says not known, ``name`` is −1 for what is no person's name."""
    import numpy as np

    parts = {name: names[name].astype("category").array for name in ("given", "middle", "surname", "marker", "first")}
    given, surname = (parts[name].codes.astype(np.int64) for name in ("given", "surname"))
    initials = [ord(text[0]) if text else 0 for text in parts["middle"].categories]
    return {
        "name": np.where(surname < 0, -1, surname * (int(given.max(initial=0)) + 1) + given), "surname": surname.astype(np.int32),
        "said": _code(parts["middle"]), "middle": _code(parts["middle"], least=2), "marker": _code(parts["marker"]),
        "initial": np.asarray([*initials, 0], dtype=np.int32)[parts["middle"].codes],
        "first": parts["first"].codes.astype(np.int32),
    }  # fmt: skip


def _code(column: Any, *, least: int = 1) -> Array:
    """Number the texts of a column of categories; those shorter than `least`, and missing ones, are 0."""
    import numpy as np

    codes = np.asarray(
        [place if len(text) >= least else 0 for place, text in enumerate(column.categories, 1)] + [0], dtype=np.int32
    )
    numbered: Array = codes[column.codes]
    return numbered


def _numbered(*sorted_columns: Array) -> Array:
    """Number the runs of rows that agree in all columns."""
    import numpy as np

    if not len(sorted_columns[0]):
        return np.zeros(0, dtype=np.int64)
    changes = np.zeros(len(sorted_columns[0]), dtype=bool)
    for column in sorted_columns:
        changes[1:] |= column[1:] != column[:-1]
    return np.cumsum(changes)


def _merged(seat: Array, organization: Array, parts: dict[str, Array], filing: Array, year: Array) -> Array:
    """Bring seats without a middle name to the one of that name in the organisation that has one."""
    import numpy as np

    group = _numbered(organization, parts["name"], parts["marker"])
    first, last = np.full(len(seat), -1), np.full(len(seat), -1)
    if len(seat):
        ends = np.flatnonzero(np.r_[group[1:] != group[:-1], True])
        starts = np.r_[0, ends[:-1] + 1]
        several = seat[ends] != seat[starts]
        first, last = starts[several], ends[several] + 1
    for start, end in zip(first[first >= 0], last[last >= 0], strict=True):
        said = parts["said"][start:end]
        compatible = _one_person(said, parts["initial"][start:end], parts["middle"][start:end])
        returns = [set(filing[start:end][said == one]) for one in np.unique(said)]
        apart = all(not (one & other) for place, one in enumerate(returns) for other in returns[:place])
        if compatible and apart:
            seat[start:end] = seat[start]
    return seat


def _one_person(said: Array, initial: Array, middle: Array) -> bool:
    import numpy as np

    return all(len(np.unique(part[part != 0])) <= 1 for part in (initial, middle)) and len(np.unique(said)) <= 3


def _described(
    kept: pd.DataFrame, seat: Array, parts: dict[str, Array], names: pd.DataFrame, places: pd.DataFrame
) -> pd.DataFrame:
    """Return one row a seat; its name and role are those of the latest year, its middle name the fullest."""
    import numpy as np
    import pandas as pd

    year, written = (kept[name].to_numpy(dtype=np.int64) for name in ("year", "written"))
    order = np.lexsort((written, year, seat))
    ends = np.flatnonzero(np.r_[seat[order][1:] != seat[order][:-1], True]) if len(seat) else np.zeros(0, dtype=np.int64)
    starts = np.r_[0, ends[:-1] + 1] if len(ends) else ends
    latest = order[ends]
    known = np.where(year == NO_YEAR, 9999, year)[order]
    organization = kept["organization"].to_numpy(dtype=np.int64)[latest]
    fullest = {part: _reduced(parts[part][order], starts, np.maximum) for part in ("middle", "initial")}
    place = {name: _code(places[name].astype("category").array)[organization] for name in PLACES}
    first_year = _reduced(known, starts, np.minimum)
    # The share of the middle name is that of a mention that has it in full.
    share = _reduced(np.where(parts["middle"] != 0, names["middle_share"].to_numpy()[written], 1.0)[order], starts, np.minimum)
    return pd.DataFrame({
        "organization": organization, **{name: parts[name][latest] for name in ("name", "surname", "marker", "first")},
        **fullest, **place, **{name: names[name].to_numpy()[written[latest]] for name in ("given_share", "surname_share")},
        "middle_share": share, "written": written[latest], "role": kept["role"].to_numpy()[latest],
        "first_year": np.where(first_year == 9999, NO_YEAR, first_year), "last_year": year[latest], "mentions": ends - starts + 1,
    })  # fmt: skip


def _reduced(values: Array, starts: Array, how: Any) -> Array:
    reduced: Array = how.reduceat(values, starts) if len(starts) else values[:0]
    return reduced
