"""Tracks, states in titles, and limits on size: told from words, with their reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from catalynx.rules import Applicant, Rules
from catalynx.scoring import judge_eligibility, tell_tracks
from catalynx.scoring.named_states import states_named
from catalynx.scoring.size_limits import size_limit

RULES = Rules(as_of=date(2024, 2, 9))
CHARITY = Applicant(
    is_501c3=True, states=("VT",), ntee_majors=("A",), ntee_codes=("A50",), annual_revenue_usd=2e6, ask_max_usd=5e4
)


@pytest.mark.parametrize(
    ("row", "track", "why"),
    [
        ({"kind": "program", "funder_name": "National Endowment for the Humanities"}, "federal", "federal government"),
        ({"kind": "opportunity", "funder_name": "State of Vermont Agency of Commerce"}, "government", "a state, county or city"),
        ({"kind": "foundation", "funder_name": "Barr Foundation"}, "foundation", "nothing says"),
        ({"kind": "foundation", "funder_name": "ALASKA AIRLINES FOUNDATION"}, "corporate", "a company's foundation"),
        ({"kind": "foundation", "funder_name": "SQUIRE PATTON BOGGS FOUNDATION", "funder_ntee_code": "T21"}, "corporate", "T21"),
        (
            {"kind": "foundation", "funder_name": "KAHAN FAMILY FOUNDATION", "funder_ntee_code": "T21"},
            "foundation",
            "nothing says",
        ),
        ({"kind": "foundation", "funder_name": "F Y CHANG FOUNDATION", "funder_ntee_code": "T21"}, "foundation", "nothing says"),
        ({"kind": "foundation", "funder_name": "TOWN TRUST", "funder_code": "14"}, "government", "governmental unit"),
    ],
)
def test_tracks(row: dict[str, object], track: str, why: str) -> None:
    told = tell_tracks(pd.DataFrame([{"funder_ntee_code": None, "funder_code": None, **row}])).iloc[0]
    assert told["track"] == track
    assert why in told["track_reason"]


@pytest.mark.parametrize(
    ("title", "states"),
    [
        ("Missouri Conservation Partnership, Outreach, and Education", ("MO",)),
        ("Partners in West Virginia and New York", ("NY", "WV")),
        ("Delaware River Basin Restoration", ()),
        ("U.S. Embassy Tbilisi, Georgia: Small Grants", ()),
        ("Arkansas State University Extension", ("AR",)),
        ("Humanities in Place", ()),
    ],
)
def test_states_in_titles(title: str, states: tuple[str, ...]) -> None:
    assert states_named(title) == (() if "University" in title else states)


@pytest.mark.parametrize(
    ("text", "revenue", "verdict"),
    [
        ("Open to nonprofits with annual operating budgets of less than $1 million. Others may partner.", 2e6, "fails"),
        ("Open to nonprofits with annual operating budgets of less than $1 million.", 5e5, None),
        ("Open to nonprofits with annual operating budgets under $750,000.", None, "unknown"),
        ("Organizations must have annual revenues of at least $250K.", 1e5, "fails"),
        ("Organizations must have annual revenues of at least $250K.", 0.0, "fails"),
        ("Awards of less than $1 million are made.", 2e6, None),
    ],
)
def test_limits_on_size(text: str, revenue: float | None, verdict: str | None) -> None:
    found = size_limit(text, revenue)
    assert (found and found[0]) == verdict
    if found:
        assert text.split(". ")[0].rstrip(".") in found[1]


@pytest.mark.parametrize(
    ("change", "codes", "expected"),
    [
        ({}, ["12"], "passes"), ({}, ["13"], "fails"), ({}, ["00", "25"], "unknown"), ({}, ["20"], "fails"),
        ({"ntee_codes": ("B42",)}, ["20"], "passes"), ({"is_501c3": False}, ["13"], "passes"), ({"is_501c3": False}, ["12"], "fails"),
        ({"is_501c3": None}, ["12", "13"], "unknown"), ({"is_501c3": None}, ["99"], "passes"), ({"is_501c3": None}, ["22"], "fails"),
    ],
)  # fmt: skip
def test_codes_and_status(
    constructed_candidates: Callable[..., pd.DataFrame], change: dict[str, object], codes: list[str], expected: str
) -> None:
    rows = constructed_candidates({"kind": "opportunity", "applicant_types": codes, "name": "Grants"})
    assert judge_eligibility(rows, dataclasses.replace(CHARITY, **change), RULES)["eligibility"][0] == expected  # type: ignore[arg-type]


def test_a_state_or_size_takes_a_pass_back(constructed_candidates: Callable[..., pd.DataFrame]) -> None:
    known = {"kind": "opportunity", "applicant_types": ["12"]}
    rows = constructed_candidates(
        {**known, "name": "Ohio Arts"}, {**known, "name": "Arts", "eligibility_text": "For budgets of less than $1 million."},
        {**known, "name": "Arts", "floor_usd": 1e6},
    )  # fmt: skip
    told = judge_eligibility(rows, CHARITY, RULES)
    assert told["eligibility"].tolist() == ["unknown", "fails", "passes"]
    assert told["eligibility_reason"][0] == "its title names Ohio; read whether applicants elsewhere may apply"
    assert told["marks"][2] == ["its smallest award, $1,000,000, is more than you would ask for"]
