"""Hostile bytes: a return is read, set aside or refused, and nothing else happens."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalynx.errors import FileRefused
from catalynx.sources.irs_returns import SOURCE
from catalynx.sources.members import Member

ROOT = Path(__file__).parents[3]
SMALL = gzip.decompress((ROOT / "catalynx/sample/irs_990/jnj_patient_assistance.xml.gz").read_bytes())
CONSTRUCTED = (ROOT / "tests/data/irs_990_constructed/constructed_990pf_2022.xml").read_bytes()
PIECES = [
    b"<",
    b">",
    b"&",
    b"&x;",
    b"]]>",
    b"<!DOCTYPE a>",
    b"<![CDATA[",
    b"\x00",
    b"\xff",
    b"<!--",
    b"<?x?>",
    b"9" * 400,
    b"1e999",
    b"NaN",
    b"-",
    b"",
    b"</Return>",
    b"\xed\xa0\x80",
    "💥".encode(),
    b"0000-00-00",
    b"9999-12-31T23:59:59-23:59",
]
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(data: bytes, *, in_archive: bool) -> None:
    """One member alone, or one of a zip: every record that was read is accounted for."""
    member = Member("bulk.zip!one.xml" if in_archive else "one.xml", len(data), lambda: io.BytesIO(data))
    SOURCE.recognises(member)
    try:
        reads = list(SOURCE.read([member]))
    except FileRefused:
        assert not in_archive, "a bad member must not end the load of an archive"
        return
    assert sum(batch.read["filings"] for batch in reads) == 1
    for batch in reads:
        for name in SOURCE.tables:
            rows = batch.rows[name].num_rows if name in batch.rows else 0
            assert batch.read[name] == rows + batch.records_set_aside(name) + batch.duplicates[name]


@quick
@given(data=st.binary(max_size=2000), in_archive=st.booleans())
def test_any_bytes(data, in_archive):
    check(data, in_archive=in_archive)


@quick
@given(
    base=st.sampled_from([SMALL, CONSTRUCTED]),
    place=st.floats(0, 1),
    length=st.integers(0, 60),
    piece=st.sampled_from(PIECES) | st.binary(max_size=20),
    in_archive=st.booleans(),
)
def test_a_return_with_bytes_replaced(base, place, length, piece, in_archive):
    at = int(place * len(base))
    check(base[:at] + piece + base[at + length :], in_archive=in_archive)


@quick
@given(
    which=st.integers(0, 400),
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<&"), max_size=40),
    in_archive=st.booleans(),
)
def test_a_return_with_another_text(which, text, in_archive):
    """Well-formed throughout, so this one reaches the meaning of each field."""
    parts = CONSTRUCTED.decode().split("</")
    at = 1 + which % (len(parts) - 2)
    before, _, _ = parts[at - 1].rpartition(">")
    parts[at - 1] = before + ">" + text
    check("</".join(parts).encode(), in_archive=in_archive)


@quick
@given(cut=st.floats(0, 0.999))
def test_a_return_cut_short_is_never_published(cut):
    data = SMALL[: int(cut * len(SMALL))]
    with pytest.raises(FileRefused):
        list(SOURCE.read([Member("one.xml", len(data), lambda: io.BytesIO(data))]))
