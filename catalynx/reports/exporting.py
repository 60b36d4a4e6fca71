"""Frames → CSV and XLSX that open safely: what a spreadsheet would take for a formula is kept as text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SHEET_ROWS = 1_048_575
CELL_CHARACTERS = 32_767


def safe_cell(value: object) -> object:
    """Return `value` such that a spreadsheet shows it and does not run it: text that starts like a formula gets a ``'``."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with lists as text, days without a clock, and formula-like text made safe."""
    return frame.apply(lambda column: column.map(_flat_cell) if column.dtype == object or column.dtype == "str" else column)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame` to a CSV in UTF-8 (with the mark that spreadsheets need); what is missing is an empty cell."""
    flat(frame).to_csv(path, index=False, encoding="utf-8-sig", date_format="%Y-%m-%d")


def write_xlsx(sheets: dict[str, pd.DataFrame], path: Path) -> None:
    """Write one sheet a frame, with a frozen heading, filters and sensible widths."""
    import pandas as pd

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(
        path, engine="xlsxwriter", date_format="yyyy-mm-dd", datetime_format="yyyy-mm-dd", engine_kwargs={"options": options}
    ) as book:
        for name, frame in sheets.items():
            shown = flat(frame.head(SHEET_ROWS))
            shown.to_excel(book, sheet_name=name[:31], index=False, freeze_panes=(1, 0))
            sheet = book.sheets[name[:31]]
            sheet.autofilter(0, 0, len(shown), max(0, len(shown.columns) - 1))
            for place, column in enumerate(shown.columns):
                longest = max([len(str(column)), *(len(str(value)) for value in shown[column].head(40) if value is not None)])
                sheet.set_column(place, place, min(60, longest + 2))


def _flat_cell(value: object) -> object:
    if isinstance(value, list | tuple) or hasattr(value, "tolist"):
        value = "; ".join(map(str, value))  # type: ignore[call-overload]
    if isinstance(value, str):
        # Control characters and half characters cannot be written to XLSX at all.
        value = "".join(
            sign for sign in value[: CELL_CHARACTERS - 1] if sign in "\n\t" or (sign >= " " and not "\ud800" <= sign <= "\udfff")
        )
    return safe_cell(value)
