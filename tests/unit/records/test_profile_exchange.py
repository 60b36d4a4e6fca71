"""Profiles go out as JSON and YAML and come in again unchanged; what is not a profile is refused with its line."""

from __future__ import annotations

import json
import re
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.errors import BadParameter, InvalidProfile
from catalynx.records.exchange import profile_from_text, profile_to_json, profile_to_yaml
from catalynx.records.profile import FUNDING_KINDS, STATES, USD_LIMIT, Profile, ProfileWarning, make_profile, unstorable
from catalynx.records.profile_files import TEXT_LIMIT

DOCUMENTATION = Path(__file__).parents[3] / "docs/records.md"

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from(list("\n :#-'\"|>~0123456789.eyn%@`&*!?[]{},")), max_size=60
)
KEPT = TEXTS.filter(lambda text: unstorable(text.replace("\r", "\n").strip()) is None)
LINES = KEPT.filter(str.strip)
USD = st.none() | st.floats(0, USD_LIMIT, allow_nan=False)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.timezones() | st.just(UTC))


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    asks = sorted(draw(st.lists(st.floats(0, USD_LIMIT), min_size=2, max_size=2)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProfileWarning)
        return make_profile(
            {
                "profile_id": draw(st.from_regex(r"\A[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?\Z")),
                "team": draw(LINES),
                "organization_name": draw(LINES),
                "ein": draw(st.none() | st.from_regex(r"\A[0-9]{9}\Z")),
                "city": draw(st.none() | LINES),
                "state": draw(st.none() | st.sampled_from(sorted(STATES))),
                "mission_statement": draw(KEPT),
                "focus_areas": draw(st.lists(LINES, max_size=5)),
                "ntee_codes": draw(st.lists(st.from_regex(r"\A[A-Z]([0-9][0-9A-Z]{0,2})?\Z"), max_size=4)),
                "geographic_scope": draw(st.lists(st.sampled_from(sorted(STATES)), max_size=4)),
                "annual_revenue_usd": draw(USD),
                "is_501c3": draw(st.none() | st.booleans()),
                "funding_preferences": {
                    "ask_min_usd": draw(st.none() | st.just(asks[0])),
                    "ask_max_usd": draw(st.none() | st.just(asks[1])),
                    "kinds": draw(st.lists(st.sampled_from(FUNDING_KINDS), min_size=1, unique=True)),
                    "accepts_government_money": draw(st.booleans()),
                    "cost_sharing_ok": draw(st.none() | st.booleans()),
                },
                "capacity": {"staff_hours_per_month": draw(st.none() | st.floats(0, 100_000))},
                "created_at": draw(MOMENTS),
                "updated_at": draw(MOMENTS),
                "version": draw(st.integers(0, 2**31 - 1)),
            }
        )


@settings(max_examples=150, deadline=None)
@given(profiles())
@pytest.mark.filterwarnings("ignore::catalynx.records.profile.ProfileWarning")
def test_text_brings_back_exactly_what_went_out(profile: Profile) -> None:
    for text in (profile_to_json(profile), profile_to_json(profile).encode()):
        assert profile_from_text(text, "json") == profile
    for text in (profile_to_yaml(profile), b"\xef\xbb\xbf" + profile_to_yaml(profile).encode()):
        assert profile_from_text(text, "yaml") == profile
    assert yaml.safe_load(profile_to_yaml(profile)) == profile.fields(), "other programs read the same"


def test_the_largest_profile_fits() -> None:
    profile = make_profile(
        {
            "organization_name": "𝔘" * 300, "mission_statement": "𝔘\n" * 2_000, "city": "𝔘" * 100, "team": "𝔘" * 100,
            "focus_areas": [f"{number:02}" + "𝔘" * 198 for number in range(50)], "geographic_scope": sorted(STATES),
        }
    )  # fmt: skip
    assert len(json.dumps(profile.fields())) < TEXT_LIMIT, "even with every character escaped"
    assert profile_from_text(profile_to_yaml(profile), "yaml") == profile


def test_the_profile_in_the_documentation_can_be_read() -> None:
    (written,) = re.findall(r"^```yaml\n(.*?)^```", DOCUMENTATION.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert profile_from_text(written, "yaml").ein == "030123456"


def test_a_profile_written_by_hand_is_read_as_it_was_meant() -> None:
    text = """
    # what the board agreed
    organization_name: Barre Opera House
    ein: 030123456          # not an octal number
    state: VT
    focus_areas: [yes, no, on, 1_000, 12:30, 2026-01-02]
    funding_preferences: {ask_min_usd: 5000, ask_max_usd: 2.5e4, cost_sharing_ok: false}
    mission_statement: |
      We bring people together.

      In Barre.
    """
    profile = profile_from_text(text, "yaml")
    assert profile.ein == "030123456"
    assert profile.focus_areas == ["yes", "no", "on", "1_000", "12:30", "2026-01-02"]
    assert (profile.funding_preferences.ask_min_usd, profile.funding_preferences.ask_max_usd) == (5_000, 25_000)
    assert profile.funding_preferences.cost_sharing_ok is False
    assert profile.mission_statement == "We bring people together.\n\nIn Barre."


@pytest.mark.parametrize(
    ("text", "format", "says"),
    [
        ("organization_name: &a x\ncity: *a", "yaml", r"line 1: .*anchors and aliases"),
        ("organization_name: x\ncity: *a", "yaml", r"line 2: .*anchors and aliases"),
        ("organization_name: !!python/object/apply:os.system [ls]", "yaml", r"line 1: .*tag .*os\.system"),
        ("organization_name: !!binary eA==", "yaml", r"line 1: .*tag"),
        ("organization_name: x\ncity: a\ncity: b", "yaml", r"line 3: .*city stands twice"),
        ("organization_name: x\ncapacity:\n  <<: {a: 1}", "yaml", r"capacity\.'<<': is not a field"),
        ("? [a]\n: b", "yaml", r"line 1: .*must be a word"),
        ("organization_name: [x", "yaml", r"line 2: is not YAML"),
        ("a: b\n---\na: c", "yaml", r"line 2: is not YAML"),
        ("organization_name: x\nannual_revenue_usd: .nan", "yaml", r"annual_revenue_usd: must be a finite number \(nan\)"),
        ("organization_name: x\nannual_revenue_usd: .inf", "yaml", r"annual_revenue_usd: must be a finite number"),
        ("organization_name: x\0", "yaml", r"text: is not YAML"),
        ("version: " + "9" * 5_000, "yaml", r"text: is not YAML .*4300 digits"),
        ("", "yaml", r"text: must be a YAML mapping"),
        ("- organization_name: x", "yaml", r"text: must be a YAML mapping"),
        ("[" * 50_000, "yaml", r"text: is nested too deep"),
        ("[" * 200_000, "json", r"text: is nested too deep"),
        ('{"organization_name": "x",\n"city": "a" "b"}', "json", r"line 2: is not JSON: Expecting ',' delimiter"),
        ('{"city": "a", "city": "b"}', "json", r"city stands twice"),
        ('{"organization_name": "x", "annual_revenue_usd": NaN}', "json", r"NaN is not a number"),
        ('{"organization_name": "x", "annual_revenue_usd": 1e999}', "json", r"annual_revenue_usd: must be a finite number"),
        ('{"organization_name": "\\ud800"}', "json", r"organization_name: holds half of a character"),
        ('{"organization_name": "a\\u0000"}', "json", r"organization_name: holds the control character U\+0000"),
        ('"x"', "json", r"text: must be a JSON mapping .*'x'"),
        (b"organization_name: \xff", "yaml", r"text: is not UTF-8"),
        ("x" * (TEXT_LIMIT + 1), "yaml", r"text: is longer than 262,144 characters"),
    ],
)  # fmt: skip
def test_what_is_not_a_profile_is_refused_with_its_line(text: str | bytes, format: Any, says: str) -> None:
    with pytest.raises(InvalidProfile, match=says):
        profile_from_text(text, format)


def test_a_billion_laughs_are_refused_at_once() -> None:
    lines = ["a0: &a0 [lol, lol]", *(f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]" for number in range(1, 10))]
    with pytest.raises(InvalidProfile, match=r"line 1: .*anchors"):
        profile_from_text("\n".join(lines), "yaml")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(BadParameter, match="format is 'xml', but must be json or yaml"):
        profile_from_text("<x/>", "xml")  # type: ignore[arg-type]
