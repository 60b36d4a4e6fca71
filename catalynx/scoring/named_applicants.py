"""Is the money meant for somebody else? Tribes, states or state councils that a title or a text names, whatever types it lists.

The applicant types of a listing are broad: "private nonprofit" stands on a program that pays one humanities council a state.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalynx.rules import Applicant

TRIBES, STATES = "tribes or Native organisations", "states or bodies that states name"
_TRIBES = re.compile(
    r"\b(tribal(?! affairs)|tribes?|tribally|native (americans?|hawaiians?|nations?|languages?|initiatives?|youth)"
    r"|alaskan? natives?|american indians?|indian(?! ocean)s?)\b",
    re.IGNORECASE,
)
# Written with a capital or all in capitals: "state" in small letters is a condition as often as a body.
_STATES = re.compile(
    r"(?<!United )(?<!UNITED )(?<!Non-)(?<!Multi-)(?<!Independent )(?<!Department of )\b(States?|STATES?)\b"
    r"(?! of\b| University| Department| and National)"
)
_TEXT_LIMITS = re.compile(
    r"\bonly (one entity in each state|(federally recognized |indian |eligible )*(states?|tribes?|tribal|territories)\b"
    r"[^.;]{0,120}?) (may|can|is|are)\b[^.;]{0,30}\b(receive|apply|eligible)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[A-Z])")
# What a mission says of its state is no sign; a name is.
_BODY_BY_NAME = re.compile(r"\b(state|council|commission|agency)\b", re.IGNORECASE)
_BODY_BY_TEXT = re.compile(r"\b((humanities|arts) council|state (agency|office|commission|council))\b", re.IGNORECASE)
QUOTED = 200


def named_others(title: str, text: str, agency: str, applicant: Applicant) -> tuple[str, str] | None:
    """Say whether title or text name a group that the applicant is not known to belong to.

    Parameters
    ----------
    title : of a program or opportunity
    text : who may apply, or what it is for
    agency : who gives the money; the Department of State is no state
    applicant : its name and mission tell whether it belongs to the group

    Returns
    -------
    ``fails`` or ``unknown``, and the reason with the words it rests on; None where nobody is named
    """
    said = f"{applicant.name}. {applicant.text}"
    tribal = bool(_TRIBES.search(said))
    of_state = bool(_BODY_BY_NAME.search(applicant.name) or _BODY_BY_TEXT.search(applicant.text))
    plain = next((sentence for sentence in _SENTENCE_END.split(text) if _TEXT_LIMITS.search(sentence)), None)
    if plain is not None:
        return "unknown" if tribal or of_state else "fails", f"its text limits who may receive it: “{_cut(plain)}”"
    if _TRIBES.search(title) and not tribal:
        return "unknown", f"its title speaks of {TRIBES}: “{_cut(title)}”; read who else may apply"
    if _STATES.search(title) and "Department of State" not in agency:
        return "unknown", f"its title speaks of {STATES}: “{_cut(title)}”; read who else may apply"
    return None


def formula_to_states(assistance: list[str], types: list[str]) -> bool:
    """Say whether all the money goes out by formula, with a state among those that it goes to."""
    by_formula = bool(assistance) and all(text.lower().startswith("formula") for text in assistance)
    return by_formula and any(text.startswith("State") for text in types)


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= QUOTED else plain[: QUOTED - 1].rstrip() + "…"
