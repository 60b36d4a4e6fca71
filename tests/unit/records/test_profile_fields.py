"""A profile is checked field by field, and says in words what is wrong."""

from __future__ import annotations

import re
import warnings
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from catalynx.errors import InputError, InvalidProfile
from catalynx.records.profile import (
    EIN_PREFIXES_NEVER_ISSUED,
    FUNDING_KINDS,
    MISSION_LIMIT,
    STATES,
    Profile,
    ProfileWarning,
    is_profile_id,
    make_profile,
)


def problems(**fields: object) -> dict[str, str]:
    """Field → what is wrong with it."""
    with pytest.raises(InvalidProfile) as caught:
        make_profile({"organization_name": "Arts", **fields})
    return {found.field: found.problem for found in caught.value.problems}


def arts(**fields: Any) -> Profile:
    return make_profile({"organization_name": "Arts", **fields})


def test_a_name_is_enough_and_the_rest_is_unknown() -> None:
    profile = arts()
    unknown = ("ein", "city", "state", "annual_revenue_usd", "is_501c3")
    assert [getattr(profile, name) for name in unknown] == [None] * 5
    assert profile.capacity.staff_hours_per_month is None
    assert profile.funding_preferences.cost_sharing_ok is None
    assert profile.funding_preferences.kinds == list(FUNDING_KINDS)
    assert profile.funding_preferences.accepts_government_money is True
    assert (profile.team, profile.version, profile.states) == ("local", 0, [])
    assert is_profile_id(profile.profile_id)
    assert profile.profile_id != arts().profile_id
    assert abs(profile.created_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_no_profile_shares_a_list_with_another() -> None:
    first, second = arts(), arts()
    first.focus_areas.append("music")
    first.funding_preferences.kinds.clear()
    assert second.focus_areas == []
    assert arts().funding_preferences.kinds == list(FUNDING_KINDS)


@pytest.mark.parametrize(
    ("given_ein", "kept"),
    [
        ("03-0179423", "030179423"),
        ("030179423", "030179423"),
        (" 030179423 ", "030179423"),
        (311234567, "311234567"),
        ("", None),
    ],
)
def test_an_ein_is_nine_digits(given_ein: object, kept: str | None) -> None:
    assert arts(ein=given_ein).ein == kept


@pytest.mark.parametrize(
    "ein",
    ["12-345678", "1234567890", "0301-79423", "03 0179423", "03-01794٣٣", 30179423, 3.0, True, ["030179423"], "03-0179423\n1"],
)
def test_what_is_not_nine_digits_is_no_ein(ein: object) -> None:
    assert problems(ein=ein).keys() == {"ein"}
    assert "nine digits" in problems(ein=ein)["ein"]


@pytest.mark.parametrize("prefix", sorted(EIN_PREFIXES_NEVER_ISSUED))
def test_a_prefix_that_was_never_issued_is_warned_of_not_refused(prefix: str) -> None:
    with pytest.warns(ProfileWarning, match=f"start with {prefix}"):
        profile = arts(ein=f"{prefix}1234567")
    assert profile.ein == f"{prefix}1234567"
    assert len(profile.cautions) == 1


def test_an_issued_prefix_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert arts(ein="030179423").cautions == []


def test_text_is_tidied() -> None:
    profile = arts(
        organization_name="  Vermont \t Arts\n",
        state=" vt ",
        ntee_codes=["a65", " P20z", "A65", "x"],
        city="",
        mission_statement=" a\r\nb\rc ",
    )
    assert profile.organization_name == "Vermont Arts"
    assert (profile.state, profile.ntee_codes, profile.city) == ("VT", ["A65", "P20Z", "X"], None)
    assert profile.mission_statement == "a\nb\nc"


def test_where_it_works_is_its_scope_or_its_own_state() -> None:
    assert arts(state="VT").states == ["VT"]
    assert arts(state="VT", geographic_scope=["NH", "me", "NH"]).states == ["NH", "ME"]


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"organization_name": ""}, "organization_name", "must not be empty"),
        ({"organization_name": " \n "}, "organization_name", "must not be empty"),
        ({"organization_name": None}, "organization_name", "valid string"),
        ({"organization_name": "x" * 301}, "organization_name", "at most 300"),
        ({"organization_name": "a\0b"}, "organization_name", "U+0000"),
        ({"organization_name": "a\x1b[31m"}, "organization_name", "U+001B"),
        ({"organization_name": "a\x85b"}, "organization_name", "U+0085"),
        ({"mission_statement": "x" * (MISSION_LIMIT + 1)}, "mission_statement", "at most 4,000 characters"),
        ({"mission_statement": "a\ud800"}, "mission_statement", "lone surrogate U+D800"),
        ({"mission_statement": b"\xff"}, "mission_statement", "must be text"),
        ({"city": "a\0"}, "city", "U+0000"),
        ({"city": 5}, "city", "valid string"),
        ({"team": ""}, "team", "must not be empty"),
        ({"team": "\udfff"}, "team", "lone surrogate"),
        ({"profile_id": "../etc"}, "profile_id", "lower-case"),
        ({"profile_id": "A"}, "profile_id", "lower-case"),
        ({"profile_id": "a" * 65}, "profile_id", "1 to 64"),
        ({"profile_id": "a\n"}, "profile_id", "lower-case"),
        ({"state": "VX"}, "state", "two letters"),
        ({"state": "Vermont"}, "state", "two letters"),
        ({"geographic_scope": ["VT", "all"]}, "geographic_scope[1]", "two letters"),
        ({"geographic_scope": "VT"}, "geographic_scope", "valid list"),
        ({"ntee_codes": ["A65", "65"]}, "ntee_codes[1]", "a letter, alone or with digits"),
        ({"ntee_codes": ["AA"]}, "ntee_codes[0]", "NTEE"),
        ({"ntee_codes": ["A6500"]}, "ntee_codes[0]", "NTEE"),
        ({"focus_areas": ["music", ""]}, "focus_areas[1]", "must not be empty"),
        ({"focus_areas": ["a\0"]}, "focus_areas[0]", "U+0000"),
        ({"focus_areas": [str(number) for number in range(51)]}, "focus_areas", "at most 50 entries"),
        ({"annual_revenue_usd": -0.01}, "annual_revenue_usd", "greater than or equal to 0"),
        ({"annual_revenue_usd": float("nan")}, "annual_revenue_usd", "finite"),
        ({"annual_revenue_usd": float("inf")}, "annual_revenue_usd", "finite"),
        ({"annual_revenue_usd": "1e999"}, "annual_revenue_usd", "finite"),
        ({"annual_revenue_usd": 10**400}, "annual_revenue_usd", ""),
        ({"annual_revenue_usd": 1e14}, "annual_revenue_usd", "less than or equal"),
        ({"annual_revenue_usd": True}, "annual_revenue_usd", "not true or false"),
        ({"annual_revenue_usd": "a lot"}, "annual_revenue_usd", "valid number"),
        ({"is_501c3": "perhaps"}, "is_501c3", "boolean"),
        ({"capacity": {"staff_hours_per_month": -1}}, "capacity.staff_hours_per_month", "greater than or equal to 0"),
        ({"capacity": {"hours": 1}}, "capacity.hours", "there are staff_hours_per_month"),
        ({"capacity": None}, "capacity", ""),
        ({"funding_preferences": {"kinds": []}}, "funding_preferences.kinds", "must not be empty"),
        ({"funding_preferences": {"kinds": ["person"]}}, "funding_preferences.kinds[0]", "'foundation', 'program' or"),
        ({"funding_preferences": {"ask_min_usd": 2, "ask_max_usd": 1}}, "funding_preferences", "ask_min_usd 2 must not be above"),
        ({"funding_preferences": {"ask_max_usd": float("-inf")}}, "funding_preferences.ask_max_usd", "finite"),
        ({"created_at": "2026-01-01T00:00:00"}, "created_at", "timezone"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "created_at", "between the years 1 and 9999"),
        ({"updated_at": 1e999}, "updated_at", ""),
        ({"version": -1}, "version", "greater than or equal to 0"),
        ({"version": 2**63}, "version", "less than or equal"),
        ({"is_admin": True}, "is_admin", "is not a field; there are profile_id, team, organization_name"),
        ({"a\0b": 1}, "'a\\x00b'", "is not a field"),
        ({"\ud800": 1}, "profile", "lone surrogate"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_named_with_its_problem(fields: dict[str, Any], field: str, says: str) -> None:
    found = problems(**fields)
    assert list(found) == [field]
    assert says in found[field]


def test_all_problems_are_told_at_once_with_their_values() -> None:
    with pytest.raises(InvalidProfile) as caught:
        make_profile({"ein": "12", "state": "VX", "mission_statement": "x" * 5_000})
    message = str(caught.value)
    assert isinstance(caught.value, InputError)
    assert re.search(r"organization_name: is required \(None\)", message)
    assert re.search(r"ein: must be nine digits.* \('12'\); state: must .* \('VX'\); mission_statement: ", message)
    assert len(message) < 700, "long values are cut"
    assert [found.field for found in caught.value.problems] == ["organization_name", "ein", "state", "mission_statement"]


def test_a_problem_can_be_printed_anywhere() -> None:
    with pytest.raises(InvalidProfile) as caught:
        arts(city="\ud800\x1b[2J")
    str(caught.value).encode("utf-8")
    assert "\x1b" not in str(caught.value)


def test_a_profile_does_not_change_but_is_revised() -> None:
    profile = arts(state="VT")
    with pytest.raises(ValidationError, match="frozen"):
        profile.state = "NH"
    revised = profile.revised(state="NH", funding_preferences={"ask_max_usd": 5_000})
    assert (profile.state, revised.state, revised.funding_preferences.ask_max_usd) == ("VT", "NH", 5_000)
    assert revised.profile_id == profile.profile_id
    with pytest.raises(InvalidProfile, match="state"):
        profile.revised(state="XX")


def test_moments_are_kept_in_utc() -> None:
    assert arts(created_at="2026-03-01T23:30:00-05:00").created_at == datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
    assert arts(created_at="2026-03-01T23:30:00-05:00").created_at.tzinfo is UTC


def test_states_are_those_of_the_postal_service() -> None:
    assert len(STATES) == 50 + 1 + 5 + 3 + 3, "states, DC, territories, freely associated states, military"


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=5) | st.text(max_size=20)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=5
)
NAMES = st.sampled_from([*Profile.model_fields, "other"])


@given(st.dictionaries(NAMES, VALUES) | st.fixed_dictionaries({"organization_name": st.just("Arts")}, optional={"city": VALUES}))
def test_whatever_comes_in_is_a_profile_or_an_invalid_profile(fields: dict[str, Any]) -> None:
    with warnings.catch_warnings(), suppress(InvalidProfile):
        warnings.simplefilter("ignore", ProfileWarning)
        profile = make_profile(fields)
        assert make_profile(profile.fields()) == profile
