"""What the texts of a return mean: amounts, days, moments, ticked boxes, contact details, and "see attached"."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache

_AMOUNT = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,4})?", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)
_SAID_AMOUNT = re.compile(r"\$\s*(?=[\d.,]*[1-9])[\d,]+(?:\.\d+)?|\b[1-9]\d{0,2}(?:,\d{3})+\b")
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*"
    r"|(?:\+?\b1[ .-]?)?(?:\(\d{3}\)|\b\d{3})[ ./-]*\d{3}[ .-]*\d{4}\b(?:\s*(?:EXT|X)\.?\s*\d{1,5}\b)?"
    r"|\b(?:ATTN|ATTENTION|C/O|CARE OF)\b[ .:]*[^,;.\n]{1,60}",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    r"\W*(?:SEE|PER|REFER TO)\b.*\b(?:ATTACH\w*|STATEMENTS?|STMTS?|SCHED\w*|SCH|LIST(?:ING)?|EXHIBIT|FOOTNOTES?|PART|PAGES?)\b"
    r"|\W*(?:SCHEDULE|LIST(?:ING)?|STATEMENT|DETAILS?|ATTACHMENT|STMT)?\s*(?:IS\s+)?ATTACHED\b"
    r"|\W*(?:ATTACHMENT|STATEMENT|STMT|SCHEDULE|EXHIBIT)\W*(?:NO\W*)?(?:\d{1,4}[A-Z]?|[A-Z])?\W*$"
    r"|\W*(?:VARIOUS|NUMEROUS|SEVERAL)\b"
    r"|\W*(?:MISC|MISCELLANEOUS|NONE|N/?A|UNKNOWN|ANONYMOUS|TBD)\b\W*(?:RECIPIENTS?|CHARITIES|ORGANIZATIONS?|GRANTS?)?\W*$",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"\b(?:BANK|BANCORP|TRUST|INC|LLC|LLP|LTD|CORP|CORPORATION|CO|COMPANY|FUND|FOUNDATION|ASSOCIATION|ASSOC|UNIVERSITY|WEALTH|"
    r"MANAGEMENT|ADVISORS|FIDUCIARY|FINANCIAL|SERVICES|DIOCESE)\b|\bN\.? ?A\.?$",
    re.IGNORECASE,
)
_INDIVIDUAL = re.compile(r"\W*(?:I|IND|INDIV|INDIVIDUALS?)\W*", re.IGNORECASE)
_TICKED = {"X": True, "1": True, "TRUE": True, "0": False, "FALSE": False}


def amount(text: str) -> float | None:
    """Return an amount as filed, in whole or broken dollars; None when `text` is no number."""
    return float(text) if _AMOUNT.fullmatch(text) else None


def day(text: str) -> date | None:
    """Return a day; None when `text` names none."""
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    try:
        return date.fromisoformat(match[1])
    except ValueError:
        return None


def moment(text: str | None) -> datetime | None:
    """Return a moment in UTC; one without an offset is taken as UTC; None when `text` names none."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def ticked(text: str) -> bool | None:
    """Return whether a box is ticked; None when `text` says neither."""
    return _TICKED.get(text.upper())


def says_an_amount(text: str) -> bool:
    """Whether `text` states a sum of money other than zero, such as ``$5,000``."""
    return _SAID_AMOUNT.search(text) is not None


def points_elsewhere(name: str) -> bool:
    """Whether `name` is no name but a pointer, such as ``SEE ATTACHED SCHEDULE``, or stands for several."""
    return _ATTACHED.match(name) is not None


def says_individual(foundation_status: str) -> bool:
    """Whether the status of a recipient says that it is a private person, ``I`` or ``INDIVIDUAL``."""
    return _INDIVIDUAL.fullmatch(foundation_status) is not None


def names_an_institution(name: str) -> bool:
    """Whether `name` has a word that companies, banks and trusts have, and persons have not."""
    return _INSTITUTION.search(name) is not None


@lru_cache(4096)
def without_contacts(text: str) -> str:
    """Return `text` with e-mail addresses, phone numbers and "attention of" names blanked."""
    return _CONTACT.sub("[contact]", text)


def joined(first: str | None, second: str | None = None) -> str | None:
    """Return the two lines of a name joined with a blank, and runs of blanks as one; None when there is no name."""
    line = f"{first} {second}" if first and second else first or second
    return " ".join(line.split()) if line and ("  " in line or "\n" in line or "\t" in line) else line or None
