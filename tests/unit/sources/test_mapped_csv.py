"""Any CSV by a map of its columns. The lists here are constructed."""

from __future__ import annotations

import gzip
import io
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.errors import BadParameter, FileRefused
from catalynx.sources import batches, read_frames
from catalynx.sources import mapped_csv as reader
from catalynx.sources.mapped_csv import ColumnMap, read_mapped_csv
from catalynx.sources.members import Member

MAP = {
    "columns": {
        "recipient_name": "Grantee",
        "amount_usd": "Amount",
        "date": "Paid on",
        "recipient_ein": "Tax id",
        "purpose": "For",
    },
    "constants": {"funder_name": "Constructed Foundation", "recipient_state": "VT"},
    "date_format": "%m/%d/%Y",
    "missing": ["", "n/a"],
}
LIST = """Grantee,Amount,Paid on,Tax id,For
Vermont Foodbank,"$1,500.50",3/15/2021,03-0179423,Food
Green Mountain Club,n/a,,3179423,n/a

Jane A. Roe,100,1/2/2021,,A stipend for Jane
Vermont Foodbank,"$1,500.50",3/15/2021,03-0179423,Food
Lake Trust,(20),13/1/2021,30179424,Write to a@b.org
short,row
"""


def read(folder: Path, text: str = LIST, column_map: object = MAP, encoding: str = "utf-8"):
    path = folder / "list.csv"
    path.write_bytes(text.encode(encoding))
    (batch,) = read_mapped_csv(path, column_map)
    rows = batch.rows["grants"].to_pylist() if "grants" in batch.rows else []
    assert batch.read["grants"] == len(rows) + batch.records_set_aside("grants") + batch.duplicates["grants"]
    return rows, batch


def test_rows_by_the_map(tmp_path):
    rows, batch = read(tmp_path)
    assert batch.read["grants"] == 6
    assert batch.duplicates["grants"] == 1
    first = rows[0]
    assert (first["funder_name"], first["recipient_name"]) == ("Constructed Foundation", "Vermont Foodbank")
    assert (first["amount_usd"], first["recipient_ein"], first["recipient_state"]) == (1500.5, "030179423", "VT")
    assert (first["date"], first["year"], first["date_precision"]) == (date(2021, 3, 15), 2021, "day")
    assert (first["times_listed"], first["status"], first["place"]) == (2, "paid", "line 2")
    assert rows[1]["amount_usd"] is None
    assert rows[3]["amount_usd"] == -20
    assert rows[3]["purpose"] == "Write to [contact]"


def test_what_cannot_be_read_is_noted_or_set_aside(tmp_path):
    _, batch = read(tmp_path)
    assert [(aside["place"], aside["field"], aside["reason"]) for aside in batch.set_aside] == [
        ("line 3", "recipient_ein", "it is not of nine digits"),
        ("line 7", "date", "it is not a date written %m/%d/%Y"),
        ("line 8", None, "it has 2 cells, the header 5"),
    ]


def test_private_persons_are_withheld(tmp_path):
    rows, batch = read(tmp_path)
    assert [row["recipient_kind"] for row in rows].count("individual") == 1
    assert "Jane" not in str(rows) + str(batch.set_aside)


def test_other_decimals_delimiters_and_encodings(tmp_path):
    column_map = MAP | {"decimal": ",", "delimiter": ";", "encoding": "cp1252", "date_format": "%d.%m.%Y"}
    rows, _ = read(tmp_path, "Grantee;Amount;Paid on;Tax id;For\nCafé Trust;1.500,50;15.3.2021;;\n", column_map, "cp1252")
    assert (rows[0]["recipient_name"], rows[0]["amount_usd"], rows[0]["date"]) == ("Café Trust", 1500.5, date(2021, 3, 15))


def test_wrong_encodings_are_set_aside(tmp_path):
    rows, batch = read(tmp_path, "Grantee,Amount,Paid on,Tax id,For\nCafé Trust,1,,,\nLake Trust,1,,,\n", MAP, "cp1252")
    assert [row["recipient_name"] for row in rows] == ["Lake Trust"]
    assert batch.set_aside[0]["reason"] == "it holds bytes that are no utf-8 text"


@pytest.mark.parametrize("kind", ["yaml", "json"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_map_beside_the_file(tmp_path, kind, packed):
    (tmp_path / f"list.columns.{kind}").write_text(json.dumps(MAP))  # JSON is YAML
    path = tmp_path / ("list.csv.gz" if packed else "list.csv")
    path.write_bytes(gzip.compress(LIST.encode()) if packed else LIST.encode())
    (batch,) = batches(tmp_path, reader.SOURCE)
    assert batch.rows["grants"].num_rows == 4
    assert len(read_frames(path)["grants"]) == 4


def test_a_file_without_a_map_is_not_recognised_and_refused_with_the_way_out(tmp_path):
    (tmp_path / "list.csv").write_text(LIST)
    assert list(batches(tmp_path, reader.SOURCE)) == []
    with pytest.raises(FileRefused, match=r"NAME\.columns\.yaml"):
        list(read_mapped_csv(tmp_path / "list.csv"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colums": {}}, "'colums'"),
        ({"columns": {"recipient": "Grantee"}}, "'recipient'"),
        ({"columns": {"recipient_name": ["Grantee"]}}, "column_map.columns.recipient_name"),
        ({"columns": {}}, "recipient_name"),
        ({"columns": []}, "funder_name|recipient_name"),
        ({"columns": "Grantee"}, "a mapping"),
        ({"decimal": ";"}, "column_map.decimal"),
        ({"delimiter": "::"}, "column_map.delimiter"),
        ({"encoding": "rot13"}, "column_map.encoding"),
        ({"date_format": "MM/DD"}, "column_map.date_format"),
        ({"missing": "n/a"}, "column_map.missing"),
    ],
)
def test_errors_name_what_is_wrong_with_the_map(tmp_path, change, message):
    with pytest.raises(BadParameter, match=message):
        ColumnMap.of(MAP | change)
    (tmp_path / "list.csv").write_text(LIST)
    (tmp_path / "list.columns.yaml").write_text(json.dumps(MAP | change))
    with pytest.raises(FileRefused, match=message):
        list(batches(tmp_path, reader.SOURCE))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("Grantee,Sum,Paid on,Tax id,For", r"no column 'Amount' \(for amount_usd\); its columns are Grantee, Sum"),
        ("Grantee,Amount,Amount,Tax id,For", "2 columns 'Amount'"),
        ("", "no column 'Grantee'"),
    ],
)
def test_errors_name_the_column_that_is_not_there(tmp_path, header, message):
    with pytest.raises(FileRefused, match=message):
        read(tmp_path, f"{header}\na,b,c,d,e\n")


def test_a_map_that_is_no_map_is_refused(tmp_path):
    (tmp_path / "list.csv").write_text(LIST)
    for text in ("- a\n", "a: [", "!!python/object/apply:os.system ['true']"):
        (tmp_path / "list.columns.yaml").write_text(text)
        with pytest.raises(FileRefused, match="no map of columns"):
            list(batches(tmp_path, reader.SOURCE))


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_any_lines_are_published_or_set_aside_or_the_file_is_refused(data):
    whole = b"Grantee,Amount,Paid on,Tax id,For\n" + data
    try:
        (batch,) = reader._read_member(Member("fuzzed.csv", len(whole), lambda: io.BytesIO(whole)), ColumnMap.of(MAP))
    except FileRefused:
        return
    published = batch.rows["grants"].num_rows if "grants" in batch.rows else 0
    assert batch.read["grants"] == published + batch.records_set_aside("grants") + batch.duplicates["grants"]
