"""IRS e-file returns (Form 990, 990-EZ, 990-PF; header of the 990-T; Schedule I) → filings, grants, people.

Reads single files, folders, gz, and the IRS's bulk zips, all schema versions from 2009 on. What is read from where stands in
`irs_return_xpaths` and in ``docs/returns.md``.

One return gives one filing. Its tax year is the calendar year in which the tax year begins; the year of its grants is the
calendar year in which the tax year *ends*, for that is the latest at which they were paid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from catalynx.columns import arrow_schema
from catalynx.errors import FileRefused
from catalynx.sources import irs_return_text as text
from catalynx.sources.irs_return_rows import NAME, NotUsable, ReadReturn, read_return
from catalynx.sources.irs_return_tree import NotReadable, parse, read_bytes
from catalynx.sources.members import Member
from catalynx.sources.reading import BATCH_ROWS, Batch, Source, aside, publish

_PUBLIC_NAME = re.compile(r"\d{18}_public\.xml")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_FIRST_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s>/]")


def recognises(member: Member) -> bool:
    """Whether the first element is ``Return``, or the file is named as the IRS names returns, be it damaged or not."""
    if _PUBLIC_NAME.fullmatch(member.name):
        return True
    try:
        head = member.head()
    except FileRefused:
        return False
    # Without NULs UTF-16 reads like ASCII here.
    first = _FIRST_TAG.search(_COMMENT.sub(b"", head.replace(b"\x00", b"")))
    return first is not None and first[1] == b"Return"


def read(members: Iterable[Member]) -> Iterator[Batch]:
    """Yield the rows of the returns in `members`; the filings come last, when it is known which of them are canonical.

    A member that cannot be read is set aside as one record of ``filings``; the load goes on.

    Raises
    ------
    FileRefused
        A single file was handed in, and it is not a return that can be read.
    """
    load = _Load()
    count, first_failure = 0, None
    for count, member in enumerate(members, 1):
        reason = load.take(member)
        if count == 1 and reason is not None:
            first_failure = (member.file, reason)
        if load.rows >= BATCH_ROWS:
            yield load.batch()
    if count == 1 and first_failure is not None and "!" not in first_failure[0]:
        raise FileRefused(*first_failure)
    yield load.last_batch()


def mark_canonical(filings: pa.Table) -> pa.Table:
    """Return `filings` with ``canonical`` true for exactly one return of each EIN, period end and form: the latest.

    The latest is the one with the latest ``filed_at``, compared as moments in UTC; returns without one come first, and
    equals are told apart by ``return_id``. Rows keep their order.

    Parameters
    ----------
    filings
        rows of the table ``filings``; needs ``ein``, ``period_end``, ``form``, ``filed_at``, ``return_id``, ``canonical``
    """
    if filings.num_rows == 0:
        return filings
    moments = (text.moment(filed_at) for filed_at in filings["filed_at"].to_pylist())
    keys = ("ein", "period_end", "form")
    order = pc.sort_indices(
        filings.select([*keys, "return_id"]).append_column(
            "moment", pa.array([None if found is None else int(found.timestamp()) for found in moments], pa.int64())
        ),
        sort_keys=[(key, "ascending", "at_start") for key in (*keys, "moment", "return_id")],
    )
    ordered = filings.select(keys).take(order)
    this, following = ordered.slice(0, len(order) - 1), ordered.slice(1)
    differs = pa.array([False] * (len(order) - 1), pa.bool_())
    for key in keys:
        same = pc.fill_null(pc.equal(this[key], following[key]), False)
        both_null = pc.and_(pc.is_null(this[key]), pc.is_null(following[key]))
        differs = pc.or_(differs, pc.invert(pc.or_(same, both_null)))
    last = [*differs.to_pylist(), True]
    flags = [False] * len(last)
    for place, is_last in zip(order.to_pylist(), last, strict=True):
        flags[place] = is_last
    return filings.set_column(filings.schema.get_field_index("canonical"), "canonical", pa.array(flags, pa.bool_()))


class _Load:
    """The rows of one load until they are handed out, and the returns it has seen.

    Grants and people leave in batches as they come. Filings stay, as columns, until the last batch.
    """

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._last, self._filings = Batch(), _columns("filings", [])
        self._start()

    def _start(self) -> None:
        self._batch = Batch()
        self._rows: dict[str, list[tuple[object, ...]]] = {"filings": [], "grants": [], "people": []}
        self.rows = 0

    def take(self, member: Member) -> str | None:
        """Read one return; the reason is returned when the member could not be read as one."""
        data = b""
        try:
            with member.open() as stream:
                data = read_bytes(stream)
            self._add(read_return(parse(data), member.file, data))
        except NotUsable as error:
            self._set_aside(member.file, str(error), data)
        except NotReadable as error:
            self._set_aside(member.file, str(error), data)
            return str(error)
        except FileRefused as error:
            self._set_aside(member.file, error.reason, data)
            return error.reason
        return None

    def _set_aside(self, file: str, reason: str, data: bytes) -> None:
        # The head of a return names its preparer and its signer, so only what is no return is shown.
        raw = "" if b"<Return" in data else data[:1000].decode("utf-8", "replace")
        self._last.read["filings"] += 1
        self._last.set_aside.append(aside(NAME, "filings", file, file, reason, raw))

    def _add(self, found: ReadReturn) -> None:
        counts = {"grants": len(found.grants), "people": len(found.people)}
        repeats = found.return_id in self._seen
        self._last.read["filings"] += 1
        self._batch.read.update(counts)
        if repeats:
            self._last.duplicates["filings"] += 1
            self._batch.duplicates.update(counts)
            return
        self._seen.add(found.return_id)
        self._batch.read["people"] += found.people_set_aside
        self._batch.set_aside += found.asides
        self._rows["filings"].append(found.filing)
        self._rows["grants"] += found.grants
        self._rows["people"] += found.people
        self.rows += 1 + sum(counts.values())

    def batch(self) -> Batch:
        """Hand out the grants and people that were collected."""
        batch = self._batch
        self._filings = pa.concat_tables([self._filings, _columns("filings", self._rows["filings"])])
        for name in ("grants", "people"):
            if self._rows[name]:
                publish(batch, name, _columns(name, self._rows[name]))
        self._start()
        return batch

    def last_batch(self) -> Batch:
        """Hand out what is left, and all filings."""
        last, rest = self._last, self.batch()
        last.rows |= rest.rows
        last.read.update(rest.read)
        last.duplicates.update(rest.duplicates)
        last.set_aside += rest.set_aside
        if self._filings.num_rows:
            publish(last, "filings", mark_canonical(self._filings))
        return last


def _columns(name: str, rows: list[tuple[object, ...]]) -> pa.Table:
    schema = arrow_schema(name)
    if not rows:
        return schema.empty_table()
    values = zip(*rows, strict=True)
    return pa.Table.from_arrays(
        [pa.array(column, kind) for column, kind in zip(values, schema.types, strict=True)], schema=schema
    )  # fmt: skip


SOURCE = Source(
    name=NAME,
    title="IRS e-file returns: Form 990, 990-EZ, 990-PF, header of the 990-T, Schedule I",
    publisher="Internal Revenue Service",
    terms="US public domain",
    tables=("filings", "grants", "people"),
    recognises=recognises,
    read=read,
)
