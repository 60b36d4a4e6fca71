"""Pairs of a recipient and an organisation that may be the same: equal or alike names, and how the place speaks for them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from catalynx.lake.name_matching import Vocabulary, similar_pairs
from catalynx.lake.names import is_person, linking_words, normal_name, states_named, without_initials

_SECOND_NAME = 0.98
_LINKING_WORDS_DIFFER = 0.95
_LOOK_BELOW = 0.1


def pairs_to_weigh(asked: pd.DataFrame, known: pd.DataFrame, vocabulary: Vocabulary, *, accept: float) -> pd.DataFrame:
    """Return pairs of recipient and organisation with ``likeness`` of the names and ``way``.

    ``way`` is *placed* (the recipient's state is known, the organisation is there), *implied* (the name says the state),
    *moved* (same name in another state) or *unplaced* (nothing is known of the place). ``own_name`` says that a group's
    member matched by the name that is its own, ``form`` is the name of the organisation that matched.
    """
    forms = _known_forms(known)
    forms["state"] = known["state"].to_numpy()[forms["known"]]
    national = forms[known["national"].to_numpy()[forms["known"]] & ~forms["needs_place"]]
    asked_forms = _asked_forms(asked)
    placed = asked_forms[asked_forms["state"].notna()]
    unplaced = asked_forms[asked_forms["state"].isna()]
    implied = unplaced.assign(state=unplaced["key"].map(states_named)).explode("state").dropna(subset="state")
    found = [
        _found(placed, forms, ["key", "state"], vocabulary, accept).assign(way="placed"),
        _found(implied, forms, ["key", "state"], vocabulary, accept).assign(way="implied"),
        _equal(placed.drop(columns="state"), national, ["key"]).assign(way="moved"),
        _found(unplaced, national, ["key"], vocabulary, accept).assign(way="unplaced"),
    ]
    pairs = pd.concat(found, ignore_index=True)
    for column in ("city", "state"):
        pairs[f"asked_{column}"] = asked[column].reindex(pairs["asked"]).to_numpy()
    for column in ("ein", "city", "state", "central", "bears_group_name", "revenue_usd"):
        pairs[column] = known[column].to_numpy()[pairs["known"]]
    pairs["likeness"] *= _linking_words_agree(pairs, asked, known)
    moved_within = pairs["way"].eq("moved") & pairs["state"].eq(pairs["asked_state"])
    return pairs[~moved_within].reset_index(drop=True)


def _linking_words_agree(pairs: pd.DataFrame, asked: pd.DataFrame, known: pd.DataFrame) -> np.ndarray:
    """Factor of the likeness: below 1 where no place speaks for equal names that differ in OF, FOR, IN …"""
    by_name = pairs["way"].isin(["moved", "unplaced"]) & (known["key"].to_numpy()[pairs["known"]] == pairs["form"])
    by_name &= asked["key"].reindex(pairs["asked"]).to_numpy() == pairs["form"]
    names = zip(asked["recipient_name"].reindex(pairs["asked"]), known["name"].to_numpy()[pairs["known"]], by_name, strict=True)
    return np.array(
        [_LINKING_WORDS_DIFFER if ask and linking_words(one) != linking_words(other) else 1.0 for one, other, ask in names]
    )


def _known_forms(known: pd.DataFrame) -> pd.DataFrame:
    """Every normal name an organisation may go by: its own, its second, both together, its own less initials or place."""
    rows: list[tuple[str, int, float, bool, bool]] = []
    columns = zip(known["key"], known["other_name"], known["city"], known["state"], known["member"], strict=True)
    for place, (key, other, city, state, member) in enumerate(columns):
        forms = {key: (1.0, False, False)}
        less_initials, less_place = without_initials(key), key.removesuffix(f" {state}").removesuffix(f" {city}")
        if less_initials != key:
            forms.setdefault(less_initials, (_SECOND_NAME, False, False))
        for form in _second_names(key, other, member) if other else ():
            forms.setdefault(form, (_SECOND_NAME, True, False))
        if less_place != key and " " in less_place:
            # COVENANT HOUSE WASHINGTON is Covenant House only for who asks in Washington.
            forms.setdefault(less_place, (_SECOND_NAME, False, True))
        rows += [(form, place, *marks) for form, marks in forms.items()]
    return pd.DataFrame(rows, columns=["key", "known", "likeness", "own_name", "needs_place"])


def _second_names(key: str, other: str, member: bool) -> Iterator[str]:
    if other[0] == "%":
        return
    second = normal_name(other.upper().removeprefix("DBA ").removeprefix("AKA "))
    # The second line of a group's member may be its host: PSI CHI … [UNIVERSITY OF VERMONT] is not the university.
    related = not set(second.split()).isdisjoint(key.split())
    if " " in second and (related if member else not is_person(other.title())):
        yield second
    if member:
        yield f"{key} {second}"


def _asked_forms(asked: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (place, form, state, likeness)
        for place, name, state in zip(asked.index, asked["parsed"], asked["state"], strict=True)
        for form, likeness in [(name.key, 1.0), *((other, _SECOND_NAME) for other in name.also)]
        if form
    ]
    return pd.DataFrame(rows, columns=["asked", "key", "state", "likeness"]).drop_duplicates(["asked", "key"])


def _found(left: pd.DataFrame, right: pd.DataFrame, on: list[str], vocabulary: Vocabulary, accept: float) -> pd.DataFrame:
    """Pairs of equal names, and of alike ones for the recipients that have no equal."""
    equal = _equal(left, right, on)
    rest = left[~left["asked"].isin(equal["asked"])]
    return pd.concat([equal, _alike(rest, right, vocabulary, by_state="state" in on, accept=accept)], ignore_index=True)


def _equal(left: pd.DataFrame, right: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    equal = left.merge(right, on=on, suffixes=("_asked", ""))
    equal["likeness"] *= equal["likeness_asked"]
    return equal.rename(columns={"key": "form"})[["asked", "known", "likeness", "own_name", "form"]]


def _alike(left: pd.DataFrame, right: pd.DataFrame, vocabulary: Vocabulary, *, by_state: bool, accept: float) -> pd.DataFrame:
    """Pairs of alike, not equal names. Without a state only misspelt words may differ: a word more is another organisation."""
    parts = [pd.DataFrame({"asked": [], "known": [], "likeness": [], "own_name": [], "form": []})]
    for state in sorted(set(left["state"]) & set(right["state"])) if by_state else [None]:
        near = left if state is None else left[left["state"] == state]
        far = right if state is None else right[right["state"] == state]
        if near.empty or far.empty:
            continue
        names = near["key"].tolist(), far["key"].tolist()
        rows, partners, likeness = similar_pairs(*names, vocabulary, at_least=accept - _LOOK_BELOW, all_words=not by_state)
        part = far.iloc[partners].rename(columns={"key": "form"}).reset_index(drop=True)
        part["likeness"] *= likeness * near["likeness"].to_numpy()[rows]
        parts.append(part.assign(asked=near["asked"].to_numpy()[rows])[["asked", "known", "likeness", "own_name", "form"]])
    return pd.concat(parts[1:] or parts, ignore_index=True).astype({"asked": "int64", "known": "int64", "likeness": "float64"})
