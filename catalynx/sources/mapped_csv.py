"""Grants from any CSV file, by a map that says which of its columns is what.

Put ``NAME.columns.yaml`` (or ``.json``) beside ``NAME.csv`` (or ``NAME.csv.gz``)::

    columns:            # column of the table `grants`: column of the file
      recipient_name: Grantee
      amount_usd: Amount (USD)
      date: Paid on
    constants:          # what the file does not say, the same for all rows
      funder_name: Example Foundation
      status: paid
    date_format: "%m/%d/%Y"     # default: %Y-%m-%d
    decimal: "."                # or ","
    encoding: utf-8             # or cp1252, latin-1, utf-16
    delimiter: ","
    missing: ["", "n/a"]        # what stands for nothing

or hand the same as a dict to `read_mapped_csv`. Where no column says what kind a recipient is, its name is judged as in all lists
of grants. Rows that stand several times are published once, with ``times_listed``.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path

from catalynx.columns.published import GRANTS
from catalynx.columns.shared_columns import PROVENANCE
from catalynx.errors import BadParameter, FileRefused
from catalynx.sources.contacts import blank_contacts
from catalynx.sources.members import Member, members
from catalynx.sources.persons import recipient_kind
from catalynx.sources.reading import Batch, Rows, Source

_NAME = "mapped_csv"
_TARGETS = {column.name: column for column in GRANTS.columns if column not in PROVENANCE and column.name != "times_listed"}
_ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column of a CSV file is which column of the table ``grants``; see the module for the meaning of each."""

    columns: Mapping[str, str]
    constants: Mapping[str, str]
    date_format: str = "%Y-%m-%d"
    decimal: str = "."
    encoding: str = "utf-8"
    delimiter: str = ","
    missing: tuple[str, ...] = ("",)

    @classmethod
    def of(cls, given: Mapping[str, object]) -> ColumnMap:
        """Make a map of what a file or a caller gives.

        Raises
        ------
        BadParameter
            A key, a column, or a value is not one that a map can have; names it.
        """
        names = [field.name for field in fields(cls)]
        for key in given:
            _check(key in names, "column_map", key, f"one of the keys {', '.join(names)}")
        parts: dict[str, dict[str, str]] = {}
        for part in ("columns", "constants"):
            pairs = given.get(part) or {}
            if not isinstance(pairs, Mapping):
                raise BadParameter(f"column_map.{part}", pairs, "a mapping")
            for target, value in pairs.items():
                _check(target in _TARGETS, f"column_map.{part}", target, f"a column of grants: {', '.join(_TARGETS)}")
                _check(isinstance(value, str | int | float), f"column_map.{part}.{target}", value, "a text or a number")
            parts[part] = {target: str(value) for target, value in pairs.items()}
        mapped = parts["columns"].keys() | parts["constants"].keys()
        for needed in ("funder_name", "recipient_name"):
            _check(needed in mapped, "column_map", sorted(mapped), f"a map that says where {needed} is")
        missing = given.get("missing", [""])
        if not isinstance(missing, list | tuple):
            raise BadParameter("column_map.missing", missing, "a list of texts")
        made = cls(
            parts["columns"],
            parts["constants"],
            str(given.get("date_format", "%Y-%m-%d")),
            str(given.get("decimal", ".")),
            str(given.get("encoding", "utf-8")),
            str(given.get("delimiter", ",")),
            tuple(map(str, missing)),
        )
        _check(made.decimal in {".", ","}, "column_map.decimal", made.decimal, "'.' or ','")
        _check(made.encoding in _ENCODINGS, "column_map.encoding", made.encoding, f"one of {', '.join(_ENCODINGS)}")
        _check(len(made.delimiter) == 1, "column_map.delimiter", made.delimiter, "one character")
        _check("%" in made.date_format, "column_map.date_format", made.date_format, "a format such as %m/%d/%Y")
        return made


def _check(good: bool, name: str, value: object, expected: str) -> None:
    if not good:
        raise BadParameter(name, value, expected)


def read_mapped_csv(path: str | Path, column_map: ColumnMap | Mapping[str, object] | None = None) -> Iterator[Batch]:
    """Read the grants of a CSV file, by `column_map` or by the map that lies beside it.

    Raises
    ------
    BadParameter, FileRefused
    """
    given = column_map if column_map is None or isinstance(column_map, ColumnMap) else ColumnMap.of(column_map)
    for member in members(Path(path)):
        yield from _read_member(member, given or _map_beside(member))


def recognises(member: Member) -> bool:
    """Whether `member` is a CSV file with a map beside it."""
    return member.name.endswith(".csv") and _map_path(member) is not None


def read(members: Iterable[Member]) -> Iterator[Batch]:
    """Read CSV files by the maps beside them; one file at a time is held in memory, to find its repeated rows."""
    for member in members:
        yield from _read_member(member, _map_beside(member))


def _map_path(member: Member) -> Path | None:
    if member.path is None:
        return None
    stem = re.sub(r"(?i)\.csv(\.gz)?$", "", member.path.name)
    places = (member.path.with_name(f"{stem}.columns.{kind}") for kind in ("yaml", "yml", "json"))
    return next((place for place in places if place.is_file()), None)


def _map_beside(member: Member) -> ColumnMap:
    path = _map_path(member)
    if path is None:
        raise FileRefused(member.file, "there is no map of its columns; put NAME.columns.yaml beside it, or give `column_map`")
    import yaml

    try:
        text = path.read_text(encoding="utf-8-sig")
        given = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise FileRefused(path.name, f"it is no map of columns ({' '.join(str(error).split())[:160]})") from error
    if not isinstance(given, dict):
        raise FileRefused(path.name, "it is no map of columns")
    try:
        return ColumnMap.of(given)
    except BadParameter as error:
        raise FileRefused(path.name, str(error).rstrip(".")) from error


def _read_member(member: Member, how: ColumnMap) -> Iterator[Batch]:
    rows = Rows(_NAME)
    grants: dict[str, dict[str, object]] = {}
    places: dict[str, str] = {}
    for place, cells in _lines(member, how):
        if isinstance(cells, str):
            rows.set_aside("grants", member.file, place, cells)
            continue
        row = _grant(rows, member.file, place, cells, how)
        key = str(row["grant_id"])
        if key in grants:
            grants[key]["times_listed"] = int(str(grants[key]["times_listed"])) + 1
            rows.duplicate("grants")
        else:
            grants[key], places[key] = row, place
    for key, row in grants.items():
        rows.add("grants", member.file, places[key], row)
        if rows.full():
            yield rows.batch()
    yield rows.batch()


def _lines(member: Member, how: ColumnMap) -> Iterator[tuple[str, dict[str, str] | str]]:
    """Yield each line's cells by target column, or why it cannot be read."""
    encoding = "utf-8-sig" if how.encoding == "utf-8" else how.encoding
    with member.open() as stream:
        lines = csv.reader(io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline=""), delimiter=how.delimiter)
        try:
            header = [title.strip() for title in next(lines, [])]
            at = {target: _position(member, header, target, title) for target, title in how.columns.items()}
            before = lines.line_num
            for cells in lines:
                place, before = f"line {before + 1}", lines.line_num
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    yield place, f"it has {len(cells)} cells, the header {len(header)}"
                elif any("\ufffd" in cell or "\x00" in cell for cell in cells):
                    yield place, f"it holds bytes that are no {how.encoding} text"
                else:
                    yield place, {**how.constants} | {target: cells[index].strip() for target, index in at.items()}
        except csv.Error as error:
            raise FileRefused(member.file, f"it is no CSV ({error})") from error


def _position(member: Member, header: list[str], target: str, title: str) -> int:
    found = [index for index, name in enumerate(header) if name == title.strip()]
    if len(found) != 1:
        many = "has no column" if not found else f"has {len(found)} columns"
        raise FileRefused(member.file, f"it {many} {title!r} (for {target}); its columns are {', '.join(header) or 'none'}")
    return found[0]


def _grant(rows: Rows, file: str, place: str, cells: dict[str, str], how: ColumnMap) -> dict[str, object]:
    stated = {target: text for target, text in cells.items() if text not in how.missing and text}
    row: dict[str, object] = {}
    for target, text in stated.items():
        value = _value(target, text, how)
        if value is None:
            rows.leave_unknown("grants", file, place, target, _unreadable(target, how), text)
        row[target] = value
    name = stated.get("recipient_name")
    row.setdefault("recipient_kind", recipient_kind(name))
    if row["recipient_kind"] == "individual":
        row |= {"recipient_name": None, "purpose": None, "recipient_ein": None}
    row.setdefault("status", "paid")
    row["times_listed"] = 1
    day = row.get("date")
    if isinstance(day, date):
        row.setdefault("year", day.year)
        row.setdefault("date_precision", "day")
    if "grant_id" not in row:
        written = "\x1f".join(f"{target}={stated[target]}" for target in sorted(stated))
        row["grant_id"] = "csv-" + blake2b(written.encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()
    return row


def _value(target: str, text: str, how: ColumnMap) -> object | None:
    """Return what `text` says in the column `target`; None when it cannot be read."""
    kind = _TARGETS[target].kind
    if kind == "usd":
        return _amount(text, how.decimal)
    if kind == "integer":
        return int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else None
    if kind == "date":
        try:
            return datetime.strptime(text, how.date_format).date()
        except ValueError:
            return None
    if target.endswith("_ein"):
        digits = text.replace("-", "")
        return digits.zfill(9) if re.fullmatch(r"\d{8,9}", digits, re.ASCII) else None
    return blank_contacts(text) if target == "purpose" else text


def _amount(text: str, decimal: str) -> float | None:
    plain = re.sub(r"[\s$]|USD", "", text)
    negative = plain.startswith("-") or (plain.startswith("(") and plain.endswith(")"))
    plain = plain.strip("-()")
    group = "," if decimal == "." else "."
    grouped = rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|\d{{1,15}}"
    if not re.fullmatch(rf"(?:{grouped})(?:{re.escape(decimal)}\d+)?", plain, re.ASCII):
        return None
    value = float(plain.replace(group, "").replace(decimal, "."))
    return -value if negative else value


def _unreadable(target: str, how: ColumnMap) -> str:
    expected = {
        "usd": f"an amount with {how.decimal!r} before the cents", "integer": "a whole number",
        "date": f"a date written {how.date_format}",
    }  # fmt: skip
    return f"it is not {expected.get(_TARGETS[target].kind, 'of nine digits')}"


SOURCE = Source(
    name=_NAME,
    title="Any list of grants as CSV, by a map of its columns",
    publisher="as the list's owner says",
    terms="as the list's owner says",
    tables=("grants",),
    recognises=recognises,
    read=read,
)
