"""IRS Exempt Organizations Business Master File extract: one CSV a state or region → organisations.

Care-of names (``ICO``) and street addresses are not loaded: they name private persons. Everything else that is left out
is a code of the IRS's own keeping (activity, classification, size classes). A block of lines becomes typed columns at once;
only lines that hold quotes, blanks, NULs or other than ASCII are looked at one by one.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from catalynx.columns import arrow_schema
from catalynx.errors import FileRefused
from catalynx.sources.delimited import decoded, fields_of
from catalynx.sources.delimited import header as header_of
from catalynx.sources.irs_bmf_columns import CODE, CODES, NAME, READ, typed
from catalynx.sources.members import Member
from catalynx.sources.reading import Batch, Source, aside, publish

BLOCK_BYTES = 3 * 2**19
_BLOCKS_AT_ONCE = 2
_BLOCKS_AHEAD = 4
"""Blocks that become rows before they are asked for: about as many as make a row group, which is written at once."""
_HEADER_START = b"EIN,NAME,ICO"
_LARGEST_LINE = 2**16


def recognises(member: Member) -> bool:
    """Whether the first line is the header of the extract."""
    head = member.head()[:400].removeprefix(b"\xef\xbb\xbf").upper().replace(b'"', b"").replace(b" ", b"")
    return head.startswith(_HEADER_START)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Whole lines of `file` that lie in the spool: their bytes, the number of the first, where each ends."""

    file: str
    header: list[str]
    size: int
    line: int
    ends: np.ndarray


def read(members: Iterable[Member]) -> Iterator[Batch]:
    """Read extracts; of rows with one EIN the last is kept, the others are counted as duplicates.

    Whether a row is the last is known only at the end, so the lines wait in a temporary file while their EINs are looked
    at. Where none can be repeated, as in every extract as it is published, the rows are handed out as they are made.
    """
    with tempfile.TemporaryFile(prefix="catalynx-") as spool, ThreadPoolExecutor(_BLOCKS_AT_ONCE, "catalynx-block") as pool:
        found: list[_Lines] = []
        eins: list[np.ndarray | None] = []
        begun: deque[Future[Batch]] = deque()
        for member in members:
            for lines, block in _whole_lines(member):
                if len(begun) < _BLOCKS_AHEAD:
                    begun.append(pool.submit(_block, lines, block))
                spool.write(block)
                found.append(lines)
                eins.append(_first_eins(block, lines.ends))
        spool.seek(sum(lines.size for lines in found[: len(begun)]))
        blocks = _blocks(pool, begun, spool, found[len(begun) :])
        yield from blocks if _all_distinct(eins) else _last_of_each(blocks)


def _first_eins(block: bytes, ends: np.ndarray) -> np.ndarray | None:
    """The first nine characters of each line as a number; None where they are not nine digits in every line."""
    characters = np.frombuffer(block, np.uint8)
    starts = np.append(0, ends[:-1] + 1)
    if starts[-1] + 9 > len(characters):
        return None
    eins = np.zeros(len(starts), np.int32)
    for place in range(9):
        digits = characters[starts + place] - np.uint8(ord("0"))
        if digits.max() > 9:
            return None
        eins = eins * 10 + digits
    return eins


def _all_distinct(eins: list[np.ndarray | None]) -> bool:
    """Whether no EIN can come twice; a line that does not begin with its EIN may repeat any."""
    known = [block for block in eins if block is not None]
    if len(known) < len(eins):
        return False
    joined = np.sort(np.concatenate(known)) if known else np.zeros(0, np.int32)
    return not bool((joined[1:] == joined[:-1]).any())


def _last_of_each(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Have the typed rows wait in a temporary file (about 80 MB for 300,000 organisations) until all EINs are known."""
    with tempfile.TemporaryFile(prefix="catalynx-") as spool:
        schema = arrow_schema("organizations")
        eins: list[np.ndarray] = []
        accounts: deque[Batch] = deque()
        with pa.ipc.new_stream(pa.PythonFile(spool, "w"), schema) as waiting:
            for batch in batches:
                rows = batch.rows.pop("organizations").cast(schema).combine_chunks()
                eins.append(pc.cast(rows["ein"], pa.int32()).to_numpy())
                accounts.append(batch)
                waiting.write_batch(_one_batch(rows))
        spool.seek(0)
        repeated = _repeated(eins)
        with pa.ipc.open_stream(pa.PythonFile(spool, "r")) as waiting:
            for mask in repeated:
                yield _without(accounts.popleft(), pa.Table.from_batches([waiting.read_next_batch()]), mask)


def _one_batch(rows: pa.Table) -> pa.RecordBatch:
    found = rows.to_batches()
    return found[0] if found else pa.RecordBatch.from_pylist([], schema=rows.schema)


def _repeated(eins: list[np.ndarray]) -> list[np.ndarray]:
    """For each block say which of its EINs come again later in the load."""
    if not eins:
        return []
    joined = np.concatenate(eins)
    last = np.unique(joined[::-1], return_index=True)[1]
    mask = np.ones(len(joined), dtype=bool)
    mask[len(joined) - 1 - last] = False
    return np.split(mask, np.cumsum([len(block) for block in eins])[:-1])


def _without(batch: Batch, rows: pa.Table, mask: np.ndarray) -> Batch:
    count = int(mask.sum())
    if count:
        rows = rows.filter(pa.array(~mask))
        batch.duplicates["organizations"] += count
    batch.rows["organizations"] = rows
    return batch


def _blocks(pool: Executor, begun: deque[Future[Batch]], spool: BinaryIO, found: list[_Lines]) -> Iterator[Batch]:
    """Turn the lines in `spool` into typed rows behind those `begun`, several blocks at a time, in their order."""
    for lines in found:
        while len(begun) >= _BLOCKS_AHEAD:
            yield begun.popleft().result()
        begun.append(pool.submit(_block, lines, spool.read(lines.size)))
    while begun:
        yield begun.popleft().result()


def _whole_lines(member: Member) -> Iterator[tuple[_Lines, bytes]]:
    """Yield the records in blocks of whole lines."""
    header = _header(member)
    with member.open() as stream:
        stream.readline(_LARGEST_LINE)
        line, rest = 2, b""
        while data := stream.read(BLOCK_BYTES):
            cut = data.rfind(b"\n") + 1
            if not cut:
                rest += data
                if len(rest) > _LARGEST_LINE * 64:
                    raise FileRefused(member.file, f"line {line} is longer than {_LARGEST_LINE * 64:,} bytes")
                continue
            block, rest = rest + data[:cut], data[cut:]
            ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")).astype(np.int32)
            yield _Lines(member.file, header, len(block), line, ends), block
            line += len(ends)
        if rest:
            yield _Lines(member.file, header, len(rest), line, np.array([len(rest)], np.int32)), rest
        elif line == 2:
            raise FileRefused(member.file, "it holds a header and no records")


def _header(member: Member) -> list[str]:
    names = header_of(member)
    missing = sorted({*READ} - {*names})
    if missing:
        raise FileRefused(member.file, f"its header lacks the columns {', '.join(missing)} of the IRS extract")
    if len({*names}) < len(names):
        raise FileRefused(member.file, "its header names a column twice")
    return names


def _block(found: _Lines, block: bytes) -> Batch:
    """Turn whole lines into typed rows."""
    batch = Batch()
    file, ends = found.file, found.ends
    lines = np.arange(found.line, found.line + len(ends))
    odd = _odd_lines(block, ends)
    if len(odd):
        block, lines = _look_at_lines(batch, file, len(found.header), block, ends, odd, lines)
    filed, lines = _parse(batch, file, found.header, block, lines)
    batch.read["organizations"] = len(lines) + len(batch.set_aside)
    publish(batch, "organizations", typed(batch, filed, file, lines))
    return batch


def _odd_lines(block: bytes, ends: np.ndarray) -> np.ndarray:
    """Indexes of the lines that are blank, too long, or hold quotes, NULs, carriage returns or other than ASCII."""
    characters = np.frombuffer(block, np.uint8)
    starts = np.concatenate(([0], ends[:-1] + 1))
    odd = [np.flatnonzero((ends - starts < 2) | (ends - starts > _LARGEST_LINE))]
    if b'"' in block or b"\0" in block or not block.isascii():
        found = np.flatnonzero((characters == ord('"')) | (characters == 0) | (characters > 127))
        odd.append(np.searchsorted(ends, found))
    if b"\r" in block:
        found = np.flatnonzero(characters == ord("\r"))
        last = np.isin(found + 1, ends, assume_unique=True)
        odd.append(np.searchsorted(ends, found[~last]))
    return np.unique(np.concatenate(odd))


def _look_at_lines(
    batch: Batch, file: str, width: int, block: bytes, ends: np.ndarray, odd: np.ndarray, lines: np.ndarray
) -> tuple[bytes, np.ndarray]:
    """Set aside lines that would mislead the parser, pass over blank ones, write the others in one plain manner."""
    parts: list[bytes] = []
    dropped: list[int] = []
    done = 0
    for index in odd.tolist():
        start, end = (int(ends[index - 1]) + 1 if index else 0), int(ends[index])
        parts.append(block[done:start])
        done = end + 1
        raw = block[start:end].removesuffix(b"\r")
        text = decoded(raw)
        fields = fields_of(text)
        if len(raw) > _LARGEST_LINE:
            reason = f"it is longer than {_LARGEST_LINE:,} bytes"
        elif b"\0" in raw or b"\r" in raw:
            reason = "it holds NUL or carriage return characters"
        elif fields is None:
            reason = "its fields cannot be told apart by its quoting"
        elif len(fields) != width:
            reason = f"its fields are {len(fields)}, not {width}"
        else:
            parts.append(_written(fields))
            continue
        dropped.append(index)
        if raw:
            batch.set_aside.append(_bad(file, int(lines[index]), reason, text))
    parts.append(block[done:])
    return b"".join(parts), np.delete(lines, dropped)


def _written(fields: list[str]) -> bytes:
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerow(fields)
    return target.getvalue().encode()


def _bad(file: str, line: int, reason: str, text: str) -> dict[str, str | None]:
    """A line set aside is kept without the fields where the care-of name and the street stand."""
    fields = text.split(",")
    private = {2, 3} | {later for index, field in enumerate(fields) if "%" in field for later in (index, index + 1)}
    kept = ",".join("" if index in private else field for index, field in enumerate(fields))
    return aside(NAME, "organizations", file, f"line {line}", reason, kept)


def _parse(batch: Batch, file: str, header: list[str], block: bytes, lines: np.ndarray) -> tuple[dict[str, pa.Array], np.ndarray]:
    """Split `block` into the columns that are read, as text; lines with another number of fields are set aside."""
    wrong: list[int] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        wrong.append(row.number - 1)
        reason = f"its fields are {row.actual_columns}, not {row.expected_columns}"
        batch.set_aside.append(_bad(file, int(lines[row.number - 1]), reason, row.text))
        return "skip"

    table = arrow_csv.read_csv(
        pa.BufferReader(block or b"\n"),
        # one thread: only then are bad rows numbered
        arrow_csv.ReadOptions(column_names=header, use_threads=False, block_size=max(2**20, len(block))),
        arrow_csv.ParseOptions(invalid_row_handler=skip),
        arrow_csv.ConvertOptions(
            column_types={name: CODE if name in CODES else pa.string() for name in header},
            strings_can_be_null=True, null_values=[""], quoted_strings_can_be_null=True, include_columns=list(READ),
            check_utf8=False,  # lines that are not ASCII were written anew
        ),
    ).combine_chunks()  # fmt: skip
    return {name: table[name].combine_chunks() for name in READ}, np.delete(lines, wrong)


SOURCE = Source(
    NAME,
    "Exempt Organizations Business Master File extract",
    "Internal Revenue Service",
    "US public domain",
    ("organizations",),
    recognises,
    read,
)
