"""NTEE codes: a CSV of code, description and category → what the codes mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from catalynx.sources.delimited import header, records
from catalynx.sources.members import Member
from catalynx.sources.reading import Batch, Rows, Source

NAME = "ntee_codes"
HEADER = ["CODE", "DESCRIPTION", "CATEGORY"]


def recognises(member: Member) -> bool:
    """Whether the header is ``code,description,…`` in a file that names NTEE, or has the three columns as published."""
    names = header(member) if member.head()[:8].upper().lstrip(b'\xef\xbb\xbf"').startswith(b"CODE") else []
    return names == HEADER or (names[:2] == HEADER[:2] and "ntee" in member.name)


def read(members: Iterable[Member]) -> Iterator[Batch]:
    """Read code tables; a code that stands there again with one meaning is a duplicate, with another it is set aside."""
    rows = Rows(NAME)
    for member in members:
        meanings: dict[str, str | None] = {}
        names = header(member)
        for record in records(member, names, {"CODE", "DESCRIPTION"}):
            place = f"line {record.line}"
            if record.fields is None:
                rows.set_aside("ntee_codes", member.file, place, record.problem, record.text)
                continue
            said = dict(zip(names, map(str.strip, record.fields), strict=True))
            code, description = said["CODE"].upper(), said["DESCRIPTION"] or None
            if not re.fullmatch(r"[A-Z][0-9A-Z]{0,3}", code):
                rows.set_aside("ntee_codes", member.file, place, f"{code!r} is not an NTEE code", record.text)
            elif code not in meanings:
                meanings[code] = description
                row: dict[str, object] = {"ntee_code": code, "ntee_major": code[0], "description": description}
                rows.add("ntee_codes", member.file, place, row)
            elif meanings[code] == description:
                rows.duplicate("ntee_codes")
            else:
                rows.set_aside("ntee_codes", member.file, place, f"{code} stands there before with another meaning", record.text)
        yield rows.batch()


SOURCE = Source(
    NAME,
    "NTEE codes",
    "National Center for Charitable Statistics",
    "facts, not protected",
    ("ntee_codes",),
    recognises,
    read,
)
