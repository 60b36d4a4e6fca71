"""National Endowment for the Humanities awards: flat XML, zipped by decade → federal awards.

The names of project directors (``Participants``) and the free descriptions of applicants are not loaded. An award to
an individual keeps its program, amount, state and subject; name, city and the type of the institution that the person
belongs to are withheld.

The amount is ``AwardOutright`` + ``AwardMatching``, which the publisher's dictionary calls "amount actually awarded".
``OriginalAmount`` + ``SupplementAmount`` says the same in 57,127 of 58,002 awards (1960s–2000s); in 873 of the other 875
the original amount is recorded apart from what was awarded (0 in nearly all), so the dictionary's own definition is kept.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from catalynx.errors import FileRefused
from catalynx.sources.members import Member
from catalynx.sources.reading import Batch, Rows, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

    _Unreadable = Callable[[str, str], None]

NAME = "neh_awards"
AGENCY = "National Endowment for the Humanities"

PLACEHOLDERS = {
    "Institution": {"unknown", "secondary school", "unaffiliated independent scholar"},
    "OrganizationType": {"unknown"},
    "InstCity": {"unknown"},
    "InstState": {"un", "unknown"},
    "ProjectTitle": {"title not available", "(title not available)", "no title"},
    "ToSupport": {"no to support statement"},
}
"""Texts that stand for nothing, in lower case, by element; found by reading every value of the five decades."""

LISTING_OF_DIVISION = {
    "Preservation and Access": "45.149",
    "Public Programs": "45.164",
    "Challenge Grants": "45.130",
    "Digital Humanities": "45.169",
}
"""Divisions whose name stands in the title of one Assistance Listing ("Promotion of the Humanities …", fiscal year 2024)."""

LISTING_OF_PROGRAM = {
    "Grants for State Humanities Councils": "45.129",
    "State Humanities Councils General Operating Support Grants": "45.129",
    "Fellowships for College Teachers and Independent Scholars": "45.160",
    "Fellowships for University Teachers": "45.160",
    "Fellowships for Advanced Research on Japan": "45.160",
    "Documenting Endangered Languages - Fellowships": "45.160",
    "Faculty Research Awards": "45.160",
    "Summer Stipends": "45.160",
    "Collaborative Research": "45.161",
    "Scholarly Editions and Translations": "45.161",
    "Fellowship Programs at Independent Research Institutions": "45.161",
    "Humanities Initiatives: HBCUs": "45.162",
    "Humanities Initiatives: HSIs": "45.162",
    "Humanities Initiatives: TCUs": "45.162",
    "Teaching and Learning Resources and Curriculum Development": "45.162",
    "Institutes for College and University Teachers": "45.163",
    "Institutes for School Teachers": "45.163",
    "Landmarks of American History": "45.163",
}
"""Programs that a listing's title or objective (fiscal year 2024) names, or describes so that no other fits."""

WITHOUT_LISTING = {
    "Bookshelf Cooperative Agreement, We the People",
    "Iraqi Cultural Heritage Initiative",
    "Save America's Treasures",
    "Younger Scholars, 2/76 - 2/85",
}
"""Programs of those divisions that were not, or not surely, of the division's own listing."""

_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)([^>]*)")


def recognises(member: Member) -> bool:
    """Whether the document element is ``Grants`` and an NEH award or the NEH schema is named at its start."""
    head = member.head()
    root = _ROOT.search(head) if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else None
    return root is not None and root[1] == b"Grants" and (b"NEH_Grants" in root[2] or b"AppNumber=" in head)


def read(members: Iterable[Member]) -> Iterator[Batch]:
    """Read award files; an award that stands there again is a duplicate, another award under its number is set aside."""
    rows = Rows(NAME)
    seen: dict[str, int] = {}
    for member in members:
        count = 0
        for count, grant in enumerate(_grants(member), 1):
            _add(rows, seen, member.file, f"/Grants/Grant[{count}]", grant)
            if rows.full():
                yield rows.batch()
        if not count:
            raise FileRefused(member.file, "it holds no Grant elements")
        yield rows.batch()


def _grants(member: Member) -> Iterator[_Element]:
    from lxml import etree

    with member.open() as stream:
        events = etree.iterparse(
            stream, events=("start", "end"), tag=("Grants", "Grant"),
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            for event, element in events:
                if event == "start":
                    if element.getparent() is None and element.getroottree().docinfo.doctype:
                        raise FileRefused(member.file, "it declares a document type, which the publisher's files do not")
                elif element.tag == "Grant":
                    yield element
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        except etree.XMLSyntaxError as error:
            raise FileRefused(member.file, f"it is not well-formed XML ({error})") from error


def _add(rows: Rows, seen: dict[str, int], file: str, place: str, grant: _Element) -> None:
    award_id = (grant.get("AppNumber") or "").strip()
    if not award_id:
        rows.set_aside("awards", file, place, "it has no AppNumber", _shown(grant))
        return
    said = {child.tag: text for child in grant if (text := (child.text or "").strip())}
    content = hash(frozenset(said.items()))
    if award_id in seen:
        if seen[award_id] == content:
            rows.duplicate("awards")
        else:
            rows.set_aside(
                "awards", file, place, f"the AppNumber {award_id} stands there before with other content", _shown(grant)
            )
        return
    seen[award_id] = content

    def unreadable(column: str, element: str) -> None:
        rows.leave_unknown("awards", file, place, column, f"{element} cannot be read", said[element])

    row: dict[str, object] = {
        "award_id": award_id,
        "agency": AGENCY,
        "program_name": said.get("Program"),
        "assistance_listing": listing(said.get("Division", ""), said.get("Program", "")),
        "amount_kind": "awarded",
        "direct": True,
        "title": _stated(said, "ProjectTitle"),
        "purpose": _stated(said, "ToSupport"),
    }
    row |= _recipient(said)
    row["amount_usd"] = _amount(said, unreadable)
    row["year"] = _year(said, unreadable)
    row["begin_date"] = _date(said, "BeginGrant", "begin_date", unreadable)
    row["end_date"] = _date(said, "EndGrant", "end_date", unreadable)
    rows.add("awards", file, place, row)


def listing(division: str, program: str) -> str | None:
    """Return the Assistance Listing that an award of `program` in `division` surely belongs to, or None."""
    if program in WITHOUT_LISTING:
        return None
    return LISTING_OF_PROGRAM.get(program) or LISTING_OF_DIVISION.get(division)


def _recipient(said: dict[str, str]) -> dict[str, object]:
    state = _stated(said, "InstState")
    applicant = said.get("ApplicantType")
    if applicant in {"2", "I"} or said.get("Institution", "").lower() == "unaffiliated independent scholar":
        return {"recipient_kind": "individual", "recipient_state": state}
    name = _stated(said, "Institution")
    known = applicant in {"1", "O"} and name is not None
    return {
        "recipient_kind": "organization" if known else "unknown",
        "recipient_name": name if known else None,
        "recipient_type": _stated(said, "OrganizationType"),
        "recipient_city": _stated(said, "InstCity"),
        "recipient_state": state,
    }


def _stated(said: dict[str, str], element: str) -> str | None:
    text = said.get(element)
    if text is None or text.lower() in PLACEHOLDERS[element] or not any(map(str.isalnum, text)):
        return None
    return text


def _amount(said: dict[str, str], unreadable: _Unreadable) -> float | None:
    parts: list[float] = []
    for element in ("AwardOutright", "AwardMatching"):
        if (text := said.get(element)) is None:
            return None
        if not re.fullmatch(r"-?\d{1,12}(\.\d{1,4})?", text, re.ASCII):
            unreadable("amount_usd", element)
            return None
        parts.append(float(text))
    return sum(parts)


def _year(said: dict[str, str], unreadable: _Unreadable) -> int | None:
    text = said.get("YearAwarded")
    if text is not None and not re.fullmatch(r"\d{4}", text, re.ASCII):
        unreadable("year", "YearAwarded")
        return None
    return None if text is None else int(text)


def _date(said: dict[str, str], element: str, column: str, unreadable: _Unreadable) -> datetime.date | None:
    text = said.get(element)
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        unreadable(column, element)
        return None


def _shown(grant: _Element) -> str:
    """What may be kept of a record set aside: nothing that names a person or the institution of one."""
    shown = ("YearAwarded", "Division", "Program", "AwardOutright", "AwardMatching")
    return "; ".join(f"{child.tag}={child.text}" for child in grant if child.tag in shown)


SOURCE = Source(
    NAME,
    "NEH awards",
    AGENCY,
    "US public domain",
    ("awards",),
    recognises,
    read,
)
