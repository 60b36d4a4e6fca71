"""Which line of which form a column of ``filings`` is, and which returns of an organisation count."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from catalynx.columns import require

if TYPE_CHECKING:
    import pandas as pd

LINES: Final = {
    "990": {
        "total_revenue_usd": "I 12", "contributions_usd": "VIII 1h", "program_service_revenue_usd": "VIII 2g",
        "investment_income_usd": "I 10", "other_revenue_usd": "I 11", "total_expenses_usd": "IX 25A",
        "program_expenses_usd": "IX 25B", "administration_expenses_usd": "IX 25C", "fundraising_expenses_usd": "IX 25D",
        "depreciation_usd": "IX 22A", "assets_usd": "X 16", "liabilities_usd": "X 26", "net_assets_usd": "X 33",
        "unrestricted_net_assets_usd": "X 27", "land_buildings_equipment_usd": "X 10c", "secured_debt_usd": "X 23",
        "cash_usd": "X 1", "savings_usd": "X 2",
    },
    "990EZ": {
        "total_revenue_usd": "I 9", "contributions_usd": "I 1", "program_service_revenue_usd": "I 2",
        "investment_income_usd": "I 4", "total_expenses_usd": "I 17", "assets_usd": "II 25", "liabilities_usd": "II 26",
        "net_assets_usd": "I 21", "land_buildings_equipment_usd": "II 23",
    },
    "990PF": {
        "total_revenue_usd": "I 12(a)", "contributions_usd": "I 1(a)", "total_expenses_usd": "I 26(a)",
        "assets_usd": "II 16(b)", "liabilities_usd": "II 23(b)", "unrestricted_net_assets_usd": "II 24(b)",
        "land_buildings_equipment_usd": "II 14(b)", "secured_debt_usd": "II 21(b)", "cash_usd": "II 1(b)",
        "savings_usd": "II 2(b)",
    },
}  # fmt: skip
"""Part and line, column B of the balance sheets. A form without a line for a column does not ask for it."""

NEEDS: Final = (
    "return_id", "form", "tax_year", "period_end", "filed_at", "canonical", "asset_lines_add_up", "liability_lines_add_up",
    "source", "file", "place", *LINES["990"],
)  # fmt: skip
"""Columns of ``filings`` that ratios read."""
NUMBERS: Final = tuple(LINES["990"])
EXTRACT: Final = "irs_return_extract"


def returns_that_count(filings: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the returns from which ratios are made: one a tax year and period end, none that was not there on `as_of`.

    Parameters
    ----------
    filings : rows of the table ``filings`` of one organisation; needs ``NEEDS``
    as_of : a return made later does not count; without its moment the end of its period decides, else its tax year

    Returns
    -------
    canonical returns of the forms 990, 990-EZ and 990-PF, the oldest first, with money as floats; a return that was read
    whole goes before an extract of the same tax year
    """
    import pandas as pd

    require(filings, NEEDS, name="filings")
    found = filings[filings["canonical"].astype("boolean").fillna(False) & filings["form"].isin(list(LINES))].copy()
    found["tax_year"] = found["tax_year"].astype("Int64")
    found["period_end"] = pd.to_datetime(found["period_end"])
    found[list(NUMBERS)] = found[list(NUMBERS)].astype("Float64").astype("float64")
    made = pd.to_datetime(found["filed_at"].astype("str").str[:10], errors="coerce", format="%Y-%m-%d")
    year_after = pd.to_datetime(found["tax_year"].add(1).astype("str") + "-12-31", errors="coerce", format="%Y-%m-%d")
    there = made.fillna(found["period_end"]).fillna(year_after)
    found = found[there.le(pd.Timestamp(as_of)) & found["tax_year"].notna()]
    found = found.assign(extract=found["source"].eq(EXTRACT), ends=found["period_end"].fillna(pd.Timestamp(1900, 1, 1)))
    whole_years = set(found.loc[~found["extract"], "tax_year"])
    found = found[~(found["extract"] & found["tax_year"].isin(whole_years))]
    found = found.sort_values(["tax_year", "ends", "filed_at", "return_id"], na_position="first")
    found = found.drop_duplicates(["tax_year", "ends"], keep="last")
    return found.drop(columns=["extract", "ends"]).reset_index(drop=True)


def filled(returns: pd.DataFrame) -> pd.DataFrame:
    """Fill in lines that the form's own sums settle; whatever they leave open stays unknown.

    A blank line of Part X holds nothing where the other lines make up the total, and a blank column of Part IX line 25 where
    the others make up column A. Assets are liabilities and net assets (lines 16 and 34) where only these two are known.
    """
    found = returns.copy()
    flags = {
        "asset_lines_add_up": ("cash_usd", "savings_usd", "land_buildings_equipment_usd"),
        "liability_lines_add_up": ("secured_debt_usd",),
    }
    for flag, columns in flags.items():
        settled = found[flag].astype("boolean").fillna(False).astype(bool)
        for column in columns:
            found[column] = found[column].mask(settled & found[column].isna(), 0.0)
    functions = ["program_expenses_usd", "administration_expenses_usd", "fundraising_expenses_usd"]
    made_up = (found[functions].sum(axis=1) == found["total_expenses_usd"]) & found[functions].notna().any(axis=1)
    for column in functions:
        found[column] = found[column].mask(made_up & found[column].isna(), 0.0)
    both = found["liabilities_usd"] + found["net_assets_usd"]
    found["assets_usd"] = found["assets_usd"].fillna(both.where(found["form"] == "990"))
    return found


def line_of(form: object, column: str) -> str:
    """Return the line of `form` in which `column` stands, with its part."""
    return LINES.get(str(form), {}).get(column, "(no line)")


def how_settled(form: object, column: str) -> str:
    """Say how `filled` came to know a column."""
    line = line_of(form, column)
    if column == "assets_usd":
        return f"{line} as lines I 21 + I 22"
    return f"{line} is blank, and the lines beside it make up the total"


def why_missing(form: object, source: object, column: str) -> str:
    """Say why a return does not give a column."""
    line = LINES.get(str(form), {}).get(column)
    spoken = column.removesuffix("_usd").replace("_", " ")
    if line is None:
        return f"Form {form} does not ask for {spoken}"
    if source == EXTRACT:
        return f"the extract of the return holds no {spoken} (line {line})"
    return f"line {line} ({spoken}) is blank"
