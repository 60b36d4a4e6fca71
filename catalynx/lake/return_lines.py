"""Where a field of a private foundation's return stands: its line on the form, and its path in the file, by its version.

The parts after Part V moved up by one when Part V (reduced tax) was taken out: the form of 2020 still has it, that of 2022
has not. For 2021 no part is named; the path says it all the same.
"""

from __future__ import annotations

from typing import Final

from catalynx.sources.irs_return_xpaths import FORMS

LAST_WITH_PART_V, FIRST_WITHOUT = 2020, 2022
FIRST_WITH_NEW_NAMES: Final = 2013
_NEW_ENDINGS: Final = ("Amt", "Txt", "Ind")

LINES: Final = {
    "assets_fmv_usd": ("heading I", "heading I", "fair market value of all assets"),
    "distributable_usd": ("Part XI line 7", "Part X line 7", "distributable amount"),
    "qualifying_distributions_usd": ("Part XII line 4", "Part XI line 4", "qualifying distributions"),
    "preselected_only": ("Part XV line 2", "Part XIV line 2", "gives only to preselected charities"),
    "application_form": ("Part XV line 2b", "Part XIV line 2b", "how to apply"),
    "application_deadlines": ("Part XV line 2c", "Part XIV line 2c", "submission deadlines"),
}
"""Column of ``filings`` → line up to 2020, line from 2022 on, what it is."""


def line_of(column: str, tax_year: int | None) -> str:
    """Return the line of Form 990-PF that a column is read from, with what it is."""
    until, since, what = LINES[column]
    if until == since:
        return f"{until}: {what}"
    if tax_year is None or LAST_WITH_PART_V < tax_year < FIRST_WITHOUT:
        return what
    return f"{until if tax_year <= LAST_WITH_PART_V else since}: {what}"


def path_of(form: str, column: str, schema_version: object) -> str | None:
    """Return the path of a column below the element of its form, as returns of that schema version name it; None when unknown.

    Examples
    --------
    >>> path_of("990PF", "distributable_usd", "2015v2.1")
    'IRS990PF/DistributableAmountGrp/DistributableAsAdjustedAmt'
    """
    year = str(schema_version or "")[:4]
    if not year.isdigit():
        return None
    new = int(year) >= FIRST_WITH_NEW_NAMES
    named = [path for path in FORMS[form].get(column, ()) if path.endswith(_NEW_ENDINGS) == new]
    # Below a group of new name stand new names only, and the other way round.
    fits = [path for path in named if new or "Grp/" not in path]
    return f"IRS{form}/{fits[0]}" if fits else None
