"""Federal Audit Clearinghouse single audits: CSV by year → audits, audit lines (awards) and findings.

Three of the files of a year are read. The companions (notes, texts, corrective action plans, pass-through entities, CPAs,
further EINs and UEIs) are not: they name people. Of the headers, no column of a contact, signer, street, phone, e-mail
or CPA is loaded, and of a header that is set aside only the first six fields (numbers and dates) are kept.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator

from catalynx.sources.delimited import Record, header, records
from catalynx.sources.members import Member
from catalynx.sources.reading import Batch, Rows, Source

NAME = "fac_audits"
TABLE_OF = {"ELECAUDITHEADERID": "audits", "ELECAUDITSID": "awards", "ELECAUDITFINDINGSID": "audit_findings"}
"""The table that a file fills, by the first column of its header."""

NEEDED = {
    "audits": {
        "AUDITYEAR", "DBKEY", "FYENDDATE", "EIN", "AUDITEENAME", "CITY", "STATE", "REPORTABLECONDITION", "MATERIALWEAKNESS",
        "MATERIALNONCOMPLIANCE", "GOINGCONCERN", "LOWRISK", "TOTFEDEXPEND", "ENTITY_TYPE",
    },
    "awards": {"ELECAUDITSID", "AUDITYEAR", "DBKEY", "CFDA", "FEDERALPROGRAMNAME", "AMOUNT", "DIRECT", "EIN", "CFDAPROGRAMNAME"},
    "audit_findings": {
        "ELECAUDITFINDINGSID", "ELECAUDITSID", "AUDITYEAR", "DBKEY", "QCOSTS", "SIGNIFICANTDEFICIENCY", "MATERIALWEAKNESS",
        "FINDINGREFNUMS", "REPEATFINDING",
    },
}  # fmt: skip
KEPT_OF_BROKEN_HEADER = 6

_LISTING = re.compile(r"(\d{2}\.\d{3})[A-Z]?", re.ASCII)
_NO_LISTING = re.compile(r"\d{2}\.(RD|U\w\d|UNK)", re.ASCII)


def recognises(member: Member) -> bool:
    """Whether the header begins with the key of one of the three files."""
    if not member.head().removeprefix(b"\xef\xbb\xbf").lstrip(b'"')[:9].upper().startswith(b"ELECAUDIT"):
        return False
    return any(name in TABLE_OF for name in header(member)[:1])


def read(members: Iterable[Member]) -> Iterator[Batch]:
    """Read the three kinds of files; a record whose id stands in the file before is a duplicate, or set aside if it differs."""
    rows = Rows(NAME)
    for member in members:
        names = header(member)
        name = TABLE_OF[names[0]]
        seen: dict[str, int] = {}
        for record in records(member, names, NEEDED[name]):
            _one(rows, seen, member.file, name, names, record)
            if rows.full():
                yield rows.batch()
        yield rows.batch()


def _one(rows: Rows, seen: dict[str, int], file: str, name: str, names: list[str], record: Record) -> None:
    place = f"line {record.line}"
    if record.fields is None:
        rows.set_aside(name, file, place, record.problem, _shown(name, record.text))
        return
    said = {column: text for column, field in zip(names, record.fields, strict=True) if (text := field.strip())}
    key = said.get(names[0]) if name != "audits" else _audit_id(said)
    lacking = [column for column in ("DBKEY", "AUDITYEAR", names[0]) if column not in said]
    if lacking or key is None:
        rows.set_aside(name, file, place, f"{' and '.join(lacking)} missing", _shown(name, record.text))
        return
    content = hash(tuple(record.fields))
    if key in seen:
        if seen[key] == content:
            rows.duplicate(name)
        else:
            rows.set_aside(name, file, place, f"{key} stands there before with other content", _shown(name, record.text))
        return
    seen[key] = content

    def unreadable(column: str, element: str) -> None:
        rows.leave_unknown(name, file, place, column, f"{element} cannot be read", said[element])

    rows.add(name, file, place, _ROW[name](said, unreadable))


def _shown(name: str, text: str) -> str:
    return ",".join(text.split(",")[:KEPT_OF_BROKEN_HEADER]) if name == "audits" else text


Unreadable = Callable[[str, str], None]


def _audit(said: dict[str, str], unreadable: Unreadable) -> dict[str, object]:
    return {
        "audit_id": _audit_id(said),
        "ein": said.get("EIN"),
        "name": said.get("AUDITEENAME"),
        "city": said.get("CITY"),
        "state": said.get("STATE"),
        "audit_year": _year(said, "audit_year", unreadable),
        "fiscal_year_end": _day(said, unreadable),
        "entity_type": said.get("ENTITY_TYPE"),
        "federal_expenditure_usd": _amount(said, "TOTFEDEXPEND", "federal_expenditure_usd", unreadable),
        "low_risk": _flag(said, "LOWRISK", "low_risk", unreadable),
        "going_concern": _flag(said, "GOINGCONCERN", "going_concern", unreadable),
        "material_weakness": _flag(said, "MATERIALWEAKNESS", "material_weakness", unreadable),
        "significant_deficiency": _flag(said, "REPORTABLECONDITION", "significant_deficiency", unreadable),
        "material_noncompliance": _flag(said, "MATERIALNONCOMPLIANCE", "material_noncompliance", unreadable),
    }


def _award(said: dict[str, str], unreadable: Unreadable) -> dict[str, object]:
    return {
        "award_id": said.get("ELECAUDITSID"),
        "audit_id": _audit_id(said),
        "program_name": said.get("FEDERALPROGRAMNAME") or said.get("CFDAPROGRAMNAME"),
        "assistance_listing": _listing(said, unreadable),
        "recipient_ein": said.get("EIN"),
        "recipient_kind": "organization",
        "amount_usd": _amount(said, "AMOUNT", "amount_usd", unreadable),
        "amount_kind": "expended",
        "direct": _flag(said, "DIRECT", "direct", unreadable),
        "year": _year(said, "year", unreadable),
    }


def _finding(said: dict[str, str], unreadable: Unreadable) -> dict[str, object]:
    return {
        "audit_id": _audit_id(said),
        "finding_id": said.get("ELECAUDITFINDINGSID"),
        "award_id": said.get("ELECAUDITSID"),
        "reference": said.get("FINDINGREFNUMS"),
        "material_weakness": _flag(said, "MATERIALWEAKNESS", "material_weakness", unreadable),
        "significant_deficiency": _flag(said, "SIGNIFICANTDEFICIENCY", "significant_deficiency", unreadable),
        "questioned_costs": _flag(said, "QCOSTS", "questioned_costs", unreadable),
        "repeat": _flag(said, "REPEATFINDING", "repeat", unreadable),
    }


_ROW: dict[str, Callable[[dict[str, str], Unreadable], dict[str, object]]] = {
    "audits": _audit,
    "awards": _award,
    "audit_findings": _finding,
}


def _audit_id(said: dict[str, str]) -> str | None:
    return f"{said['DBKEY']}-{said['AUDITYEAR']}" if "DBKEY" in said and "AUDITYEAR" in said else None


def _listing(said: dict[str, str], unreadable: Unreadable) -> str | None:
    """``93.RD`` (research) and ``10.U01`` (number unknown) are no listing; a letter after the number names a part of one."""
    text = said.get("CFDA", "").upper()
    if not text or _NO_LISTING.fullmatch(text):
        return None
    found = _LISTING.fullmatch(text)
    if found is None:
        unreadable("assistance_listing", "CFDA")
        return None
    return found[1]


def _flag(said: dict[str, str], element: str, column: str, unreadable: Unreadable) -> bool | None:
    text = said.get(element)
    if text is not None and text not in {"Y", "N"}:
        unreadable(column, element)
        return None
    return None if text is None else text == "Y"


def _amount(said: dict[str, str], element: str, column: str, unreadable: Unreadable) -> float | None:
    text = said.get(element)
    if text is None:
        return None
    if not re.fullmatch(r"-?\d{1,14}(\.\d{1,2})?", text, re.ASCII):
        unreadable(column, element)
        return None
    return float(text)


def _year(said: dict[str, str], column: str, unreadable: Unreadable) -> int | None:
    text = said["AUDITYEAR"]
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        unreadable(column, "AUDITYEAR")
        return None
    return int(text)


def _day(said: dict[str, str], unreadable: Unreadable) -> datetime.date | None:
    """``06/30/2019 00:00:00`` → a day."""
    text = said.get("FYENDDATE")
    if text is None:
        return None
    try:
        return datetime.datetime.strptime(text.split(" ")[0], "%m/%d/%Y").date()
    except ValueError:
        unreadable("fiscal_year_end", "FYENDDATE")
        return None


SOURCE = Source(
    NAME,
    "Single audits",
    "Federal Audit Clearinghouse, General Services Administration",
    "US public domain",
    ("audits", "awards", "audit_findings"),
    recognises,
    read,
)
