"""Federal programs (Assistance Listings): the pages of the Federal Program Inventory, and the list of numbers and titles.

A page is Markdown with YAML in front. Tax credits (TC.081), interest (IN.001) and the like stand among the pages and are no
Assistance Listings: they are set aside, as records of ``programs``. Obligations of 0.0 are not stated. Listings that have no page
come from the list of titles; they have no ``fiscal_year``, and never stand in place of a page.
"""

from __future__ import annotations

import csv
import io
import json
import re
import reprlib
from collections.abc import Iterable, Iterator

from catalynx.columns.vocabulary import LISTING
from catalynx.sources.contacts import blank_contacts
from catalynx.sources.members import Member
from catalynx.sources.reading import Batch, Rows, Source

_NAME = "assistance_listings"
_LISTING = re.compile(LISTING)
_LOOKUP_HEADER = ["Program Title", "Program Number"]
_NOTHING = frozenset({"", "n/a", "na", "none", "not applicable", "not applicable.", "null"})
_MAX_PAGE_BYTES = 8 * 2**20


def recognises(member: Member) -> bool:
    """Whether `member` is a program page, or the list of program titles and numbers."""
    head = member.head().removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    return head.startswith((b"---\nagency:", b"Program Title,Program Number\n"))


def read(members: Iterable[Member]) -> Iterator[Batch]:
    """Read pages and lists of titles; what has a page is a repeat in the list, whichever is read first."""
    rows = Rows(_NAME)
    with_page: set[str] = set()
    titles: list[tuple[str, str, str, str]] = []
    for member in members:
        if member.head().removeprefix(b"\xef\xbb\xbf").startswith(b"---"):
            listing = _read_page(rows, member)
            with_page.update([listing] if listing else [])
        else:
            titles += _read_titles(rows, member)
        if rows.full():
            yield rows.batch()
    for file, place, title, listing in titles:
        if listing in with_page:
            rows.duplicate("programs")
        else:
            with_page.add(listing)
            rows.add("programs", file, place, {"assistance_listing": listing, "title": title})
    yield rows.batch()


def _read_titles(rows: Rows, member: Member) -> list[tuple[str, str, str, str]]:
    titles = []
    with member.open() as stream:
        lines = csv.reader(io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline=""))
        next(lines, None)
        for cells in lines:
            place = f"line {lines.line_num}"
            raw = ",".join(cells)
            if len(cells) != len(_LOOKUP_HEADER):
                rows.set_aside("programs", member.file, place, "it does not hold a title and a number", raw)
            elif "\ufffd" in raw or "\x00" in raw:
                rows.set_aside("programs", member.file, place, "it holds bytes that are no UTF-8 text", raw)
            elif not _LISTING.fullmatch(cells[1].strip()) or not cells[0].strip():
                rows.set_aside("programs", member.file, place, "it is not a title and a number NN.NNN", raw)
            else:
                titles.append((member.file, place, " ".join(cells[0].split()), cells[1].strip()))
    return titles


def _read_page(rows: Rows, member: Member) -> str | None:
    """Publish one page; returns its listing number, or None when it was set aside."""
    page, reason, raw = _front_matter(member)
    if page is None:
        rows.set_aside("programs", member.file, "front matter", reason, raw)
        return None
    listing = _text(page.get("cfda")) or ""
    # 26 pages of fiscal year 2022 have no program type; their number and their content are a listing's.
    kind = _text(page.get("program_type")) or "assistance_listing"
    if kind != "assistance_listing" or not _LISTING.fullmatch(listing):
        reason = f"it is not an assistance listing ({kind})"
        rows.set_aside("programs", member.file, "front matter", reason, f"{listing} {_text(page.get('title')) or ''}")
        return None
    rows.add("programs", member.file, listing, _program(rows, member.file, listing, page))
    _read_obligations(rows, member.file, listing, page.get("obligations"))
    _read_results(rows, member.file, listing, page.get("results"))
    return listing


def _front_matter(member: Member) -> tuple[dict[str, object] | None, str, str]:
    import yaml

    with member.open() as stream:
        data = stream.read(_MAX_PAGE_BYTES + 1)
    if len(data) > _MAX_PAGE_BYTES:
        return None, f"it is larger than {_MAX_PAGE_BYTES:,} bytes", ""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return None, f"it is no UTF-8 text ({error.reason} at byte {error.start})", ""
    end = text.find("\n---", 3)
    if end < 0:
        return None, "its front matter does not end", text
    try:
        page = yaml.load(text[4:end], Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, f"its front matter is no YAML ({' '.join(str(error).split())[:120]})", text
    return (page, "", "") if isinstance(page, dict) else (None, "its front matter holds no keys", text)


def _program(rows: Rows, file: str, listing: str, page: dict[str, object]) -> dict[str, object]:
    year = _year(page.get("fiscal_year"))
    if year is None:
        rows.leave_unknown("programs", file, listing, "fiscal_year", "it is not a year", reprlib.repr(page.get("fiscal_year")))
    objective = _text(page.get("objective"))
    return {
        "assistance_listing": listing,
        "title": _text(page.get("title")),
        "popular_name": _text(page.get("popular_name")),
        "agency": _text(page.get("agency")),
        "sub_agency": _text(page.get("sub-agency")),
        "objective": blank_contacts(objective) if objective else None,
        "applicant_types": _texts(page.get("applicant_types")),
        "beneficiary_types": _texts(page.get("beneficiary_types")),
        "assistance_types": _texts(page.get("assistance_types")),
        "categories": _texts(page.get("categories")),
        "fiscal_year": year,
        "url": _text(page.get("sam_url")),
    }


def _read_obligations(rows: Rows, file: str, listing: str, written: object) -> None:
    if written is None:
        return
    try:
        years = json.loads(written) if isinstance(written, str) else None
    except (ValueError, RecursionError):
        years = None
    if not isinstance(years, list):
        rows.set_aside("program_obligations", file, f"{listing} obligations", "it is no list of years", reprlib.repr(written))
        return
    seen: set[int] = set()
    for index, entry in enumerate(years):
        place = f"{listing} obligations[{index}]"
        year = _year(entry.get("x")) if isinstance(entry, dict) else None
        if year is None or year in seen:
            reason = "it has no year" if year is None else f"there is another entry for {year}"
            rows.set_aside("program_obligations", file, place, reason, reprlib.repr(entry))
            continue
        seen.add(year)
        row: dict[str, object] = {"assistance_listing": listing, "fiscal_year": year}
        for column, key in (
            ("estimate_usd", "sam_estimate"),
            ("actual_usd", "sam_actual"),
            ("usaspending_usd", "usa_spending_actual"),
        ):
            row[column] = _obligation(rows, file, place, column, entry.get(key))
        rows.add("program_obligations", file, place, row)


def _obligation(rows: Rows, file: str, place: str, column: str, value: object) -> float | None:
    if value is None or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        rows.leave_unknown("program_obligations", file, place, column, "it is not an amount", str(value))
        return None
    return float(value)


def _read_results(rows: Rows, file: str, listing: str, entries: object) -> None:
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        place = f"{listing} results[{index}]"
        text = entry.get("description") if isinstance(entry, dict) else None
        if not isinstance(text, str) or not text.strip():
            rows.set_aside("program_results", file, place, "it has no text", reprlib.repr(entry))
            continue
        row: dict[str, object] = {"assistance_listing": listing, "fiscal_year": _year(entry.get("year"))}
        rows.add("program_results", file, place, row | {"text": blank_contacts(text)})


def _year(value: object) -> int | None:
    text = str(value) if isinstance(value, str | int) else ""
    return int(text) if re.fullmatch(r"(19|20)\d{2}", text, re.ASCII) else None


def _text(value: object) -> str | None:
    # Lists are not turned into text: a few lines of YAML aliases can nest to gigabytes.
    text = str(value).replace("\x00", " ").strip() if isinstance(value, str | int | float) else ""
    return None if text.lower() in _NOTHING else text


def _texts(value: object) -> list[str]:
    return [text for item in value if (text := _text(item)) is not None] if isinstance(value, list) else []


SOURCE = Source(
    name=_NAME,
    title="Assistance Listings: federal programs",
    publisher="Federal Program Inventory (github.com/EOP-OMB/federal-program-inventory) and GSA-TTS/FAC",
    terms="US public domain",
    tables=("programs", "program_obligations", "program_results"),
    recognises=recognises,
    read=read,
)
