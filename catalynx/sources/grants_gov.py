"""The daily extract of Grants.gov: every opportunity, posted and forecast, in one XML file inside a zip.

The XML follows the schema ``OpportunityDetail-V1.0``. It is read as a stream and each opportunity is let go when it is read, so
memory does not grow with the file. Entities are never resolved, and a file with a document type is refused. The
agency's contacts are not read; contact details inside texts are blanked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from catalynx.columns.vocabulary import LISTING
from catalynx.errors import FileRefused
from catalynx.sources.grants_gov_fields import amount, day, opportunity_key, plain_text
from catalynx.sources.members import Member
from catalynx.sources.reading import Batch, Rows, Source

if TYPE_CHECKING:
    from lxml import etree

_NAME = "grants_gov_extract"
_SYNOPSIS, _FORECAST = "OpportunitySynopsisDetail_1_0", "OpportunityForecastDetail_1_0"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?Grants[\s>]")
_OPPORTUNITY = re.compile(rb"<(?:[\w.-]+:)?Opportunity(?:Synopsis|Forecast)Detail_1_0[\s>]")
_DAY_OF_FILE = re.compile(r"GrantsDBExtract(\d{4})(\d\d)(\d\d)", re.IGNORECASE)
_BATCH_TEXT = 8 * 2**20
"""Characters of text after which a batch is handed out: descriptions run to 18,000 each."""

_REPEATED = {
    "FundingInstrumentType": "instruments", "CategoryOfFundingActivity": "categories", "EligibleApplicants": "applicant_types",
    "CFDANumbers": "assistance_listings",
}  # fmt: skip
_AMOUNTS = {"AwardCeiling": "ceiling_usd", "AwardFloor": "floor_usd", "EstimatedTotalProgramFunding": "total_funding_usd"}


def recognises(member: Member) -> bool:
    """Whether `member` is XML of opportunities after Grants.gov's schema."""
    head = member.head()
    return (_ROOT.search(head) is not None and b"OpportunityDetail" in head) or _OPPORTUNITY.search(head) is not None


def read(members: Iterable[Member]) -> Iterator[Batch]:
    """Read the opportunities of extracts, in batches of bounded size."""
    rows = Rows(_NAME)
    for member in members:
        made, text = _day_of(member.file), 0
        for element in _elements(member):
            text += _read_opportunity(rows, member.file, element, made)
            if rows.full() or text > _BATCH_TEXT:
                text = 0
                yield rows.batch()
    yield rows.batch()


def _day_of(file: str) -> date | None:
    """Return the day an extract was made, which its name says (that of the zip may, where the XML's does not)."""
    found = _DAY_OF_FILE.findall(file)
    return day("-".join(found[-1]))[0] if found else None


def _elements(member: Member) -> Iterator[etree._Element]:
    from lxml import etree

    if re.search(rb"<!DOCTYPE|<!ENTITY", member.head(), re.IGNORECASE):
        raise FileRefused(member.file, "it declares a document type, which Grants.gov's extract never does")
    with member.open() as stream:
        tags = [f"{{*}}{_SYNOPSIS}", f"{{*}}{_FORECAST}"]
        parsed = etree.iterparse(
            stream, events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            for _, element in parsed:
                yield element
                element.clear()
                while (previous := element.getprevious()) is not None:
                    parent = previous.getparent()
                    if parent is None:
                        break
                    parent.remove(previous)
        except etree.XMLSyntaxError as error:
            raise FileRefused(member.file, f"it is no whole XML document ({error.msg})") from error


def _read_opportunity(rows: Rows, file: str, element: etree._Element, made: date | None) -> int:
    from lxml import etree

    fields: dict[str, list[str]] = {}
    for child in element:
        if isinstance(child.tag, str) and child.text and child.text.strip():
            fields.setdefault(etree.QName(child).localname, []).append(child.text.strip())
    forecast = etree.QName(element).localname == _FORECAST
    number, grants_gov_id = _one(fields, "OpportunityNumber"), _one(fields, "OpportunityID")
    place = f"OpportunityID {grants_gov_id}" if grants_gov_id else f"line {element.sourceline}"
    row: dict[str, object] = {
        "opportunity_id": opportunity_key(number, grants_gov_id),
        "opportunity_number": number,
        "title": plain_text(_one(fields, "OpportunityTitle")),
        "agency": _one(fields, "AgencyName"),
        "agency_code": _one(fields, "AgencyCode"),
        "cost_sharing": {"yes": True, "no": False}.get((_one(fields, "CostSharingOrMatchingRequirement") or "").lower()),
        "description": plain_text(_one(fields, "Description")),
        "eligibility_text": plain_text(_one(fields, "AdditionalInformationOnEligibility")),
        "url": _url(_one(fields, "AdditionalInformationURL")),
    }
    notes: list[tuple[str, str, str]] = []
    _read_days(fields, row, notes, forecast, made)
    _read_amounts(fields, row, notes)
    for name, column in _REPEATED.items():
        row[column] = _codes(fields.get(name, []), column, notes)
    for column, reason, raw in notes:
        rows.leave_unknown("opportunities", file, place, column, reason, raw)
    rows.add("opportunities", file, place, row)
    return sum(len(text) for texts in fields.values() for text in texts)


def _one(fields: dict[str, list[str]], name: str) -> str | None:
    return fields[name][0] if name in fields else None


def _url(text: str | None) -> str | None:
    return text if text and re.match(r"(?i)(https?://)?[\w-]+(\.[\w-]+)+(/|$)", text) else None


def _read_days(
    fields: dict[str, list[str]], row: dict[str, object], notes: list[tuple[str, str, str]], forecast: bool, made: date | None
) -> None:
    names = {"posted_date": "PostDate", "close_date": "CloseDate", "updated_date": "LastUpdatedDate"}
    if forecast:
        names |= {"posted_date": "EstimatedSynopsisPostDate", "close_date": "EstimatedSynopsisCloseDate"}
    found: dict[str, date | None] = {}
    for column, name in (names | {"archived": "ArchiveDate"}).items():
        text = _one(fields, name)
        found[column], readable = day(text)
        if not readable:
            notes.append((column if column in names else "stage", f"{name} is no day MMDDYYYY", text or ""))
    row |= {column: found[column] for column in names}
    row["dates_estimated"] = forecast
    row["stage"] = _stage(forecast, found["close_date"], found["archived"], made)


def _stage(forecast: bool, close: date | None, archived: date | None, made: date | None) -> str:
    """Judge by the day the file was made, never by today: a file says the same whenever it is read."""
    if made is not None and archived is not None and archived < made:
        return "archived"
    if forecast:
        return "forecast"
    return "closed" if made is not None and close is not None and close < made else "posted"


def _read_amounts(fields: dict[str, list[str]], row: dict[str, object], notes: list[tuple[str, str, str]]) -> None:
    for name, column in _AMOUNTS.items():
        row[column], readable = amount(_one(fields, name))
        if not readable:
            notes.append((column, f"{name} is no amount", _one(fields, name) or ""))
    expected = _one(fields, "ExpectedNumberOfAwards")
    if expected is not None and re.fullmatch(r"\d{1,9}", expected, re.ASCII):
        row["expected_awards"] = int(expected) or None
    elif expected is not None:
        notes.append(("expected_awards", "ExpectedNumberOfAwards is no number", expected))
    drop_crossed_amounts(row, notes)


def drop_crossed_amounts(row: dict[str, object], notes: list[tuple[str, str, str]]) -> None:
    """Leave both amounts unknown where the floor is above the ceiling: nobody can tell which of them is wrong."""
    floor, ceiling = row.get("floor_usd"), row.get("ceiling_usd")
    if isinstance(floor, float) and isinstance(ceiling, float) and floor > ceiling:
        for column in ("floor_usd", "ceiling_usd"):
            notes.append((column, "the floor is above the ceiling", f"floor {floor:.0f}, ceiling {ceiling:.0f}"))
            row[column] = None


def _codes(texts: list[str], column: str, notes: list[tuple[str, str, str]]) -> list[str]:
    pattern = LISTING if column == "assistance_listings" else r"[0-9A-Z]{1,3}"
    good = [text for text in texts if re.fullmatch(pattern, text)]
    for text in texts:
        if text not in good:
            notes.append((column, "it is no code", text))
    return list(dict.fromkeys(good))


SOURCE = Source(
    name=_NAME,
    title="Grants.gov: daily extract of opportunities",
    publisher="Grants.gov, US Department of Health and Human Services",
    terms="US public domain",
    tables=("opportunities",),
    recognises=recognises,
    read=read,
)
