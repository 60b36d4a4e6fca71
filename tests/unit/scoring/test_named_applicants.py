"""Money that is meant for tribes, states or state councils does not pass for a museum; titles and texts are as published."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from catalynx.rules import Applicant, Rules
from catalynx.scoring import judge_eligibility
from catalynx.scoring.named_applicants import named_others

RULES = Rules(as_of=date(2024, 2, 9))
MUSEUM = Applicant(name="Shelburne Museum", text="A museum of American art with state of the art galleries", is_501c3=True)
PRIVATE = ["Private nonprofit institution/organization (includes institutions of higher education and hospitals)"]
COUNCILS = (
    "Promotion of the Humanities Federal/State Partnership. Federal/State Partnerships promote local, statewide, and regional humanities "
    "programming through annual grants to humanities councils in each of the fifty states. Under the provisions of 20 U.S.C. 956(f)(8), "
    "only one entity in each state may receive assistance from NEH as the state humanities council."
)


@pytest.mark.parametrize(
    "title",
    ["Tribal Food Sovereignty", "Native American and Native Hawaiian Library Services", "WIC Grants To States (WGS)",
     "State Domestic Violence and Sexual Assault Coalitions", "Alaska Native Science and Engineering",
     "FY2023 Historic Preservation Fund - Tribal Heritage Grants", "STATE PROGRAMS FOR CONTROL OF COAL COMBUSTION RESIDUALS",
     "Children's Justice Act Partnerships for Indian Communities"],
)  # fmt: skip
def test_a_title_that_names_others_leaves_it_unknown(title: str) -> None:
    found = named_others(title, "", "Department of the Interior", MUSEUM)
    assert found is not None
    assert found[0] == "unknown"
    assert f"“{title}”" in found[1]


@pytest.mark.parametrize(
    ("title", "agency"),
    [("Promotion of the Humanities Public Programs", "National Endowment For The Humanities"),
     ("Supporting and Maintaining a Surveillance System for Chronic Kidney Disease (CKD) in the United States", "HHS"),
     ("Program for Study of Eastern Europe and the Independent States of the Former Soviet Union", "Department of State"),
     ("State/African Regional - Other Economic Support Funds (ESF) Projects/Programs", "Department of State"),
     ("Louisiana State University (LSU) Coastal Marine Institute  (CMI)", "Department of the Interior"),
     ("Marine Biodiversity Conservation Activity, Western Indian Ocean", "USAID"),
     ("Head Start/Early Head Start Recipient -- Communities in the state of Indiana", "HHS"),
     ("Non-State Member Support for the Gulf Hypoxia Action Plan", "EPA"), ("AmeriCorps State and National 94.006", "CNCS")],
)  # fmt: skip
def test_other_titles_do_not(title: str, agency: str) -> None:
    assert named_others(title, "", agency, MUSEUM) is None


def judged(construct: Callable[..., pd.DataFrame], applicant: Applicant = MUSEUM, **row: object) -> tuple[str, str]:
    blank = {"kind": "program", "funder_name": "An agency", "applicant_types": PRIVATE, "assistance_types": ["Project Grants"]}
    found = judge_eligibility(construct({**blank, **row}), applicant, RULES).iloc[0]
    return found["eligibility"], found["eligibility_reason"]


def test_a_text_that_says_so_plainly_rules_it_out(constructed_candidates: Callable[..., pd.DataFrame]) -> None:
    row = {"name": "Promotion of the Humanities Federal/State Partnership", "purpose_text": COUNCILS}
    verdict, reason = judged(constructed_candidates, **row)
    assert verdict == "fails"
    assert reason.startswith(
        "its text limits who may receive it: “Under the provisions of 20 U.S.C. 956(f)(8), only one entity in each state"
    )
    council = dataclasses.replace(MUSEUM, name="Vermont Humanities Council")
    assert judged(constructed_candidates, council, **row)[0] == "unknown", "it may be the one in its state"
    assert judged(constructed_candidates, to_us_count=3, **row)[0] == "passes", "who received before may receive"
    invasive = "Only states or interstate organizations with an approved plan are eligible for this annual support."
    assert judged(constructed_candidates, name="Aquatic Invasive Species", purpose_text=invasive)[0] == "fails"


@pytest.mark.parametrize(
    "text",
    ["Maine was the only state to have tolerance thresholds at the time of award.",
     "Each State may use these grant funds only for behavioral highway safety purposes.",
     "A watershed group may include, but is not limited to, private property owners, Federal, state, or local agencies, and tribes."],
)  # fmt: skip
def test_only_elsewhere_in_a_text_rules_nothing_out(text: str) -> None:
    assert named_others("Cooperative Watershed Management", text, "", MUSEUM) is None


def test_a_tribe_is_not_kept_from_what_is_for_tribes(constructed_candidates: Callable[..., pd.DataFrame]) -> None:
    abenaki = Applicant(name="Abenaki Nation Museum", text="The museum of an Abenaki tribe", is_501c3=True)
    assert judged(constructed_candidates, abenaki, name="Tribal Heritage Grants")[0] == "passes"


def test_formula_money_with_a_state_among_its_recipients_is_unknown(constructed_candidates: Callable[..., pd.DataFrame]) -> None:
    types = [*PRIVATE, "State (includes District of Columbia, public institutions of higher education and hospitals)"]
    found = judged(constructed_candidates, name="Summer Food Service", applicant_types=types, assistance_types=["Formula Grants"])
    assert found[0] == "unknown"
    assert found[1].startswith("its money goes out by formula")
    assert judged(constructed_candidates, name="Summer Food Service", applicant_types=types)[0] == "passes"


def test_an_announcement_open_to_nonprofits_is_held_by_its_title(constructed_candidates: Callable[..., pd.DataFrame]) -> None:
    row = {"kind": "opportunity", "name": "Tribal Wildlife Grants", "applicant_types": ["12"]}
    assert judged(constructed_candidates, **row)[0] == "unknown"
    text = "Only federally recognized tribes are eligible to apply."
    assert judged(constructed_candidates, eligibility_text=text, **row) == (
        "fails",
        f"its text limits who may receive it: “{text}”",
    )
