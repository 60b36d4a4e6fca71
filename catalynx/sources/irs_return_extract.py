"""Columns that others extracted from e-filed returns (irs990efile, Nonprofit Open Data Collective) → filings.

One CSV row is one Form 990 or 990-EZ. The tables print 0 for what was not found, so a 0 is unknown here, with one exception: the
four parts of the revenue of a Form 990, where they add up to a total that is not 0. Names and pay of executives are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from catalynx.sources.delimited import Record, header, records
from catalynx.sources.members import Member
from catalynx.sources.reading import Batch, Rows, Source

NAME = "irs_return_extract"
_NEEDED = {"URL", "RETURN_TYPE", "TAX_YEAR", "ORG_NAME", "ORG_ADDR_STATE", "ORG_EIN", "REV_TOT_CY"}
_RETURN = re.compile(r"https?://\S+/(\d{18})_public\.xml", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)
_REVENUE = {
    "contributions_usd": "REV_CONTR_TOTL_CY", "program_service_revenue_usd": "REV_PROG_TOT_CY",
    "investment_income_usd": "REV_INVEST_TOT_CY", "other_revenue_usd": "REV_OTH_CY",
}  # fmt: skip
_COLUMNS = {
    "990": {
        "total_revenue_usd": "REV_TOT_CY", **_REVENUE, "total_expenses_usd": "EXP_TOT_CY",
        "grants_paid_usd": "EXP_GRANT_SIMILAR_CY", "liabilities_usd": "NAFB_LIAB_TOT_EOY", "net_assets_usd": "NAFB_TOT_EOY",
    },
    "990EZ": {
        "total_revenue_usd": "REV_TOT_CY", "contributions_usd": "REV_CONTR_TOTL_CY",
        "program_service_revenue_usd": "REV_PROG_TOT_CY", "total_expenses_usd": "EXP_TOT_CY",
        "grants_paid_usd": "EXP_GRANT_SIMILAR_CY", "net_assets_usd": "NAFB_TOT_EOY",
    },
}  # fmt: skip
"""Column of a filing → column of the file; of a 990-EZ no more was extracted."""


def recognises(member: Member) -> bool:
    """Whether the header has the columns of this publisher."""
    head = member.head()[:4_000].upper()
    return b"ORG_EIN" in head and b"RETURN_TYPE" in head and {*header(member)} >= _NEEDED


def read(members: Iterable[Member]) -> Iterator[Batch]:
    """Read extracts; of several returns of one EIN, tax year and form the one with the latest number is canonical."""
    rows = Rows(NAME)
    found: dict[str, tuple[str, str, dict[str, object]]] = {}
    latest: dict[tuple[object, ...], str] = {}
    for member in members:
        names = header(member)
        for record in records(member, names, _NEEDED):
            place = f"line {record.line}"
            row = _row(rows, member.file, place, names, record)
            if row is None:
                continue
            return_id = str(row["return_id"])
            if return_id in found:
                rows.duplicate("filings")
                continue
            found[return_id] = (member.file, place, row)
            key = (row["ein"], row["tax_year"], row["form"])
            latest[key] = max(latest.get(key, ""), return_id)
    for return_id, (file, place, row) in found.items():
        row["canonical"] = latest[row["ein"], row["tax_year"], row["form"]] == return_id
        rows.add("filings", file, place, row)
        if rows.full():
            yield rows.batch()
    yield rows.batch()


def _row(rows: Rows, file: str, place: str, names: list[str], record: Record) -> dict[str, object] | None:
    if record.fields is None:
        rows.set_aside("filings", file, place, record.problem)
        return None
    said = dict(zip(names, map(str.strip, record.fields), strict=True))
    form, number, ein = said["RETURN_TYPE"], _RETURN.fullmatch(said["URL"]), said["ORG_EIN"]
    reason = None
    if form not in _COLUMNS:
        reason = "the extraction left it empty" if form in {"", "0", "NA"} else f"form {form[:20]} is not read"
    elif number is None:
        reason = "its address names no return"
    elif not re.fullmatch(r"\d{8,9}", ein, re.ASCII):
        reason = "the EIN is not eight or nine digits"
    if reason is not None or number is None:
        rows.set_aside("filings", file, place, reason or "")
        return None
    ein = ein.zfill(9)  # spreadsheets take the leading zero away
    year = int(said["TAX_YEAR"]) if re.fullmatch(r"[12]\d{3}", said["TAX_YEAR"], re.ASCII) else None
    state = said["ORG_ADDR_STATE"]
    return {
        "return_id": f"{ein}_{form}_{number[1]}", "ein": ein, "form": form, "name": said["ORG_NAME"] or None,
        "state": state if re.fullmatch(r"[A-Z]{2}", state) else None, "tax_year": year,
        **_amounts(rows, file, place, form, said),
    }  # fmt: skip


def _amounts(rows: Rows, file: str, place: str, form: str, said: dict[str, str]) -> dict[str, object]:
    stated: dict[str, float] = {}
    for column, name in _COLUMNS[form].items():
        raw = said.get(name, "")
        if _WHOLE.fullmatch(raw):
            stated[column] = float(raw)
        elif raw not in {"", "NA"}:
            rows.leave_unknown("filings", file, place, column, "it is not a whole number", raw)
    total = stated.get("total_revenue_usd", 0.0)
    parts = [stated[column] for column in _REVENUE if column in stated]
    proven = _REVENUE.keys() if form == "990" and len(parts) == len(_REVENUE) and total != 0 and sum(parts) == total else ()
    return {column: usd for column, usd in stated.items() if usd != 0 or column in proven}


SOURCE = Source(
    name=NAME,
    title="Columns extracted from e-filed Forms 990 and 990-EZ (irs990efile)",
    publisher="Nonprofit Open Data Collective",
    terms="MIT",
    tables=("filings",),
    recognises=recognises,
    read=read,
)
