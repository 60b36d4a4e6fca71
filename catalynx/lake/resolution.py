"""Recipients of grants and awards → organisations of the Business Master File, by name and place.

Precision is worth more than recall: what is not certain stays ``unresolved``, with the reason. The score of a pair is the
similarity of the names times how plausible the place makes it, both 0 to 1.

**Place known** (by the source, or said in the name: ``(Durham NC)``, ``…, VT``). Only organisations of that state count. In the
same city, the name decides. In another city, or when the city is unknown, the name must also be telling: the more bodies
of a state would bear it by chance, the less plausible (``Friends of the Library`` is nobody in particular). A member of a group
that bears the group's name never counts by that name, only by its own (``American Civil Liberties Union of Vermont``). An
organisation in another state counts when it bears exactly the name, has revenue, and its EIN was given out in the
recipient's state (until 2001 the first two digits tell the district): it moved.

**Place unknown, but a state stands in the name** (``Vermont Natural Resources Council``): organisations of that state count.

**Place unknown.** A name says little when most organisations are not in the lake: the only one of a name here may be a small
namesake of the one that is meant. So the plausibility is the candidate's share of the money: its revenue, divided by its
own, plus that of others of the name in the lake, plus what unseen namesakes would have. The latter grows with the
number of organisations outside the lake and with the root of the share of names that have the same words, as measured
(`plausibility.NAMESAKE_USD`). A lake of all states leaves only bodies outside the BMF (governments, foreign, closed). Not
counted here: members that bear a group's name, private foundations, organisations without revenue, and hospitals, schools
and churches without a word that tells which. Foundations fund the national ``Trout Unlimited``, not its chapter in Hartland.
A word more or less is another organisation; misspelt words are forgiven.

Private persons and what is no name (``Unknown``) are never resolved.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from catalynx.columns import require, table
from catalynx.errors import BadParameter
from catalynx.lake.name_matching import Vocabulary
from catalynx.lake.name_words import STATE_CODES
from catalynx.lake.names import is_not_a_name, is_person, normal_city, normal_name, parse, recipient_key
from catalynx.lake.pairing import pairs_to_weigh
from catalynx.lake.plausibility import decided, scored

__all__ = ["ACCEPT", "MARGIN", "recipient_key", "resolve"]

ACCEPT = 0.85
MARGIN = 0.05
BMF_ORGANIZATIONS = 1_900_000
"""Organisations in the whole Business Master File (IRS, 2026)."""
OUTSIDE_BMF = 100_000
"""Reckoned number of bodies that receive grants and are never in it: governments, foreign and closed organisations."""
STATE_IS_HELD_FROM = 500
"""A state with so many organisations in the lake is taken for held as a whole."""

_RECIPIENT_COLUMNS = (
    "recipient_name",
    "recipient_city",
    "recipient_state",
    "recipient_ein",
    "recipient_kind",
    "recipient_country",
)
_ORGANIZATION_COLUMNS = (
    "ein", "name", "other_name", "city", "state", "group_number", "subsection", "affiliation", "foundation_code", "revenue_usd",
)  # fmt: skip


def resolve(
    recipients: pd.DataFrame,
    organizations: pd.DataFrame,
    *,
    accept: float = ACCEPT,
    margin: float = MARGIN,
    held_states: Collection[str] | None = None,
) -> pd.DataFrame:
    """Link recipients to organisations.

    Parameters
    ----------
    recipients : one row a distinct recipient; needs ``recipient_name``, ``recipient_city``, ``recipient_state``,
        ``recipient_ein``, ``recipient_kind``, ``recipient_country``; ``times`` (how often it stands in the sources), when it is
        there, chooses the name that is shown
    organizations : the lake's table; needs ``ein, name, other_name, city, state, group_number, subsection, affiliation,
        foundation_code, revenue_usd``
    accept : least score of a link, 0 to 1
    margin : least distance of the score to the second best match
    held_states : states of which the lake holds all organisations; by default those with 500 or more. Where all are held,
        hardly any namesake is unseen

    Returns
    -------
    the columns of ``entity_links``, one row a ``recipient_key``, sorted by it. Recipients without name and EIN have no row. A
    key that stands for several cities is resolved only if all of them lead to one organisation

    Raises
    ------
    MissingColumns, BadParameter
    """
    require(recipients, _RECIPIENT_COLUMNS, name="recipients")
    require(organizations, _ORGANIZATION_COLUMNS, name="organizations")
    for name, value in (("accept", accept), ("margin", margin)):
        if not 0 <= value <= 1:
            raise BadParameter(name, value, "between 0 and 1")
    asked = _asked(recipients)
    known = _known(organizations)
    held = (
        set(held_states)
        if held_states is not None
        else set(known["state"].value_counts().loc[lambda n: n >= STATE_IS_HELD_FROM].index)
    )
    unseen = 0 if held >= STATE_CODES - {"PR", "GU", "VI"} else max(0, BMF_ORGANIZATIONS - len(known))
    open_rows = asked[asked["barrier"].isna()]
    vocabulary = Vocabulary.of(known["key"])
    pairs = pairs_to_weigh(open_rows, known, vocabulary, accept=accept)
    pairs = scored(pairs, vocabulary, unseen + OUTSIDE_BMF, known["state"].value_counts())
    return _links(asked, known, decided(pairs, accept, margin))


def _asked(recipients: pd.DataFrame) -> pd.DataFrame:
    """One row a recipient with what its name says, and ``barrier``: why it is never looked for."""
    asked = recipients.loc[:, [*_RECIPIENT_COLUMNS]].astype("object").where(lambda cells: cells.notna(), None)
    asked["times"] = recipients.get("times", 1)
    asked["recipient_key"] = recipient_key(asked["recipient_name"], asked["recipient_state"], asked["recipient_ein"])
    asked = asked[asked["recipient_key"].notna()].reset_index(drop=True)
    names = asked["recipient_name"].fillna("")
    parsed = {name: parse(name) for name in names.unique()}
    asked["parsed"] = names.map(parsed)
    asked["key"] = [name.key for name in asked["parsed"]]
    cities = [normal_city(city) if city else None for city in asked["recipient_city"]]
    asked["city"] = [city or name.city for city, name in zip(cities, asked["parsed"], strict=True)]
    asked["state"] = [state or name.state for state, name in zip(asked["recipient_state"], asked["parsed"], strict=True)]
    asked["barrier"] = pd.Series([_barrier(row) for row in asked.itertuples(index=False)], index=asked.index, dtype="object")
    return asked


def _barrier(row: Any) -> str | None:
    if row.recipient_key.startswith("ein:"):
        return "given"
    if row.recipient_kind == "individual" or is_person(row.recipient_name):
        return "a private person"
    if is_not_a_name(row.key):
        return "no name"
    country = str(row.recipient_country or "US").strip().upper()
    if country not in {"US", "USA", "U.S.", "U.S.A.", "UNITED STATES", "UNITED STATES OF AMERICA", "NONE", "NAN", ""}:
        return f"in another country ({country.title()})"
    return None


def _known(organizations: pd.DataFrame) -> pd.DataFrame:
    """One row an organisation, in order of EIN, with its normal name, and what it is."""
    known = organizations.loc[:, [*_ORGANIZATION_COLUMNS]].sort_values("ein", ignore_index=True)
    for column in known.columns.difference(["revenue_usd"]):
        known[column] = known[column].astype("object").where(lambda cells: cells.notna(), None)
    known["key"] = [normal_name(name) for name in known["name"]]
    cities = {city: normal_city(city) for city in known["city"].dropna().unique()}
    known["city"] = known["city"].map(cities)
    known["revenue_usd"] = known["revenue_usd"].astype("float64").fillna(0.0).clip(lower=0.0)
    central = known["affiliation"].isin(["1", "6", "8"])
    known["member"] = known["affiliation"].isin(["7", "9"]) | (known["group_number"].notna() & ~central)
    funder = known["subsection"].eq("92") | known["foundation_code"].isin(["02", "04"])
    several = known["group_number"].notna() & known.duplicated(["group_number", "key"], keep=False)
    known["central"] = central & known["group_number"].notna()
    known["bears_group_name"] = known["member"] & (known["other_name"].notna() | several)
    known["national"] = ~known["bears_group_name"] & ~funder & known["revenue_usd"].gt(0)
    return known


def _links(asked: pd.DataFrame, known: pd.DataFrame, best: pd.DataFrame) -> pd.DataFrame:
    """One row a ``recipient_key`` with the columns of ``entity_links``."""
    rows = asked.join(best[["ein", "score", "runner_up_ein", "runner_up_score", "sure", "reason"]])
    rows["given"] = rows["barrier"].eq("given")
    rows["link"] = rows["ein"].where(rows["sure"].eq(True) & rows["barrier"].isna()).where(~rows["given"], rows["recipient_ein"])
    rows["reason"] = _reasons(rows, known)
    shown = _shown(rows, known)
    rows = _agreed(rows)
    rows["status"] = rows["link"].notna().map({True: "resolved", False: "unresolved"}).where(~rows["given"], "given")
    rows["ein"] = rows["link"]
    rows[["recipient_name", "recipient_state"]] = shown.reindex(rows["recipient_key"]).to_numpy()
    links = rows[table("entity_links").names].sort_values("recipient_key", ignore_index=True)
    texts = links.columns.difference(["score", "runner_up_score"])
    return links.astype(dict.fromkeys(texts, "str") | {"score": "float64", "runner_up_score": "float64"})


def _reasons(rows: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    reasons = rows["reason"].astype("object")
    borne = rows["key"].isin(set(known["key"]))
    elsewhere = borne & rows["state"].notna()
    reasons = reasons.mask(reasons.isna() & elsewhere, "only organisations in other states bear the name")
    small = "place unknown, and only members of a group, private foundations or organisations without revenue bear the name"
    reasons = reasons.mask(reasons.isna() & borne, small).mask(rows["barrier"].notna(), rows["barrier"])
    return reasons.mask(rows["given"], "the source gives the EIN").fillna("nothing similar")


def _shown(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Name and state to show, by key: the name that stands most often; without one that of the organisation, else its EIN."""
    names = dict(zip(known["ein"], known["name"], strict=True))
    stand_ins = pd.Series([names.get(ein, f"EIN {ein}") for ein in rows["recipient_ein"]], index=rows.index, dtype="object")
    state = rows["recipient_state"].where(rows["recipient_state"].astype("str").str.fullmatch(r"[A-Z]{2}").fillna(False))
    named = rows["recipient_name"].notna()
    shown = rows.assign(named=named, recipient_name=rows["recipient_name"].where(named, stand_ins), recipient_state=state)
    order = ["recipient_key", "named", "times", "recipient_name", "recipient_state"]
    shown = shown.sort_values(order, ascending=[True, False, False, True, True]).drop_duplicates("recipient_key")
    return shown.set_index("recipient_key")[["recipient_name", "recipient_state"]]


def _agreed(rows: pd.DataFrame) -> pd.DataFrame:
    """The best row of each key; a key whose cities do not all lead to one organisation loses its link."""
    keys = rows["recipient_key"]
    # A row without a city, or a private person's, says nothing where another row of the key says more.
    weight = rows["city"].notna() * 1 + (rows["barrier"].isna() | rows["given"]) * 2
    counts = weight.eq(weight.groupby(keys).transform("max"))
    unlinked = (counts & rows["link"].isna()).groupby(keys).transform("any")
    several = rows["link"].where(counts).groupby(keys).transform("nunique").gt(1)
    lost = (unlinked | several) & rows["link"].notna()
    reason = rows["reason"].mask(lost, "stands for several cities, which do not lead to one organisation")
    rows = rows.assign(weight=weight, link=rows["link"].mask(lost), reason=reason)
    order = ["recipient_key", "weight", "score", "ein", "recipient_name", "city"]
    return rows.sort_values(order, ascending=[True, False, False, True, True, True]).drop_duplicates("recipient_key")
