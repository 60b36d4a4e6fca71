"""Grants published after the 360Giving data standard, as JSON or as CSV.

A grant is counted as paid: the standard records awards, and no payments. Amounts in other currencies than US dollars are unknown,
and noted: they are not converted. A ``recipientIndividual`` is a private person: neither name nor text is kept.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from catalynx.columns.vocabulary import STATE
from catalynx.errors import FileRefused
from catalynx.sources.contacts import blank_contacts
from catalynx.sources.members import Member
from catalynx.sources.persons import recipient_kind
from catalynx.sources.reading import Batch, Rows, Source

_NAME = "three_sixty_giving"
_MAX_BYTES = 512 * 2**20
_US = frozenset({"US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA"})

_PATHS = {
    "id": ("Identifier", "id"),
    "title": ("Title", "title"),
    "description": ("Description", "description"),
    "currency": ("Currency", "currency"),
    "amount": ("Amount Awarded", "amountAwarded"),
    "date": ("Award Date", "awardDate"),
    "recipient_id": ("Recipient Org:Identifier", "recipientOrganization/0/id"),
    "recipient_name": ("Recipient Org:Name", "recipientOrganization/0/name"),
    "recipient_city": ("Recipient Org:City", "recipientOrganization/0/addressLocality"),
    "recipient_region": ("Recipient Org:County", "recipientOrganization/0/addressRegion"),
    "recipient_country": ("Recipient Org:Country", "recipientOrganization/0/addressCountry"),
    "recipient_country_code": ("Recipient Org:Location:0:Country Code", "recipientOrganization/0/location/0/countryCode"),
    "second_recipient": ("Recipient Org:1:Name", "recipientOrganization/1/name"),
    "individual_id": ("Recipient Ind:Identifier", "recipientIndividual/id"),
    "individual_name": ("Recipient Ind:Name", "recipientIndividual/name"),
    "funder_id": ("Funding Org:Identifier", "fundingOrganization/0/id"),
    "funder_name": ("Funding Org:Name", "fundingOrganization/0/name"),
    "programme": ("Grant Programme:Title", "grantProgramme/0/title"),
}
"""What is read of a grant: the title of its column in a CSV, and its path in JSON (CSV files may use the path as well)."""


def recognises(member: Member) -> bool:
    """Whether `member` holds grants after the 360Giving standard."""
    head = member.head().removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"{"):
        return b'"grants"' in head and (b'"amountAwarded"' in head or b'"fundingOrganization"' in head)
    header = head.split(b"\n", 1)[0]
    return (b"Amount Awarded" in header and b"Funding Org:" in header) or (
        b"amountAwarded" in header and b"fundingOrganization/0/" in header
    )


def read(members: Iterable[Member]) -> Iterator[Batch]:
    """Read grants; a grant whose identifier was read before is a repeat."""
    rows = Rows(_NAME)
    seen: set[str] = set()
    for member in members:
        json_file = member.head().removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
        for place, grant in _json_grants(member) if json_file else _csv_grants(member):
            if not isinstance(grant, dict):
                rows.set_aside("grants", member.file, place, "it is no grant but " + type(grant).__name__, str(grant)[:500])
            elif grant.get("id") in seen:
                rows.duplicate("grants")
            else:
                seen.add(grant.get("id") or place)
                _read_grant(rows, member.file, place, grant)
            if rows.full():
                yield rows.batch()
    yield rows.batch()


def _json_grants(member: Member) -> Iterator[tuple[str, dict[str, str] | object]]:
    with member.open() as stream:
        data = stream.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise FileRefused(member.file, f"it is larger than {_MAX_BYTES:,} bytes; publish it in parts, or as CSV")
    try:
        package = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileRefused(member.file, f"it is no JSON ({str(error)[:120]})") from error
    grants = package.get("grants") if isinstance(package, dict) else None
    if not isinstance(grants, list):
        raise FileRefused(member.file, "it has no list `grants`")
    for index, grant in enumerate(grants):
        yield f"grants[{index}]", _flat(grant) if isinstance(grant, dict) else grant


def _flat(grant: dict[str, Any]) -> dict[str, str]:
    """Return what is read of a grant in JSON, as text."""
    found = {}
    for name, (_, path) in _PATHS.items():
        value: Any = grant
        for step in path.split("/"):
            if step.isdigit():
                # A publisher may give one organisation instead of a list of one.
                several = value if isinstance(value, list) else [value]
                value = several[int(step)] if int(step) < len(several) else None
            else:
                value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            found[name] = str(value).strip()
    if "recipientIndividual" in grant:
        found.setdefault("individual_id", "not stated")
    return found


def _csv_grants(member: Member) -> Iterator[tuple[str, dict[str, str] | object]]:
    with member.open() as stream:
        lines = csv.reader(io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline=""))
        try:
            header = [title.strip() for title in next(lines)]
            names = {index: name for name, titles in _PATHS.items() for index, title in enumerate(header) if title in titles}
            before = lines.line_num
            for cells in lines:
                if any(cells):
                    yield (
                        f"line {before + 1}",
                        {names[i]: cell.strip() for i, cell in enumerate(cells) if i in names and cell.strip()},
                    )
                before = lines.line_num
        except csv.Error as error:
            raise FileRefused(member.file, f"it is no CSV ({error})") from error


def _read_grant(rows: Rows, file: str, place: str, grant: dict[str, str]) -> None:
    text = "".join(grant.values())
    if "\ufffd" in text or "\x00" in text or not _is_unicode(text):
        rows.set_aside("grants", file, place, "it holds bytes that are no text", ascii(grant.get("id", "")))
        return
    if "second_recipient" in grant:
        rows.set_aside("grants", file, place, "it names several recipients, whose shares are not stated", grant.get("id", ""))
        return
    kind = _kind(grant)
    named = kind != "individual"
    day, precision, readable = _day(grant.get("date", ""))
    if not readable:
        rows.leave_unknown("grants", file, place, "date", "it is no date YYYY-MM-DD of the years 1900 to 2100", grant["date"])
    purpose = ": ".join(dict.fromkeys(grant[name] for name in ("title", "description") if name in grant))
    row: dict[str, object] = {
        "grant_id": grant.get("id"),
        "funder_ein": _ein(grant.get("funder_id")),
        "funder_name": grant.get("funder_name"),
        "recipient_kind": kind,
        "amount_usd": _amount(rows, file, place, grant),
        "status": "paid",
        "date": day,
        "year": day.year if day else None,
        "date_precision": precision,
        "purpose": blank_contacts(purpose) if named and purpose else None,
        "cause_area": grant.get("programme"),
    }
    if named:
        row |= _recipient(grant)
    rows.add("grants", file, place, row)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind(grant: dict[str, str]) -> str:
    if "individual_id" in grant or "individual_name" in grant:
        return "individual"
    if "recipient_name" not in grant or recipient_kind(grant["recipient_name"]) == "individual":
        # The publisher says that it is an organisation; its name says otherwise.
        return "unknown"
    return "organization"


def _recipient(grant: dict[str, str]) -> dict[str, object]:
    country = grant.get("recipient_country_code") or grant.get("recipient_country")
    region = grant.get("recipient_region", "").upper()
    in_us = (country or "").upper() in _US or grant.get("recipient_id", "").startswith("US-EIN-")
    return {
        "recipient_name": grant.get("recipient_name"),
        "recipient_ein": _ein(grant.get("recipient_id")),
        "recipient_city": grant.get("recipient_city"),
        "recipient_state": region if in_us and re.fullmatch(STATE, region) else None,
        "recipient_country": country,
    }


def _ein(org_id: str | None) -> str | None:
    found = re.fullmatch(r"US-EIN-(\d\d)-?(\d{7})", org_id or "", re.ASCII)
    return found[1] + found[2] if found else None


def _amount(rows: Rows, file: str, place: str, grant: dict[str, str]) -> float | None:
    text = grant.get("amount")
    if text is None:
        return None
    reason = ""
    plain = text.replace(",", "")
    if not re.fullmatch(r"-?\d{1,15}(\.\d+)?", plain, re.ASCII):
        reason = "it is no amount"
    elif grant.get("currency", "").upper() != "USD":
        reason = f"it is in {grant['currency']}, not in USD" if "currency" in grant else "its currency is not stated"
    elif float(plain) == 0:
        reason = "an amount of 0 says that none is stated"
    if reason:
        rows.leave_unknown("grants", file, place, "amount_usd", reason, f"{text} {grant.get('currency', '')}".strip())
        return None
    return float(plain)


def _day(text: str) -> tuple[date | None, str | None, bool]:
    """Return the day, how exact it is, and whether `text` could be read."""
    if not text:
        return None, None, True
    found = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T.*)?)?)?", text, re.ASCII)
    if found is None:
        return None, None, False
    year, month, day = found.groups()
    try:
        value = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None, None, False
    precision = "day" if day else "month" if month else "year"
    return (value, precision, True) if 1900 <= value.year <= 2100 else (None, None, False)


SOURCE = Source(
    name=_NAME,
    title="Grants after the 360Giving data standard (JSON, CSV)",
    publisher="the funders that publish them",
    terms="as each publisher says",
    tables=("grants",),
    recognises=recognises,
    read=read,
)
