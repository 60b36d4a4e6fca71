"""Grants of private foundations, compiled as SQL ``insert`` files by the Donations List Website (CC0).

What is kept of a row, and what is not:

- Only the funders' lists are loaded. ``donations.sql`` and files of individuals hold gifts of private persons: their rows are
  recognised, counted as set aside, and nothing of their content is kept. The same goes for any row whose donor is a person.
- ``amount`` is in US dollars already. NULL is unknown; 0 says that no amount is stated and is unknown, and noted; negative
  amounts are money returned, and stay.
- The places of a row say where the money works, not where the recipient is, so the recipient's place stays unknown.
- ``donation_earmark``, ``influencer`` and the remarks on the donor's reasons are not read: they name private persons.
- A recipient that is a private person keeps neither name nor purpose (see `catalynx.sources.persons`).
- Rows that stand several times in a file are published once, with ``times_listed``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from hashlib import blake2b

from catalynx.sources.contacts import blank_contacts
from catalynx.sources.members import Member
from catalynx.sources.persons import recipient_kind
from catalynx.sources.reading import Batch, Rows, Source
from catalynx.sources.sql_values import SqlRow, literal, sql_rows

FUNDER_EINS = {
    "Public Welfare Foundation": "540597601",
    "Walton Family Foundation": "133441466",
}
"""EINs of funders, found in the IRS Business Master File of April 2026 by exact name (less "Inc") and the city of their seat:
Washington DC and Bentonville AR. The seats of the other funders are in states whose file was not at hand."""

_NAME = "cc0_grant_lists"
_HEAD = re.compile(rb"insert\s+into\s+`?donations`?\s*\(([^)]*)\)", re.IGNORECASE)
_PRIVATE_FILE = re.compile(r"(^|[/!])(donations\.sql$|[^!]*individual)")
_PRECISIONS = frozenset({"day", "month", "quarter", "year", "multi-year"})
_NOTHING = frozenset({"", "FIXME", "NULL"})
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d*)?|\.\d+)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NEEDED = ("donor", "donee", "amount")


def recognises(member: Member) -> bool:
    """Whether `member` inserts rows with a donor and a donee into a table ``donations``."""
    head = _HEAD.search(member.head())
    return head is not None and b"donor" in head[1] and b"donee" in head[1]


def read(members: Iterable[Member]) -> Iterator[Batch]:
    """Read the grants of SQL files; one file at a time is held in memory, to find its repeated rows."""
    rows = Rows(_NAME)
    for member in members:
        private = _PRIVATE_FILE.search(member.file.lower()) is not None
        grants: dict[str, dict[str, object]] = {}
        with member.open() as stream:
            for row in sql_rows(stream, "donations"):
                if private:
                    rows.set_aside(
                        "grants", member.file, f"line {row.line}", "it is a gift of a private person, and is not loaded"
                    )
                else:
                    _read_row(rows, member.file, row, grants)
        for grant in grants.values():
            rows.add("grants", member.file, str(grant["place"]), grant)
            if rows.full():
                yield rows.batch()
    yield rows.batch()


def _read_row(rows: Rows, file: str, row: SqlRow, grants: dict[str, dict[str, object]]) -> None:
    place = f"line {row.line}"
    reason, grant_id = row.reason, ""
    values: dict[str, str] = {}
    if row.values is not None:
        written = row.values
        for name, index in _in_order(row.columns):
            word = written[index]
            if word != "NULL" and (text := literal(word)) is not None:
                values[name] = text
        reason, grant_id = _judge(row.columns, values)
    if reason:
        rows.set_aside("grants", file, place, reason, "" if "person" in reason else _raw(row))
        return
    listed = grants.get(grant_id)
    if listed is not None:
        listed["times_listed"] = int(str(listed["times_listed"])) + 1
        rows.duplicate("grants")
        return
    grants[grant_id] = _grant(rows, file, place, grant_id, values)


@cache
def _in_order(columns: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Return the columns by name, so that a row is identified in one way however its columns are ordered."""
    return tuple(sorted((name, index) for index, name in enumerate(columns)))


def _judge(columns: tuple[str, ...], values: dict[str, str]) -> tuple[str, str]:
    """Return why a row cannot be used, or what identifies it: everything that it states."""
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        return f"the insert has no column {', '.join(missing)}", ""
    if recipient_kind(values.get("donor")) == "individual":
        return "the donor is a private person, and the gift is not loaded", ""
    amount = _number(values.get("amount", ""))
    stated = "\x1f".join([f"{name}={text}" for name, text in values.items() if name != "amount"])
    try:
        # An amount is the same with and without its cents.
        data = f"{stated}\x1famount={values.get('amount') if amount is None else amount}".encode()
    except UnicodeEncodeError:
        return "it holds bytes that are no UTF-8 text", ""
    if b"\x00" in data:
        return "it holds NUL characters", ""
    return "", "cc0-" + blake2b(data, digest_size=12).hexdigest()


def _raw(row: SqlRow) -> str:
    text = row.raw or ", ".join(row.values or ())
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _grant(rows: Rows, file: str, place: str, grant_id: str, values: dict[str, str]) -> dict[str, object]:
    donee = values.get("donee", "").strip() or None
    kind = recipient_kind(donee)
    if donee is None:
        rows.leave_unknown("grants", file, place, "recipient_name", "the donee is not stated")
    named = kind != "individual"
    purpose = _stated(values, "intended_use_of_funds") or _stated(values, "notes")
    day = _date(rows, file, place, values)
    return {
        "grant_id": grant_id,
        "funder_ein": FUNDER_EINS.get(values.get("donor", "")),
        "funder_name": values.get("donor"),
        "recipient_name": donee if named else None,
        "recipient_kind": kind,
        "amount_usd": _amount(rows, file, place, values.get("amount")),
        "status": "paid",
        "date": day,
        "year": day.year if day else None,
        "date_precision": _precision(values.get("donation_date_precision")) if day else None,
        "purpose": blank_contacts(purpose) if purpose and named else None,
        "cause_area": _stated(values, "cause_area"),
        "times_listed": 1,
        "place": place,
    }


def _stated(values: dict[str, str], column: str) -> str | None:
    text = values.get(column, "").strip()
    return None if text in _NOTHING else text


def _precision(text: str | None) -> str | None:
    return text if text in _PRECISIONS else None


def _amount(rows: Rows, file: str, place: str, text: str | None) -> float | None:
    if text is None:
        return None
    amount = _number(text)
    if amount is None:
        rows.leave_unknown("grants", file, place, "amount_usd", "it is not a number", text)
    elif amount == 0:
        rows.leave_unknown("grants", file, place, "amount_usd", "an amount of 0 says that none is stated", text)
        return None
    return amount


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _date(rows: Rows, file: str, place: str, values: dict[str, str]) -> date | None:
    text = values.get("donation_date")
    if text is None:
        return None
    day = None
    if _DAY.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
    if day is None or not 1900 <= day.year <= 2100:
        rows.leave_unknown("grants", file, place, "date", "there is no such day of the years 1900 to 2100", text)
        return None
    return day


SOURCE = Source(
    name=_NAME,
    title="Grants of private foundations, compiled as SQL files",
    publisher="Donations List Website (github.com/vipulnaik/donations)",
    terms="CC0-1.0",
    tables=("grants",),
    recognises=recognises,
    read=read,
)
