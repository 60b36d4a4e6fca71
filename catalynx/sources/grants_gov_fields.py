"""Words, codes, dates, and amounts of Grants.gov, as its extract and its exports write them."""

from __future__ import annotations

import html
import re
from datetime import date

from catalynx.sources.contacts import blank_contacts

CATEGORIES = {
    "RA": "Recovery Act", "AG": "Agriculture", "AR": "Arts", "BC": "Business and Commerce", "CD": "Community Development",
    "CP": "Consumer Protection", "DPR": "Disaster Prevention and Relief", "ED": "Education",
    "ELT": "Employment, Labor and Training", "EN": "Energy", "ENV": "Environment", "FN": "Food and Nutrition", "HL": "Health",
    "HO": "Housing", "HU": "Humanities", "IIJ": "Infrastructure Investment and Jobs Act", "IS": "Information and Statistics",
    "ISS": "Income Security and Social Services", "LJL": "Law, Justice and Legal Services", "NR": "Natural Resources",
    "OZ": "Opportunity Zone Benefits", "RD": "Regional Development",
    "ST": "Science and Technology and other Research and Development", "T": "Transportation", "ACA": "Affordable Care Act",
    "O": "Other", "EIC": "Energy Infrastructure and Critical Mineral and Materials (EICMM)", "RT": "Recreation and Tourism",
}  # fmt: skip
"""Funding category code → name. Source: lookup constants of HHS/simpler-grants-gov."""

INSTRUMENTS = {"CA": "Cooperative Agreement", "G": "Grant", "PC": "Procurement Contract", "O": "Other"}
"""Funding instrument code → name. Source: lookup constants of HHS/simpler-grants-gov."""

_CATEGORY_CODES = {name.lower(): code for code, name in CATEGORIES.items()}
_INSTRUMENT_CODES = {name: code for code, name in INSTRUMENTS.items()}
_INSTRUMENT_NAMES = re.compile("|".join(_INSTRUMENT_CODES))
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h\d|/ul|/ol|p|li)\b[^<>]*>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_AMOUNT = re.compile(r"\d{1,15}", re.ASCII)
_PLACEHOLDER_YEAR = 2099


def opportunity_key(number: str | None, grants_gov_id: str | None) -> str | None:
    """Return what identifies an opportunity in every file: its number without blanks in capitals, else its Grants.gov id.

    The exports have no Grants.gov id, so only the number brings an opportunity of theirs together with the extract's.
    """
    key = re.sub(r"\s+", "", number or "").upper()
    return key or grants_gov_id


def category_code(name: str) -> str | None:
    """Return the code of a funding category's name, also with its remark in brackets; None when there is no such category."""
    plain = name.strip().lower()
    return _CATEGORY_CODES.get(plain) or _CATEGORY_CODES.get(plain.split(" (", 1)[0])


def instrument_codes(text: str) -> list[str] | None:
    """Return the codes of instruments named one after another, however they are glued; None when there are other words."""
    if re.sub(r"[,\s]+", "", _INSTRUMENT_NAMES.sub("", text)):
        return None
    return [_INSTRUMENT_CODES[name] for name in _INSTRUMENT_NAMES.findall(text)]


def amount(text: str | None) -> tuple[float | None, bool]:
    """Return an amount, and whether `text` could be read. 0, 1 and ``none`` say that no amount is stated."""
    plain = (text or "").strip().replace(",", "").removeprefix("$").lower()
    if plain in {"", "none", "no data", "n/a"}:
        return None, True
    if not _AMOUNT.fullmatch(plain):
        return None, False
    return (float(plain) if int(plain) > 1 else None), True


def day(text: str | None) -> tuple[date | None, bool]:
    """Return a day written MMDDYYYY, M/D/YYYY or YYYY-MM-DD, and whether `text` could be read. 2099 stands for no day at all."""
    plain = (text or "").strip()
    if plain.lower() in {"", "no data", "none"}:
        return None, True
    for pattern, order in (
        (r"(\d\d)(\d\d)(\d{4})", (3, 1, 2)),
        (r"(\d\d?)/(\d\d?)/(\d{4})", (3, 1, 2)),
        (r"(\d{4})-(\d\d)-(\d\d)", (1, 2, 3)),
    ):
        found = re.fullmatch(pattern, plain, re.ASCII)
        if found is not None:
            try:
                found_day = date(*(int(found[index]) for index in order))
            except ValueError:
                return None, False
            if not 1990 <= found_day.year <= 2100:
                return None, False
            return (None if found_day.year == _PLACEHOLDER_YEAR else found_day), True
    return None, False


def plain_text(text: str | None) -> str | None:
    """Return what a reader sees of HTML, without contact details; None when that is nothing."""
    if text is None:
        return None
    for _ in range(2):
        # Some descriptions are escaped twice.
        if "<" in text:
            text = _TAG.sub("", _BREAK.sub("\n", _UNSEEN.sub(" ", text)))
        if "&" not in text:
            break
        text = html.unescape(text)
    text = text.replace("\xa0", " ").replace("\x00", " ")
    lines = (" ".join(line.split()) for line in text.splitlines())
    return blank_contacts(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()) or None
