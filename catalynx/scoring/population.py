"""Is it meant for the people whom we serve? Beneficiaries of the listing against those that the mission names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from catalynx.scoring.criterion import Row, is_program, made_of, unknown

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.rules import Applicant, Rules

GROUPS: dict[str, tuple[str, str]] = {
    "children and youth": (r"child(ren)?|youths?|kids|teen|adolescen|infants?|famil(y|ies)|preschool",
                           r"^(child|youth|infant|preschool|individual/family)"),
    "students and schools": (r"students?|schools?|pupils?|classrooms?|educat(e|es|ing|ion)",
    r"^(student|education|school|graduate)"),
    "older people": (r"seniors?|elder|older (people|adults)|aging", r"^senior"),
    "women": (r"wom[ae]n|girls?|mothers?", r"^women"),
    "veterans": (r"veterans?|military families", r"^veteran"),
    "people with disabilities": (r"disab|blind|deaf|special needs", r"^(disabled|mentally|physically)"),
    "people with little money": (r"low[- ]income|poor|poverty|homeless|hungry|hunger|food insecur|unemployed",
                                 r"^(low income|moderate income|unemployed)"),
    "people of colour": (r"black|african[- ]american|hispanic|latin[oax]|asian|minorit|people of colou?r",
                         r"^(minority|black|spanish|asian|other non-white)"),
    "Native people": (r"native|tribal|tribes?|indian|indigenous",
    r"^(american indian|native american|federally recognized indian)"),
    "immigrants and refugees": (r"immigrants?|refugees?|migrants?|asylum", r"^(refugee|migrant)"),
    "rural people": (r"rural|villages?|farm(s|ers?|ing)?", r"^(rural|farmer)"),
    "people in cities": (r"urban|inner[- ]city|cit(y|ies)", r"^(other urban|major metropolis|suburban)"),
    "patients": (r"patients?|sick|disease|hospital|illness", r"^(physically afflicted|drug addict|alcoholic)"),
    "scientists": (r"scien(ce|tists?)|researchers?", r"^scientist"),
    "small businesses": (r"small business|entrepreneurs?", r"^(small business|profit)"),
}  # fmt: skip
"""Whom money can be meant for: words of a mission, and the beginnings of beneficiary types of the Assistance Listings."""
EVERYBODY = re.compile(r"^anyone", re.IGNORECASE)
LIKE_US = re.compile(r"^(private nonprofit|other private institution|quasi-public nonprofit)", re.IGNORECASE)
_OF_MISSION = {name: re.compile(rf"\b({words})", re.IGNORECASE) for name, (words, _) in GROUPS.items()}
_OF_LISTING = {name: re.compile(words, re.IGNORECASE) for name, (_, words) in GROUPS.items()}


def values(candidates: pd.DataFrame, applicant: Applicant, rules: Rules) -> pd.Series:
    """Score 1 where the listing names anyone, nonprofits, or a group that the mission names; 0 where it names others.

    Unknown where it names no people (governments only, or nothing), where it names groups and the mission none, or without a
    mission.
    """
    import pandas as pd

    if "beneficiary_types" not in candidates or not applicant.text:
        return unknown(candidates)
    ours = served(applicant.text)
    found = [_compare(types, ours)[0] for types in candidates["beneficiary_types"]]
    return pd.Series(found, candidates.index, dtype="float64")


@lru_cache(maxsize=64)
def served(text: str) -> frozenset[str]:
    """Name the groups of people that a mission speaks of."""
    return frozenset(name for name, words in _OF_MISSION.items() if words.search(text))


def _compare(types: object, ours: frozenset[str]) -> tuple[float | None, str]:
    named = [] if types is None or isinstance(types, float) else [str(text) for text in types]  # type: ignore[attr-defined]
    theirs = [name for name, words in _OF_LISTING.items() if any(words.search(text) for text in named)]
    common = [name for name in theirs if name in ours]
    if common:
        return 1.0, f"it is meant for {' and '.join(common[:3])}, whom the mission names"
    if any(EVERYBODY.search(text) for text in named):
        return 1.0, "it is meant for anyone"
    if any(LIKE_US.search(text) for text in named):
        return 1.0, "private nonprofits are among those that it is meant for"
    if not theirs:
        return None, "unknown: the listing names no people whom it is meant for"
    if not ours:
        return None, f"unknown: it is meant for {', '.join(theirs[:3])}; the mission names nobody in particular"
    return 0.0, f"it is meant for {', '.join(theirs[:3])}, whom the mission does not name"


def _tell(row: Row, applicant: Applicant, rules: Rules) -> str:
    if not applicant.text:
        return "unknown: the profile has no mission statement"
    return _compare(row["beneficiary_types"], served(applicant.text))[1]


CRITERION = made_of(
    "population", "Is it meant for the people whom we serve?", ("kind",), values, _tell, also=("beneficiary_types",),
    applies=is_program,
)  # fmt: skip
