"""Listings of Grants.gov opportunities that others exported: CSV files, and a SQLite database.

They were scraped from pages. Labels of a form stand where its values should (``Funding Instrument Type:``), several values
are glued together, dates are scrambled: what cannot be read is unknown, and noted. They have neither Grants.gov's id nor a
description, so an opportunity is known by its number. Listed several times, the newest is kept: posted before forecast,
then the later day, then the row that says more.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from catalynx.errors import FileRefused
from catalynx.sources.contacts import blank_contacts
from catalynx.sources.grants_gov import drop_crossed_amounts
from catalynx.sources.grants_gov_fields import amount, category_code, day, instrument_codes, opportunity_key
from catalynx.sources.members import Member
from catalynx.sources.reading import Batch, Rows, Source

_NAME = "grants_gov_exports"
_COLUMNS = (
    "Opportunity Number", "Opportunity Title", "Agency", "Opportunity Status", "Posted Date", "Close Date", "Instrument Type",
    "Category", "Matching", "Award Ceiling", "Award Floor",
)  # fmt: skip
_SQL_COLUMNS = (
    "o_number", "o_title", "agency", "status", "posteddate", "closeddate", "instrument", "category", "matching", "awardceiling",
    "awardfloor",
)  # fmt: skip
_HEADER = ",".join(_COLUMNS[:4]).encode()
_SQLITE = b"SQLite format 3\x00"
_STAGES = {"posted": "posted", "forecasted": "forecast", "closed": "closed", "archived": "archived"}
_NO_TEXT = "\ufffd"


@dataclass(slots=True)
class _Listed:
    file: str
    place: str
    row: dict[str, object]
    notes: list[tuple[str, str, str]] = field(default_factory=list)

    def newness(self) -> tuple[bool, date, int]:
        posted = self.row["posted_date"]
        known = sum(value is not None and value != [] for value in self.row.values())
        return self.row["stage"] != "forecast", posted if isinstance(posted, date) else date.min, known


def recognises(member: Member) -> bool:
    """Whether `member` is such a CSV file, or such a database."""
    head = member.head()
    if head.startswith(_SQLITE):
        return b"o_number" in head and b"awardceiling" in head
    return head.removeprefix(b"\xef\xbb\xbf").startswith(_HEADER)


def read(members: Iterable[Member]) -> Iterator[Batch]:
    """Read all listings; they are held in memory together, to keep the newest of each number."""
    rows = Rows(_NAME)
    newest: dict[str, _Listed] = {}
    for member in members:
        lines = _database_rows(member) if member.head().startswith(_SQLITE) else _csv_rows(member)
        for place, cells in lines:
            listed = _listed(rows, member.file, place, cells)
            if listed is None:
                continue
            key = str(listed.row["opportunity_id"])
            other = newest.get(key)
            if other is not None:
                rows.duplicate("opportunities")
            if other is None or listed.newness() >= other.newness():
                newest[key] = listed
    for listed in newest.values():
        for column, reason, raw in listed.notes:
            rows.leave_unknown("opportunities", listed.file, listed.place, column, reason, raw)
        rows.add("opportunities", listed.file, listed.place, listed.row)
    yield rows.batch()


def _csv_rows(member: Member) -> Iterator[tuple[str, list[str]]]:
    with member.open() as stream:
        lines = csv.reader(_decoded(line) for line in stream)
        before = 0
        try:
            for cells in lines:
                if cells and before:
                    yield f"line {before + 1}", cells
                before = lines.line_num
        except csv.Error as error:
            raise FileRefused(member.file, f"it is no CSV after line {before} ({error})") from error


def _decoded(line: bytes) -> str:
    """Decode one line: the files mix UTF-8 and cp1252."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def _database_rows(member: Member) -> Iterator[tuple[str, list[str]]]:
    with member.on_disk() as path:
        database = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            database.text_factory = lambda data: data.decode("utf-8", "replace")
            database.execute("PRAGMA trusted_schema = OFF")
            # A view could run any query: only a real table is read.
            if database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'grants'").fetchone() is None:
                raise FileRefused(member.file, "it has no table `grants`")
            for g_id, *cells in database.execute(f"SELECT g_id, {', '.join(_SQL_COLUMNS)} FROM grants ORDER BY g_id"):
                yield f"grants g_id {g_id}", ["" if cell is None else str(cell) for cell in cells]
        except sqlite3.Error as error:
            raise FileRefused(member.file, f"it is no readable SQLite database ({error})") from error
        finally:
            database.close()


def _listed(rows: Rows, file: str, place: str, cells: list[str]) -> _Listed | None:
    raw = ",".join(cells)
    reason = ""
    if len(cells) != len(_COLUMNS):
        reason = f"it has {len(cells)} cells, the header {len(_COLUMNS)}"
    elif tuple(cells) == _COLUMNS:
        reason = "the header stands here again"
    elif "\x00" in raw:
        reason = "it holds NUL characters"
    elif cells[3].strip().lower() not in _STAGES:
        reason = "its status is not known"
    elif not cells[0].strip() or not cells[1].strip():
        reason = "it has no number or no title"
    if reason:
        rows.set_aside("opportunities", file, place, reason, raw)
        return None
    return _opportunity(file, place, [cell.strip() for cell in cells])


def _opportunity(file: str, place: str, cells: list[str]) -> _Listed:
    number, title, agency, status, posted, close, instrument, category, matching, ceiling, floor = cells
    listed = _Listed(file, place, {}, [])
    notes = listed.notes
    row: dict[str, object] = {
        "opportunity_id": opportunity_key(number, None),
        "opportunity_number": number,
        "title": blank_contacts(title),
        "agency_code": agency or None,
        "stage": _STAGES[status.lower()],
        "dates_estimated": status.lower() == "forecasted",
    }
    if _NO_TEXT in title:
        notes.append(("title", "characters of it were lost before it was published", title))
    for column, text in (("posted_date", posted), ("close_date", close)):
        row[column], readable = day(text)
        if not readable:
            notes.append((column, "it is no day", text))
    for column, text in (("ceiling_usd", ceiling), ("floor_usd", floor)):
        row[column], readable = amount(text)
        if not readable:
            notes.append((column, "it is no amount", text))
    drop_crossed_amounts(row, notes)
    row["instruments"] = _instruments(instrument, notes)
    row["categories"] = _categories(category, notes)
    row["cost_sharing"] = {"yes": True, "no": False}.get(matching.lower())
    if row["cost_sharing"] is None and matching:
        notes.append(("cost_sharing", _why(matching), matching))
    listed.row = row
    return listed


def _why(text: str) -> str:
    return "a label of the form stands in its place" if text.endswith(":") else "it is not a known value"


def _instruments(text: str, notes: list[tuple[str, str, str]]) -> list[str] | None:
    codes = instrument_codes(text)
    if codes is None:
        notes.append(("instruments", _why(text), text))
    return codes or None


def _categories(text: str, notes: list[tuple[str, str, str]]) -> list[str] | None:
    codes = []
    for name in filter(None, (line.strip() for line in text.splitlines())):
        code = category_code(name)
        if code is None:
            notes.append(("categories", _why(name), name))
        else:
            codes.append(code)
    return list(dict.fromkeys(codes)) or None


SOURCE = Source(
    name=_NAME,
    title="Grants.gov: exported listings (CSV, SQLite)",
    publisher="Grants.gov, US Department of Health and Human Services; exported by others",
    terms="US public domain",
    tables=("opportunities",),
    recognises=recognises,
    read=read,
)
