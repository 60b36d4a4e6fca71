"""One parsed return → its row of ``filings`` and its rows of ``grants`` and ``people``.

Rows are tuples in the order of their table's columns, so that a batch of them turns into columns in one step.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import TYPE_CHECKING

from catalynx.columns import table
from catalynx.sources import irs_return_balance as balance
from catalynx.sources import irs_return_text as text
from catalynx.sources import irs_return_xpaths as xpaths
from catalynx.sources.irs_return_tree import Found, Leaves, branch_of
from catalynx.sources.reading import aside

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "irs_efile"

_FILING = table("filings")
_HEADER = branch_of(xpaths.HEADER)
_PERSON = Leaves(xpaths.PERSON)
_GRANT = Leaves(xpaths.GRANT)
_SCHEDULE_I = branch_of({}, {"paid": xpaths.SCHEDULE_I_GROUPS})
_FORM = {
    form: branch_of(
        {**fields, **balance.LINES} if form == "990" else fields,
        {"people": xpaths.PEOPLE_GROUPS[form]}
        | ({"paid": xpaths.PAID_GROUPS, "approved": xpaths.APPROVED_GROUPS} if form == "990PF" else {}),
    )
    for form, fields in xpaths.FORMS.items()
}
_GRANTS_PAID_990 = ("grants_to_organizations_usd", "grants_to_individuals_usd", "grants_abroad_usd")
_NO_EIN = "000000000"
_EIN = re.compile(r"[0-9]{9}")
_FORM_NAMES = {"990", "990EZ", "990PF", "990T"}


class NotUsable(Exception):
    """A well-formed return lacks what a filing needs; the reason is the message."""


@dataclass(slots=True)
class ReadReturn:
    """One return as rows; ``asides`` are the fields and persons that were set aside."""

    return_id: str
    filing: tuple[object, ...]
    grants: list[tuple[object, ...]] = field(default_factory=list)
    people: list[tuple[object, ...]] = field(default_factory=list)
    asides: list[dict[str, str | None]] = field(default_factory=list)
    people_set_aside: int = 0


@dataclass(slots=True)
class _Filer:
    """What every row of a return needs to know of it."""

    file: str
    ein: str
    name: str | None
    form: str
    return_id: str
    tax_year: int | None
    period_end: date


def read_return(root: _Element, file: str, data: bytes) -> ReadReturn:
    """Read the return under `root`, which was parsed from `data`.

    Raises
    ------
    NotUsable
        There is no filer, no EIN, no tax period, or the form is not one of 990, 990-EZ, 990-PF and 990-T.
    """
    header_element = _child(root, "ReturnHeader")
    if header_element is None:
        raise NotUsable("the return has no header")
    header = Found().walk(header_element, _HEADER).texts
    notes = _Notes(file)
    filer = _filer(header_element, header, file, data, notes)
    content = _child(root, "ReturnData")
    main = None if content is None else _child(content, f"IRS{filer.form}")
    if content is None or main is None:
        raise NotUsable(f"it says it is a form {filer.form}, and holds no IRS{filer.form}")
    where = f"/Return/ReturnData/IRS{filer.form}"
    found = Found().walk(main, _FORM[filer.form], where)
    read = ReadReturn(filer.return_id, _filing(root, filer, header, found.texts, where, notes))
    groups = found.groups
    for count, schedule in enumerate(content.iterchildren("{*}IRS990ScheduleI"), 1):
        path = "/Return/ReturnData/IRS990ScheduleI" + ("" if count == 1 else f"[{count}]")
        groups += Found().walk(schedule, _SCHEDULE_I, path).groups
    for group, place, element in groups:
        if group == "people":
            _add_person(read, filer, place, _PERSON.texts(element), notes)
        else:
            read.grants.append(_grant(filer, group, place, _GRANT.texts(element), notes))
    read.asides = notes.asides
    return read


class _Notes:
    """Collects the fields of one return that are left unknown."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.asides: list[dict[str, str | None]] = []

    def add(self, name: str, place: str, column: str | None, reason: str, raw: str) -> None:
        self.asides.append(aside(NAME, name, self.file, place, reason, text.without_contacts(raw[:1000]), column))

    def amount(self, found: dict[str, str], field_name: str, name: str, place: str, column: str) -> float | None:
        """Return an amount, or None with a note when its text is no number."""
        raw = found.get(field_name)
        if raw is None:
            return None
        value = text.amount(raw)
        if value is None:
            self.add(name, place, column, "it is not a number", raw)
        return value


def _child(element: _Element, name: str) -> _Element | None:
    return next(element.iterchildren("{*}" + name), None)


def _filer(element: _Element, header: dict[str, str], file: str, data: bytes, notes: _Notes) -> _Filer:
    if _child(element, "Filer") is None:
        raise NotUsable("the header names no filer")
    ein = header.get("ein", "")
    if not _EIN.fullmatch(ein) or ein == _NO_EIN:
        raise NotUsable("the filer has no EIN" if ein in {"", _NO_EIN} else "the filer's EIN is not nine digits")
    form = header.get("form", "")
    if form not in _FORM_NAMES:
        raise NotUsable(f"form {form[:20] or '(none stated)'} is not read; 990, 990EZ, 990PF and 990T are")
    period_end = text.day(header.get("period_end", ""))
    if period_end is None:
        raise NotUsable("the end of the tax period is missing or not a day")
    filed = text.moment(header.get("filed_at"))
    if filed is None and "filed_at" in header:
        notes.add("filings", "/Return/ReturnHeader", "filed_at", "it is not a moment", header.pop("filed_at"))
    # Without a time stamp only the content can tell one return of a period from another.
    stamp = filed.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") if filed else hashlib.blake2b(data, digest_size=8).hexdigest()
    return _Filer(
        file, ein, text.joined(header.get("name_1"), header.get("name_2")), form,
        f"{ein}_{form}_{period_end:%Y%m%d}_{stamp}", _tax_year(header), period_end,
    )  # fmt: skip


def _tax_year(header: dict[str, str]) -> int | None:
    stated = header.get("tax_year", "")
    if re.fullmatch(r"[0-9]{4}", stated):
        return int(stated)
    begin = text.day(header.get("period_begin", ""))
    return begin.year if begin else None


def _filing(
    root: _Element, filer: _Filer, header: dict[str, str], found: dict[str, str], where: str, notes: _Notes
) -> tuple[object, ...]:
    row: dict[str, object] = {
        "return_id": filer.return_id, "ein": filer.ein, "form": filer.form, "name": filer.name,
        "city": header.get("city"), "state": header.get("state"),
        "tax_year": filer.tax_year, "period_begin": text.day(header.get("period_begin", "")), "period_end": filer.period_end,
        "filed_at": header.get("filed_at"), "schema_version": root.get("returnVersion"),
        "canonical": True, "amended": False, "source": NAME, "file": filer.file, "place": "/Return",
    }  # fmt: skip
    for column in _FILING.columns:
        if column.kind == "usd" and column.name in found:
            row[column.name] = notes.amount(found, column.name, "filings", where, column.name)
    if filer.form == "990":
        row["grants_paid_usd"] = _sum(
            [notes.amount(found, part, "filings", where, "grants_paid_usd") for part in _GRANTS_PAID_990]
        )
        row |= balance.sums(found)
    row["mission"] = found.get("mission")
    for column_name in ("application_form", "application_deadlines", "application_restrictions"):
        if column_name in found:
            row[column_name] = text.without_contacts(found[column_name])
    for column_name in ("amended", "preselected_only"):
        if column_name in found:
            row[column_name] = text.ticked(found[column_name])
            if row[column_name] is None:
                notes.add("filings", where, column_name, "it is neither ticked nor unticked", found[column_name])
    if row.get("preselected_only") is False:
        row["preselected_only"] = None
    return tuple(row.get(name) for name in _FILING.names)


def _sum(amounts: list[float | None]) -> float | None:
    stated = [amount for amount in amounts if amount is not None]
    return sum(stated) if stated else None


def _add_person(read: ReadReturn, filer: _Filer, place: str, found: dict[str, str], notes: _Notes) -> None:
    role_boxes = [found.get(box) for box in ("director", "institution", "officer", "key_employee")]
    other_boxes = [found.get(box) for box in ("highest_paid", "former")]
    # Part VII also lists well-paid employees and people who left; the table is about those who lead.
    if any(map(_is_ticked, other_boxes)) and not any(map(_is_ticked, role_boxes)):
        return
    name, institution = text.joined(found.get("person_name")), text.joined(found.get("business_1"), found.get("business_2"))
    # Some filers give persons as businesses (Ascension Health's return of 2014 does), so the field alone decides nothing.
    if name is None and institution and not _is_ticked(found.get("institution")) and not text.names_an_institution(institution):
        name = institution
    if name is None:
        reason = "the trustee is an institution, not a person" if institution else "the person has no name"
        notes.add("people", place, None, reason, institution or "")
        read.people_set_aside += 1
        return
    hours = notes.amount(found, "hours_per_week", "people", place, "hours_per_week")
    read.people.append(
        (filer.return_id, filer.ein, name, found.get("role"), hours, filer.tax_year, NAME, filer.file, place)
    )  # fmt: skip


def _is_ticked(box: str | None) -> bool:
    return box is not None and text.ticked(box) is True


def _grant(filer: _Filer, status: str, place: str, found: dict[str, str], notes: _Notes) -> tuple[object, ...]:
    business, person = text.joined(found.get("business_1"), found.get("business_2")), text.joined(found.get("person"))
    name = business or person
    if text.says_individual(found.get("foundation_status", "")):
        kind, name = "individual", None
    elif name is None or text.points_elsewhere(name):
        kind = "unknown"
    elif business:
        kind = "organization"
    else:
        kind, name = "individual", None
    ein = found.get("ein")
    purpose = found.get("purpose")
    city = state = country = None
    if kind != "individual":
        city, state = found.get("city"), found.get("state")
        country = found.get("country") or ("US" if state else None)
    return (
        hashlib.blake2b(f"{filer.return_id} {place}".encode(), digest_size=12).hexdigest(),
        filer.ein, filer.name, name, None if ein == _NO_EIN else ein, city, state, country, kind,
        _grant_amount(found, place, purpose, notes), status, filer.period_end.year, None, None,
        None if purpose is None else text.without_contacts(purpose), None, None, NAME, filer.file, place,
    )  # fmt: skip


def _grant_amount(found: dict[str, str], place: str, purpose: str | None, notes: _Notes) -> float | None:
    """Return the amount as filed: cash and non-cash together on Schedule I, the one amount on the 990-PF."""
    amount = notes.amount(found, "amount", "grants", place, "amount_usd")
    if "noncash" in found:
        amount = _sum([amount, notes.amount(found, "noncash", "grants", place, "amount_usd")])
    if amount == 0 and purpose and text.says_an_amount(purpose):
        notes.add("grants", place, "amount_usd", "it is filed as 0, while the purpose says an amount", purpose)
        return None
    return amount


def _check_order() -> None:
    """Fail at import when the tuples above no longer follow the vocabulary."""
    people = ["return_id", "ein", "person_name", "role", "hours_per_week", "tax_year", "source", "file", "place"]
    grants = [
        "grant_id", "funder_ein", "funder_name", "recipient_name", "recipient_ein", "recipient_city", "recipient_state",
        "recipient_country", "recipient_kind", "amount_usd", "status", "year", "date", "date_precision", "purpose",
        "cause_area", "times_listed", "source", "file", "place",
    ]  # fmt: skip
    if table("people").names != people or table("grants").names != grants:
        raise RuntimeError("irs_return_rows builds people and grants in another order of columns than catalynx.columns has")


_check_order()
