"""What names and titles tell: fields, programs with the same words, and words of a recipient in what a funder says of itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalynx.likelihood.features import Knowledge, table
from catalynx.likelihood.fields import told_by_names
from catalynx.likelihood.titles import alike, bm25
from catalynx.likelihood.world import World, make_world

CONSTRUCTED = pd.DataFrame(
    {"name": ["Town Museum", "Museum of Art", "Museum House", "Art Museum", *[f"Hospital {one}" for one in range(8)]],
     "field": ["A5"] * 4 + ["E2"] * 8}
)  # fmt: skip


def shares(*names: str | None, known: pd.DataFrame = CONSTRUCTED) -> np.ndarray:
    return told_by_names(pd.Series(names, dtype="object"), known["name"], known["field"]).toarray()


def test_a_name_tells_the_field_of_names_like_it() -> None:
    museum, hospital, nothing = shares("RAILWAY MUSEUM", "GENERAL HOSPITAL", None)
    assert museum[0] > nothing[0] > hospital[0]
    assert nothing == pytest.approx([1 / 3, 2 / 3]), "without a known word, the shares of all"
    assert [one.sum() for one in (museum, hospital, nothing)] == pytest.approx([1, 1, 1])


def test_the_order_of_known_names_changes_no_bit() -> None:
    other = CONSTRUCTED.sample(frac=1, random_state=1)
    assert np.array_equal(shares("TOWN MUSEUM", "HOSPITAL"), shares("TOWN MUSEUM", "HOSPITAL", known=other))


@pytest.mark.parametrize("rows", [0, 2])
def test_with_too_little_to_learn_from_all_names_have_one_field(rows: int) -> None:
    assert shares("MUSEUM", None, known=CONSTRUCTED[:rows]).tolist() == [[1.0], [1.0]]


@pytest.fixture(scope="module")
def constructed_programs() -> World:
    """Invented programs: Editions ended in 2000, Scholarly Editions began then, Museums has been there all the time."""
    funders = pd.DataFrame({"funder": ["e", "m", "s"], "name": ["Editions", "Museums", "Scholarly Editions"]})
    funders = funders.assign(text=funders["name"], last_year=2009)
    recipients = pd.DataFrame({"recipient": ["1", "2", "3"], "name": ["OLD PRESS", "TOWN MUSEUMS", "NEW PRESS"], "place": ""})
    recipients = recipients.assign(state="VT", ntee_major=None, kind=None)
    gifts = [("1", "e", year) for year in range(1990, 2001)] + [("2", "m", year) for year in range(1990, 2005)]
    gifts += [("1", "s", 2001), ("2", "s", 2002)]
    frame = pd.DataFrame(gifts, columns=["recipient", "funder", "year"]).assign(amount_usd=1.0, text="")
    return make_world(frame, recipients, funders)


def test_programs_with_the_same_words_are_alike(constructed_programs: World) -> None:
    cosine = alike(constructed_programs.until(2004))
    assert 0 < cosine[0, 2] == cosine[2, 0] < 1
    assert np.count_nonzero(cosine) == 2


def test_what_a_recipient_holds_speaks_for_programs_alike(constructed_programs: World) -> None:
    features, names = table(Knowledge(constructed_programs.until(2000)), np.arange(3), np.arange(3))
    assert features[0, :, names.index("kin_held")].argmax() == 2
    assert not features[2, :, names.index("kin_held")].any(), "it holds nothing"


def test_funders_that_say_nothing_are_not_alike(constructed_programs: World) -> None:
    from dataclasses import replace

    silent = replace(constructed_programs, funders=constructed_programs.funders.assign(text=""))
    assert not alike(silent.until(2004)).any()


def test_words_of_a_name_are_found_in_a_title(constructed_programs: World) -> None:
    scores = bm25(constructed_programs.until(1999)).score(np.array([1, 2]))
    assert scores[0].argmax() == 1
    assert scores[1, 0] > 0, "a press stands among those that Editions gave to"


def test_without_a_word_anywhere_nothing_is_found(constructed_programs: World) -> None:
    from dataclasses import replace

    world = constructed_programs
    silent = replace(world, funders=world.funders.assign(text=""), recipients=world.recipients.assign(name=None))
    assert not bm25(silent.until(1999)).score(np.arange(3)).any()


def test_names_that_tell_a_field_change_its_features_only_of_that_field(constructed_programs: World) -> None:
    from dataclasses import replace

    told = replace(constructed_programs, fields=told_by_names(constructed_programs.recipients["name"], *known_programs()))
    without, with_fields = (table(Knowledge(one.until(2004)), np.arange(3), np.arange(3)) for one in (constructed_programs, told))
    place = with_fields[1].index("told_field_odds")
    assert np.abs(without[0][:, :, place]).max() < 1e-6, "one field of all says nothing"
    assert with_fields[0][1, 1, place] > 0 > with_fields[0][2, 1, place]


def known_programs() -> tuple[pd.Series, pd.Series]:
    """Return names and fields of invented organisations."""
    names = [f"{word} NUMBER{letter}" for word in ("MUSEUMS", "PRESS") for letter in "ABCDEF"]
    return pd.Series(names), pd.Series(["A5"] * 6 + ["A3"] * 6)
