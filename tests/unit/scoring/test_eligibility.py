"""Hard rules: passes, fails or unknown, each with the rule and the fact that decided."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from catalynx.rules import Applicant, Rules
from catalynx.scoring import judge_eligibility

construct: Callable[..., pd.DataFrame]
RULES = Rules(as_of=date(2024, 2, 9))
CHARITY = Applicant(is_501c3=True, states=("VT",), ntee_majors=("A",))


@pytest.fixture(scope="session", autouse=True)
def _constructing(constructed_candidates: Callable[..., pd.DataFrame]) -> None:
    global construct
    construct = constructed_candidates


def verdict(applicant: Applicant = CHARITY, **row: object) -> tuple[str, str, list[str]]:
    judged = judge_eligibility(construct(row), applicant, RULES).iloc[0]
    return judged["eligibility"], judged["eligibility_reason"], judged["marks"]


@pytest.mark.parametrize(
    ("row", "expected", "reason"),
    [
        ({"applicant_types": ["Private nonprofit institution/organization (includes hospitals)"], "assistance_types": ["Project Grants"]},
         "passes", "open to Private nonprofit"),
        ({"applicant_types": ["Public nonprofit institution/organization"], "assistance_types": ["Project Grants"]}, "fails", "open to Public"),
        ({"applicant_types": ["State"], "assistance_types": ["Formula Grants"]}, "fails", "open to State only"),
        ({"applicant_types": ["Private nonprofit"], "assistance_types": ["Direct Loans"]}, "fails", "it gives no grants, but Direct Loans"),
        ({"applicant_types": [], "assistance_types": ["Project Grants"]}, "unknown", "does not say who may apply"),
        ({"applicant_types": ["Anyone/general public"], "assistance_types": ["Cooperative Agreements"]}, "passes", "open to Anyone"),
    ],
)  # fmt: skip
def test_programs(row: dict[str, object], expected: str, reason: str) -> None:
    found = verdict(kind="program", **row)
    assert found[0] == expected
    assert reason in found[1]


@pytest.mark.parametrize(
    ("row", "expected", "reason"),
    [
        ({"deadline": "2024-02-08"}, "fails", "closed on 8 Feb 2024"),
        ({"deadline": "2024-02-09", "applicant_types": ["12"]}, "passes", "501(c)(3)"),
        (
            {"applicant_types": ["00", "01"]},
            "fails",
            "open to state governments (00); county governments (01) only; nonprofits with 501(c)(3) status (12) are not among them",
        ),
        ({"applicant_types": ["25"]}, "unknown", "announcement's own text"),
        ({"applicant_types": ["99"]}, "passes", "open to anyone"),
        ({"applicant_types": []}, "unknown", "read the announcement"),
        ({"instruments": ["PC"], "applicant_types": ["12"]}, "fails", "no grant or cooperative agreement, but PC"),
        ({"stage": "archived"}, "fails", "archived when it was published"),
    ],
)
def test_opportunities(row: dict[str, object], expected: str, reason: str) -> None:
    found = verdict(kind="opportunity", **row)
    assert found[0] == expected
    assert reason in found[1]


def test_a_charity_without_status_is_unknown_and_not_guessed() -> None:
    unsure = dataclasses.replace(CHARITY, is_501c3=None)
    assert verdict(unsure)[0] == "unknown"
    assert verdict(unsure, kind="opportunity", applicant_types=["12"])[0] == "unknown"


def test_what_the_profile_rules_out() -> None:
    private = dataclasses.replace(CHARITY, accepts_government_money=False)
    assert verdict(private, kind="program")[:2] == ("fails", "the profile does not accept government money")
    assert verdict(dataclasses.replace(CHARITY, kinds=("program",)))[:2] == (
        "fails",
        "the profile does not want foundation funding",
    )
    poor = dataclasses.replace(CHARITY, cost_sharing_ok=False)
    assert verdict(poor, kind="opportunity", cost_sharing=True, applicant_types=["12"])[1].startswith("requires cost sharing")


def test_a_foundation_is_marked_and_not_hidden() -> None:
    eligibility, _, marks = verdict(
        preselected_only=True, grants_count=40, last_year=2012, here_count=0, field_major_count=0, to_us_count=0
    )
    assert eligibility == "passes"
    assert marks == [
        "gives only to preselected charities and takes no unsolicited requests",
        "no grant to VT is known",
        "no grant to Arts, Culture & Humanities (A) is known",
        "no grant on record since 2012: check that it still gives",
    ]


def test_gifts_before_are_marked_in_words() -> None:
    assert verdict(to_us_count=1, grants_count=3)[2][0] == "has given to you once on record"
    assert verdict(to_us_count=4, grants_count=9)[2][0] == "has given to you 4 times on record"
