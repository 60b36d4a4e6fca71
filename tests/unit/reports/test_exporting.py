"""Tables open in a spreadsheet, say what the frame says, and run nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.reports.exporting import CELL_CHARACTERS, flat, safe_cell, write_csv, write_xlsx

HOSTILE = ["=cmd|' /C calc'!A0", "+1+2", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]


def constructed() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "text": ["plain", "=1+1", None],
            "amount_usd": [1.5, float("nan"), -20.0],
            "count": pd.array([1, None, 3], dtype="Int64"),
            "day": pd.to_datetime(["2027-03-14", None, "2024-02-29"]),
            "plain_day": [date(2027, 3, 14), None, date(2024, 2, 29)],
            "flag": pd.array([True, None, False], dtype="boolean"),
            "list": [["a", "b"], [], ["=c"]],
        }
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("value", ["plain", "a=b", "", 5, -5, None, 1.5])
def test_other_values_stay(value: object) -> None:
    assert safe_cell(value) == value


@pytest.mark.parametrize(
    ("written", "kept"), [("a\0b\x1bc", "abc"), ("a\ud800b", "ab"), ("line\nline", "line\nline"), ("é中🙂", "é中🙂")]
)
def test_characters_that_cannot_be_written_are_left_out(written: str, kept: str) -> None:
    assert flat(pd.DataFrame({"a": pd.Series([written], dtype=object)}))["a"].to_list() == [kept]


def test_what_hides_a_formula_does_not_help_it() -> None:
    assert flat(pd.DataFrame({"a": pd.Series(["\x00=1+1", ["=1"]], dtype=object)}))["a"].to_list() == ["'=1+1", "'=1"]


@given(st.lists(st.none() | st.text("=+-@\t\r\x00\x1b\ufffe\uffffé中🙂ab ", max_size=4), max_size=8))
def test_a_column_of_texts_is_made_safe_as_each_of_its_texts_is(texts: list[str | None]) -> None:
    at_once, each = (flat(pd.DataFrame({"a": pd.Series(texts, dtype=dtype)}))["a"].fillna("missing") for dtype in ("str", object))
    assert at_once.to_list() == each.to_list()


def test_flattening_changes_no_argument() -> None:
    frame = constructed()
    before = frame.copy(deep=True)
    flat(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_csv_says_what_the_frame_says(tmp_path: Path) -> None:
    write_csv(constructed(), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbftext,")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[1:] == [
        "plain,1.5,1,2027-03-14,2027-03-14,True,a; b",
        "'=1+1,,,,,,",
        ",-20.0,3,2024-02-29,2024-02-29,False,'=c",
    ]


def test_a_workbook_says_what_the_frame_says(tmp_path: Path) -> None:
    write_xlsx({"first": constructed(), "a name that is much too long for a sheet": constructed().head(0)}, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["first", "a name that is much too long fo"]
    sheet = book["first"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == list(constructed().columns)
    assert rows[1][:3] == ["plain", 1.5, 1]
    assert [cell.date() for cell in rows[1][3:5]] == [date(2027, 3, 14)] * 2
    assert rows[1][5:] == [True, "a; b"]
    assert rows[2] == ["'=1+1", None, None, None, None, None, ""]
    assert rows[3][5:] == [False, "'=c"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "b"}
    assert sheet["D2"].number_format == "yyyy-mm-dd"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:G4")


def test_long_texts_and_links_stay_texts(tmp_path: Path) -> None:
    write_xlsx({"a": pd.DataFrame({"text": ["x" * 40_000, "http://host/x", "0012"]})}, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["a"]
    assert len(sheet["A2"].value) == CELL_CHARACTERS - 1
    assert (sheet["A3"].value, sheet["A3"].hyperlink, sheet["A4"].value) == ("http://host/x", None, "0012")
