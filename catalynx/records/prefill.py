"""What the IRS Business Master File already knows about an organisation, as fields of its profile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from catalynx.errors import BadParameter
from catalynx.records.profile import STATES

_SMALL = frozenset(
    ["a", "an", "and", "as", "at", "by", "de", "del", "des", "du", "for", "from", "in", "la", "of", "on", "or", "the", "to",
     "und", "via", "von", "with"]
)  # fmt: skip
_ACRONYMS = frozenset(
    ["AA", "AARP", "ACLU", "AFL", "AFSCME", "AIDS", "AMVETS", "ASPCA", "ATV", "BIA", "BSA", "CASA", "CIO", "DAV", "EMS", "EMT",
     "ESL", "FFA", "GED", "HIV", "IBEW", "IT", "LGBT", "LGBTQ", "LISC", "NAACP", "NAMI", "NEA", "NFL", "NOFA", "NPR", "PBS",
     "PFLAG", "PTA", "PTO", "PTSA", "PTSO", "RSVP", "SPCA", "STEM", "STEAM", "TV", "UCC", "UFCW", "UN", "US", "USA", "USO",
     "UVM", "VFW", "VNA", "YMCA", "YWCA", "I", "II", "III", "IV", "VI", "VII", "VIII", "IX", "XI"]
)  # fmt: skip
_SHORTENED = frozenset(
    ["Bldg", "Blvd", "Ctr", "Dr", "Fdn", "Fdtn", "Fnd", "Fndtn", "Ft", "Jr", "Ltd", "Mr", "Mrs", "Ms", "Mt", "Mtn", "Rd", "Rt",
     "Sr", "St", "Tr"]
)  # fmt: skip
_NTEE = re.compile(r"[A-Z](\d[0-9A-Z]{0,2})?", re.ASCII)


def prefill(ein: str, organization_row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a profile that a row of the table ``organizations`` fills.

    What the row does not tell is None, or an empty list. ``annual_revenue_usd`` is the total revenue of the latest
    return; it is unknown for private foundations, and where the file has it below zero. ``is_501c3`` is whether the
    subsection is 03.

    Raises
    ------
    BadParameter
        The row is another organisation's, or has no name.
    """
    row = {name: None if _missing(value) else value for name, value in organization_row.items()}
    if row.get("ein") not in (None, ein):
        raise BadParameter("organization_row", row["ein"], f"the row of EIN {ein}")
    name, city = row.get("name"), row.get("city")
    if not name:
        raise BadParameter("organization_row", dict(organization_row), "a row of the table organizations, which has a name")
    state, ntee_code, revenue, subsection = (row.get(column) for column in ("state", "ntee_code", "revenue_usd", "subsection"))
    return {
        "ein": ein,
        "organization_name": title_case(name),
        "city": title_case(city) if city else None,
        "state": state if state in STATES else None,
        "ntee_codes": [ntee_code] if ntee_code and _NTEE.fullmatch(ntee_code) else [],
        "annual_revenue_usd": float(revenue) if revenue is not None and revenue >= 0 else None,
        "is_501c3": None if subsection is None else subsection == "03",
    }


def title_case(name: str) -> str:
    """Return `name`, as filed in capitals, in title case; acronyms stay, and a name that has small letters stays whole."""
    if name != name.upper():
        return name
    words = name.split()
    return " ".join(_word(word, first=index == 0) for index, word in enumerate(words))


def _word(word: str, *, first: bool) -> str:
    if not first and word.lower() in _SMALL:
        return word.lower()
    return "".join(_piece(piece) for piece in re.split(r"([^A-Z0-9'’&À-Þ]+)", word))


def _piece(piece: str) -> str:
    if "&" in piece or piece in _ACRONYMS:
        return piece
    if re.fullmatch(r"\d+(ST|ND|RD|TH|S)", piece):
        return piece.lower()
    if any(sign.isdigit() for sign in piece):
        return piece
    titled = piece.capitalize()
    if titled in _SHORTENED:
        return titled
    if not re.search(r"[AEIOUYÀ-Þ]", piece):
        return piece  # no vowel, so not a word: VT, DC, SHRM
    if re.fullmatch(r"MC[A-Z]{4,}", piece):
        return "Mc" + piece[2:].capitalize()
    return re.sub(r"^([OD]['’])(\w)", lambda found: found[1] + found[2].upper(), titled)


def _missing(value: object) -> bool:
    return value is None or type(value).__name__ == "NAType" or bool(isinstance(value, float) and value != value)
