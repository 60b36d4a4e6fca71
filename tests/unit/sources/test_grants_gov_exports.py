"""Exported Grants.gov listings: the real files, each of their defects, hostile files."""

from __future__ import annotations

import csv
import gzip
import io
import sqlite3
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.errors import FileRefused
from catalynx.sources import batches, recognise
from catalynx.sources import grants_gov_exports as reader
from catalynx.sources.members import Member, members

SAMPLE = Path(__file__).parents[3] / "catalynx" / "sample" / "grants_gov"
HEADER = ",".join(reader._COLUMNS)


def read(path: Path):
    (batch,) = batches(path, reader.SOURCE)
    rows = batch.rows["opportunities"].to_pandas() if "opportunities" in batch.rows else pd.DataFrame()
    name = "opportunities"
    assert batch.read[name] == len(rows) + batch.records_set_aside(name) + batch.duplicates[name]
    return rows, pd.DataFrame(batch.set_aside), batch


def read_lines(folder: Path, *lines: str, header: str = HEADER):
    path = folder / "listed.csv"
    path.write_bytes("\n".join([header, *lines]).encode("cp1252"))
    rows, asides, batch = read(path)
    return rows.to_dict("records"), asides, batch


@pytest.fixture(scope="module")
def load():
    return read(SAMPLE)


def test_every_listed_row_is_accounted_for(load):
    rows, _, batch = load
    assert batch.read["opportunities"] == 2_888 + 388 + 2_556
    assert len(rows) == 3_396
    assert batch.duplicates["opportunities"] == 2_435
    assert rows["opportunity_id"].is_unique


def test_a_row_stands_as_published(load):
    row = load[0].set_index("opportunity_id").loc["20240410-FEL"]
    assert (row["title"], row["agency_code"], row["stage"]) == ("Fellowships", "NEH", "posted")
    assert (row["posted_date"], row["close_date"]) == (date(2024, 1, 18), date(2024, 2, 16))
    assert (list(row["instruments"]), list(row["categories"])) == (["CA"], ["ST"])
    assert (row["ceiling_usd"], row["cost_sharing"]) == (190_288, False)
    assert pd.isna(row["floor_usd"])
    assert row[["agency", "description", "updated_date", "applicant_types"]].isna().all()


def test_labels_of_the_form_are_no_values():
    with gzip.open(SAMPLE / "New_grants.csv.gz", "rt", encoding="cp1252", newline="") as stream:
        labelled = sum(row[6] == "Funding Instrument Type:" for row in csv.reader(stream) if row)
    rows, asides, _ = read(SAMPLE / "New_grants.csv.gz")
    noted = asides[asides["reason"] == "a label of the form stands in its place"]
    assert labelled == 554
    assert Counter(noted["field"]) == {"instruments": 554, "categories": 554, "cost_sharing": 554}
    assert rows["instruments"].isna().sum() == rows["categories"].isna().sum() == rows["cost_sharing"].isna().sum() == 554


def test_the_database_has_664_labelled_rows():
    rows, asides, _ = read(SAMPLE / "grants.db.gz")
    labelled = (asides["field"] == "instruments").sum()
    # 85 of the 664 are forecasts that stand there a second time, as posted opportunities.
    assert (len(rows), labelled, rows["instruments"].isna().sum()) == (2_758, 664 - 85, 664 - 85)
    assert rows["place"].str.startswith("grants g_id ").all()


def test_malformed_dates_are_unknown_and_noted(load):
    _, asides, _ = load
    broken = asides[asides["field"].isin(["posted_date", "close_date"])]["raw_text"]
    assert {"7-02-4--20", "2024-17-02"} <= set(broken)
    assert broken.str.contains("--20", regex=False).sum() > 100


def test_dates_that_stand_for_none_are_unknown(load):
    rows, asides, _ = load
    years = pd.to_datetime(rows["close_date"]).dt.year
    assert years.max() < 2099
    assert not asides["raw_text"].isin(["no data", "2099-01-01"]).any()


def test_text_in_cp1252_and_in_utf8_is_read_and_lines_are_counted_over_blank_ones():
    rows, asides, _ = read(SAMPLE / "New_grants.csv.gz")
    rows = rows.set_index("opportunity_id")
    assert rows.loc["TI-22-009", "title"] == "Provider’s Clinical Support System – Medication Assisted Treatment Grant"
    assert rows.loc["72062424RFA00001", "place"] == "line 3"
    # Here the publisher's own copy has lost a character, and says so.
    assert "Activity \ufffd South Africa" in rows.loc["72067424APS00001", "title"]
    lost = asides[asides["reason"] == "characters of it were lost before it was published"]
    assert len(lost) == rows["title"].str.contains("\ufffd").sum()


def test_categories_over_several_lines_and_glued_instruments():
    row = read(SAMPLE / "New_grants.csv.gz")[0].set_index("opportunity_id").loc["PTS-SB-SYNP01"]
    assert list(row["categories"]) == ["ACA", "AG", "AR", "BC", "CD"]
    assert list(row["instruments"]) == ["CA", "G"]


def test_no_category_and_no_instrument_is_unknown_to_the_tables(load):
    _, asides, _ = load
    assert not ((asides["reason"] == "it is not a known value") & asides["field"].isin(["categories", "instruments"])).any()


def test_a_header_within_the_file_is_set_aside(load):
    whole = load[1][load[1]["field"].isna()]
    assert whole[["file", "place", "reason"]].values.tolist() == [
        ["New_grants.csv.gz", "line 4406", "the header stands here again"]
    ]


def test_the_newest_of_several_rows_is_kept(load):
    row = load[0].set_index("opportunity_id").loc["NOAA-OAR-SG-2024-2007783"]
    assert row["posted_date"] == date(2023, 12, 19)
    assert "Climate Ready Workforce" in row["title"]
    assert load[0].set_index("opportunity_id").loc["CDC-RFA-GH-24-0070", "stage"] == "posted"  # forecast before


def test_ceilings_of_zero_and_one_are_not_stated(load):
    rows, asides, _ = load
    assert rows["ceiling_usd"].min() > 1
    assert rows["floor_usd"].min() > 1
    # Where the floor stands above such a ceiling, the floor is kept: 33 rows of the files.
    assert ((rows["floor_usd"] > 1) & rows["ceiling_usd"].isna()).any()
    assert not asides["field"].isin(["ceiling_usd", "floor_usd"]).any()


def test_a_floor_above_a_stated_ceiling_leaves_both_unknown(tmp_path):
    rows, asides, _ = read_lines(tmp_path, "N-1,Title,NEH,Posted,1/2/2024,,Grant,Housing,No,10,20")
    assert pd.isna(rows[0]["ceiling_usd"])
    assert pd.isna(rows[0]["floor_usd"])
    assert asides["field"].tolist() == ["floor_usd", "ceiling_usd"]


def test_rows_that_cannot_be_read_are_set_aside(tmp_path):
    rows, asides, _ = read_lines(
        tmp_path, "N-1,Title", "", "N-2,Title,NEH,Draft,1/2/2024,,Grant,Housing,No,10,2", ",,NEH,Posted,,,,,,,",
        "N-3,Title – é,NEH,Posted,-- 9-10-6--20,13/13/2024,Loan,Knitting,Maybe,ten,-5",
    )  # fmt: skip
    assert [row["opportunity_id"] for row in rows] == ["N-3"]
    assert asides[asides["field"].isna()]["place"].tolist() == ["line 2", "line 4", "line 5"]
    assert asides["field"].dropna().tolist() == [
        "posted_date", "close_date", "ceiling_usd", "floor_usd", "instruments", "categories", "cost_sharing",
    ]  # fmt: skip


def test_all_three_files_are_recognised_by_content():
    found = {member.file: source.name for member in members(SAMPLE) if (source := recognise(member))}
    assert {file for file, name in found.items() if name == "grants_gov_exports"} == {
        "Grants_data_2024-02-09.csv.gz", "New_grants.csv.gz", "grants.db.gz",
    }  # fmt: skip


def test_hostile_databases_are_refused(tmp_path):
    whole = gzip.decompress((SAMPLE / "grants.db.gz").read_bytes())
    path = tmp_path / "grants.db"
    path.write_bytes(whole[:9_000] + b"\x00" * 4_000)
    with pytest.raises(FileRefused, match="no readable SQLite database"):
        list(batches(path, reader.SOURCE))
    path.unlink()
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE others (o_number, awardceiling)")
    database.execute("CREATE VIEW grants AS SELECT * FROM others")
    database.commit()
    database.close()
    with pytest.raises(FileRefused, match="no table `grants`"):
        list(batches(path, reader.SOURCE))
    (tmp_path / "short.db.gz").write_bytes((SAMPLE / "grants.db.gz").read_bytes()[:200_000])
    with pytest.raises(FileRefused, match="cannot be unpacked"):
        list(batches(tmp_path / "short.db.gz", reader.SOURCE))


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_any_lines_are_published_or_set_aside_or_the_file_is_refused(data):
    whole = HEADER.encode() + b"\n" + data
    try:
        (batch,) = reader.read([Member("fuzzed.csv", len(whole), lambda: io.BytesIO(whole))])
    except FileRefused:
        return
    published = batch.rows["opportunities"].num_rows if "opportunities" in batch.rows else 0
    assert batch.read["opportunities"] == published + batch.records_set_aside("opportunities") + batch.duplicates["opportunities"]
