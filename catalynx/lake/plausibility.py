"""How plausible it is, by place and money, that an organisation of like name is the recipient; and what is decided from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from catalynx.lake.name_matching import Vocabulary
from catalynx.lake.name_words import EIN_PREFIX_STATES
from catalynx.lake.names import states_named

NAMESAKE_USD = 300.0
"""Revenue of unseen namesakes, dollars for each unseen organisation and root of the name's share.

Measured on the Business Master File of April 2026: names of VT, WY, AK and DC (11,764 organisations with revenue) were looked
for among 258,378 organisations elsewhere. Words are not independent, so namesakes are far fewer than the share says when it is
large, and more when it is tiny; the root follows the mean revenue found (about 150,000 dollars at one expected namesake).
"""
_SMALLEST_USD = 1_000.0
_SAME_CITY, _SAME_STATE, _OTHER_CITY, _MOVED = 1.0, 0.98, 0.97, 0.97
_GROUP_NAME, _WRONG_CITY, _OTHER_STATE = 0.3, 0.5, 0.5
_PREFIX_BY_CHANCE = 1 / 30
"""Share of organisations that bear one given state's number by chance."""
_OUTSIDE_BMF_SHARE = 0.1
"""Reckoned number of bodies in a state that are not in the BMF (governments, closed ones), for each that is."""
_CONTEST = 0.02
_LOCAL_WORDS = frozenset(
    {
        "HOSPITAL", "SCHOOL", "SCHOOLS", "CHURCH", "PARISH", "LIBRARY", "COLLEGE", "ACADEMY", "CLINIC", "SHELTER", "MINISTRIES",
        "FELLOWSHIP",
    }
)  # fmt: skip
_TELLING = 7.6
"""Weight of a word that stands in one name of 2,000."""
_NAMES_DIFFER = 0.85
_WHERE = {
    "placed": "in {state}",
    "implied": "in {state}, which the name says",
    "moved": "now in {state}",
    "unplaced": "place unknown",
}
_WAYS = {"placed": 0, "implied": 1, "moved": 2, "unplaced": 3}


def scored(pairs: pd.DataFrame, vocabulary: Vocabulary, unseen: float, in_state: pd.Series) -> pd.DataFrame:
    """Return the pairs with ``score`` and ``unseen_usd``, best first for each recipient, an organisation once.

    ``unseen_usd`` is the revenue that unseen namesakes would have.

    Parameters
    ----------
    pairs : recipient and organisation with ``likeness`` of the names and ``way`` in which the place speaks for them
    vocabulary : words of all organisations' names
    unseen : number of organisations that the lake does not hold
    in_state : number of organisations in the lake by state
    """
    pairs = pairs.copy()
    shares = {key: vocabulary.share(key) for key in pairs["form"].unique()}
    share = pairs["form"].map(shares).astype("float64")
    by_chance = share * _OUTSIDE_BMF_SHARE * pairs["state"].map(in_state).fillna(0).astype("float64")
    # The central organisation of a group is who is meant by the group's name: its namesakes are its members.
    by_chance = by_chance.mask(pairs["central"].astype(bool), 0.0)
    same_city = pairs["asked_city"].notna() & pairs["asked_city"].eq(pairs["city"])
    other_city = pairs["asked_city"].notna() & ~same_city
    moved, unplaced = pairs["way"].eq("moved"), pairs["way"].eq("unplaced")
    prefix = pd.Series(
        [state in EIN_PREFIX_STATES.get(ein[:2], ()) for ein, state in zip(pairs["ein"], pairs["asked_state"], strict=True)],
        index=pairs.index, dtype=bool,
    )  # fmt: skip
    place = np.select(
        [moved & prefix, moved, unplaced & other_city, unplaced, same_city, other_city & pairs["way"].eq("implied"), other_city],
        [_MOVED, _OTHER_STATE, _WRONG_CITY, 1.0, _SAME_CITY, _WRONG_CITY, _OTHER_CITY / (1 + 3 * by_chance)],
        _SAME_STATE / (1 + by_chance),
    )
    elsewhere = pairs["bears_group_name"] & ~pairs["own_name"].astype(bool)
    rate = unseen * NAMESAKE_USD * np.sqrt(share)
    pairs["unseen_usd"] = np.select([pairs["central"].astype(bool), unplaced, moved], [0.0, rate, rate * _PREFIX_BY_CHANCE], 0.0)
    local = {key: _local(key, vocabulary) for key in shares}
    nowhere = ~same_city & pairs["way"].ne("implied") & pairs["form"].map(local).astype(bool)
    place = np.where(nowhere, np.minimum(place, _WRONG_CITY), place)
    pairs["same_city"] = same_city
    pairs["score"] = pairs["likeness"] * np.where(elsewhere, _GROUP_NAME, place)
    # A pair that the place speaks for is not weighed again as if the place were unknown.
    pairs["rank"] = pairs["way"].map(_WAYS)
    pairs = pairs.sort_values(["asked", "known", "rank", "score"], ascending=[True, True, True, False]).drop_duplicates(
        ["asked", "known"]
    )
    pairs["score"] *= _money_share(pairs)
    return pairs.sort_values(["asked", "score", "ein"], ascending=[True, False, True], ignore_index=True)


def _local(key: str, vocabulary: Vocabulary) -> bool:
    """Whether a name is that of a place's own hospital, school or church without a word that tells which."""
    words = set(key.split())
    return not words.isdisjoint(_LOCAL_WORDS) and not states_named(key) and max(map(vocabulary.weight, words)) < _TELLING


def _money_share(pairs: pd.DataFrame) -> pd.Series:
    """Share of a pair in the revenue of all that match as well as it does, seen and unseen."""
    best = pairs.groupby("asked")["score"].transform("max")
    contest = pairs["score"] >= best - _CONTEST
    money = pairs["revenue_usd"] + _SMALLEST_USD
    rivals = money.where(contest, 0.0).groupby(pairs["asked"]).transform("sum")
    rivals = rivals.where(contest, rivals + money)
    return money / (rivals + pairs["unseen_usd"])


def decided(pairs: pd.DataFrame, accept: float, margin: float) -> pd.DataFrame:
    """Return one row a recipient that resembles anything: best match, runner-up, ``sure``, ``reason``; index is ``asked``."""
    first = pairs.drop_duplicates("asked").set_index("asked")
    later = pairs[pairs.duplicated("asked")].drop_duplicates("asked").set_index("asked")
    first["runner_up_ein"] = later["ein"].reindex(first.index)
    first["runner_up_score"] = later["score"].reindex(first.index)
    gap = first["score"] - first["runner_up_score"].fillna(0.0)
    enough, clear = first["score"] >= accept, gap >= margin - 1e-9
    first["sure"] = enough & clear
    first["reason"] = [_reason(*row) for row in zip(first.itertuples(), enough, clear, strict=True)]
    return first


def _reason(row: Any, enough: bool, clear: bool) -> str:
    if row.likeness > 0.999:
        name = "same name"
    elif row.own_name and row.likeness > 0.955:
        name = "one of its names"
    else:
        name = f"similar name ({row.likeness:.2f})"
    where = "same city" if row.same_city else _WHERE[row.way].format(state=row.state, asked_state=row.asked_state)
    if enough and clear:
        return f"{name}, {where}" + (f", its EIN was given out in {row.asked_state}" if row.way == "moved" else "")
    return f"{name}, {where}, but {'another matches as well' if enough else _doubt(row)}"


def _doubt(row: Any) -> str:
    if row.likeness < _NAMES_DIFFER:
        return "the names differ too much"
    if row.bears_group_name and not row.own_name:
        return "it is a member of a group that bears the group's name"
    if row.way == "moved":
        return f"the recipient was in {row.asked_state}"
    return "the name is too common, or others bear it"
