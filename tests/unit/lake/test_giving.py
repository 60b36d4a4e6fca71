"""The table that discovery asks: recipients resolved, superseded returns left out, money followed to a real museum."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalynx.lake import Snapshot, ingest, open_lake
from catalynx.settings import load_settings

SAMPLE = Path(__file__).parents[3] / "catalynx/sample"
MUSEUM = "030179436"
RETURN = gzip.decompress((SAMPLE / "irs_990/asu_foundation.xml.gz").read_bytes())


@pytest.fixture(scope="module")
def sample(sample_home: Path) -> Iterator[Snapshot]:
    with open_lake(load_settings(home=sample_home).lake) as snapshot:
        yield snapshot


def test_the_demonstrations_museum_has_its_awards_and_its_grant(sample) -> None:
    gifts = sample.sql("SELECT * FROM giving WHERE recipient_ein = $ein ORDER BY year", {"ein": MUSEUM})
    kirby = gifts[gifts["funder_name"].str.upper().str.contains("KIRBY")]
    assert len(kirby) == 1
    assert kirby["track"].tolist() == ["foundation"]
    federal = gifts[gifts["track"] == "federal"]
    awards = sample.sql("SELECT * FROM awards WHERE source = 'neh_awards' AND recipient_name ILIKE '%shelburne museum%'")
    assert len(awards) >= 1
    assert set(awards["award_id"]) <= set(federal["gift_id"])
    assert set(gifts["recipient_state"]) == {"VT"}
    assert set(gifts["ntee_major"]) == {"A"}


def test_links_are_from_distinct_recipients_and_agree_with_giving(sample) -> None:
    links = sample.table("entity_links")
    assert links["recipient_key"].is_unique
    assert set(links["status"]) == {"resolved", "unresolved", "given"}
    assert (links["ein"].notna() == (links["status"] != "unresolved")).all()
    stray = sample.sql("SELECT count(*) AS n FROM giving WHERE recipient_key NOT IN (SELECT recipient_key FROM entity_links)")
    assert stray["n"].tolist() == [0]
    other = sample.sql(
        "SELECT count(*) AS n FROM giving JOIN entity_links l USING (recipient_key) WHERE l.ein <> giving.recipient_ein"
    )
    assert other["n"].tolist() == [0]


def test_private_persons_have_no_key_and_no_organisation(sample) -> None:
    persons = sample.sql("SELECT recipient_key, recipient_ein FROM giving WHERE recipient_kind = 'individual'")
    assert len(persons) > 1000
    assert persons.isna().all().all()


def test_rows_are_sorted_so_that_a_question_skips_most_of_the_table(sample) -> None:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(sample.folder / "giving.parquet")
    groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
    assert max(group.num_rows for group in groups) == 20_480
    assert len(groups) == -(-file.metadata.num_rows // 20_480)
    column = file.schema_arrow.get_field_index("recipient_state")
    first = [group.column(column).statistics.min for group in groups if group.column(column).statistics.has_min_max]
    assert first == sorted(first)


def constructed_amendment(old: str, new: str) -> bytes:
    """The real return again, filed a year later, with one piece of text changed."""
    assert RETURN.count(old.encode()) >= 1
    start = RETURN.index(b"<ReturnTs>") + len(b"<ReturnTs>")
    later = RETURN[:start] + b"2099" + RETURN[start + 4 :]
    return later.replace(old.encode(), new.encode(), 1)


def test_an_amended_return_added_later_takes_the_place_of_the_first(tmp_path) -> None:
    lake = tmp_path / "lake"
    original, amended = tmp_path / "return.xml", tmp_path / "constructed_amended.xml"
    original.write_bytes(RETURN)
    first = ingest(lake, [original]).version
    count = first.rows("grants")
    assert first.rows("giving") == count >= 5
    with open_lake(lake) as snapshot:
        amount = int(snapshot.sql("SELECT max(amount_usd) AS usd FROM grants")["usd"][0])
    amended.write_bytes(constructed_amendment(f">{amount}<", f">{amount + 1000}<"))
    second = ingest(lake, [amended]).version
    assert (second.rows("filings"), second.rows("grants"), second.rows("giving")) == (2, 2 * count, count)
    with open_lake(lake) as snapshot:
        filings = snapshot.sql("SELECT file, canonical FROM filings ORDER BY file")
        assert filings.to_dict("records") == [
            {"file": "constructed_amended.xml", "canonical": True},
            {"file": "return.xml", "canonical": False},
        ]
        assert snapshot.sql("SELECT max(amount_usd) AS usd FROM giving")["usd"].tolist() == [amount + 1000]
    with open_lake(lake, first.id) as before:
        assert before.sql("SELECT canonical FROM filings")["canonical"].tolist() == [True]


def test_the_original_added_after_its_amendment_changes_nothing_in_giving(tmp_path) -> None:
    lake = tmp_path / "lake"
    amended, original = tmp_path / "constructed_amended.xml", tmp_path / "return.xml"
    amended.write_bytes(constructed_amendment("<TaxPeriodEndDt>", "<TaxPeriodEndDt>"))
    original.write_bytes(RETURN)
    ingest(lake, [amended])
    ingest(lake, [original])
    with open_lake(lake) as snapshot:
        canonical = snapshot.sql("SELECT file FROM filings WHERE canonical")["file"].tolist()
        assert canonical == ["constructed_amended.xml"]
        assert snapshot.version.rows("giving") * 2 == snapshot.version.rows("grants")


def test_one_return_in_two_files_is_one_filing_and_canonical(tmp_path) -> None:
    lake = tmp_path / "lake"
    plain, packed = tmp_path / "return.xml", tmp_path / "again.xml.gz"
    plain.write_bytes(RETURN)
    packed.write_bytes(gzip.compress(RETURN))
    ingest(lake, [plain])
    version = ingest(lake, [packed]).version
    with open_lake(lake) as snapshot:
        assert snapshot.sql("SELECT canonical FROM filings")["canonical"].tolist() == [True]
    filings = next(file for file in version.tables if file.name == "filings")
    assert (filings.rows, filings.superseded) == (1, 1)
    assert version.rows("giving") == version.rows("grants") > 0
