"""Frames → CSV and XLSX that open safely: what a spreadsheet would take for a formula is kept as text."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""Control characters and half characters, which cannot be written to XLSX at all."""
_UNWRITABLE_THERE = "[\\x00-\\x08\\x0b-\\x1f\ufffe\uffff]"
"""The same for texts in Arrow, which holds no half characters."""
SHEET_ROWS = 1_048_575
CELL_CHARACTERS = 32_767


def safe_cell(value: object) -> object:
    """Return `value` such that a spreadsheet shows it and does not run it: text that starts like a formula gets a ``'``."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with lists as text, without control characters, and formula-like text made safe."""
    return frame.apply(_flat_column)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame` to a CSV in UTF-8 (with the mark that spreadsheets need); what is missing is an empty cell."""
    flat(frame).to_csv(path, index=False, encoding="utf-8-sig", date_format="%Y-%m-%d")


def write_xlsx(sheets: dict[str, pd.DataFrame], path: Path) -> None:
    """Write one sheet a frame, with a frozen heading, filters and sensible widths; what is missing is an empty cell."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(path, options) as book:
        formats = {"heading": book.add_format({"bold": True}), "day": book.add_format({"num_format": "yyyy-mm-dd"})}
        for name, frame in sheets.items():
            _write_sheet(book.add_worksheet(name[:31]), flat(frame.head(SHEET_ROWS)), formats)


def _write_sheet(sheet: Worksheet, frame: pd.DataFrame, formats: dict[str, Format]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(frame), max(0, len(frame.columns) - 1))
    for place, heading in enumerate(frame.columns):
        sheet.write_string(0, place, str(heading), formats["heading"])
        column = frame[heading]
        there, values = column.notna(), column.astype(object)
        longest = max([len(str(heading)), *(len(str(value)) for value in values[there].head(40))])
        sheet.set_column(place, place, min(60, longest + 2))
        for row, value in zip(there.to_numpy().nonzero()[0].tolist(), values[there], strict=True):
            if isinstance(value, str):
                sheet.write_string(row + 1, place, value)
            elif isinstance(value, date):
                sheet.write_datetime(row + 1, place, value, formats["day"])
            else:
                sheet.write(row + 1, place, value)


def _flat_column(column: pd.Series) -> pd.Series:
    if column.dtype == object:
        return column.map(_flat_cell)
    if column.dtype != "str":
        return column
    # Most texts can stay as they are: to ask that of all at once is faster than to ask each.
    risky = (
        column.str.startswith(_FORMULA_STARTS) | column.str.contains(_UNWRITABLE_THERE) | (column.str.len() >= CELL_CHARACTERS)
    )
    risky = risky.fillna(value=False).astype(bool)
    return column.where(~risky, column[risky].map(_flat_cell)) if risky.any() else column


def _flat_cell(value: object) -> object:
    if isinstance(value, list | tuple) or hasattr(value, "tolist"):
        value = "; ".join(map(str, value))  # type: ignore[call-overload]
    if isinstance(value, str):
        value = _UNWRITABLE.sub("", value[: CELL_CHARACTERS - 1])
    return safe_cell(value)
