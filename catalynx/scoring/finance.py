"""The ratios of an applicant's returns, year by year, each with its lines, and unknown with the reason where it is undefined.

Formulas as in ``docs/finance.md``. A denominator that is zero, negative or missing leaves a ratio unknown: never 0, never a
middling number. Each ratio is one entry of ``RATIOS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from catalynx.columns import RESULTS, empty_frame, require
from catalynx.scoring.form_lines import filled, how_settled, line_of, returns_that_count, why_missing

if TYPE_CHECKING:
    import pandas as pd

type Money = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True, slots=True)
class Ratio:
    """One ratio of a return.

    Attributes
    ----------
    name, question, unit, better : as in ``columns.RESULTS["finance_standings"]``
    above, below : the columns of ``filings`` in numerator and denominator
    formula : the same in words, with the columns in braces, which are written as lines of the form
    numerator, denominator : returns → dollars; NA where a column is
    undefined : returns → why it means nothing for some of them, NA for the others; None when its denominator alone decides
    """

    name: str
    question: str
    unit: Literal["share", "months", "usd"]
    better: Literal["higher", "lower"]
    above: tuple[str, ...]
    below: tuple[str, ...]
    formula: str
    numerator: Money
    denominator: Money
    undefined: Callable[[pd.DataFrame], pd.Series] | None = None


def _column(name: str) -> Money:
    return lambda returns: returns[name]


def _share(name: str, question: str, better: Literal["higher", "lower"], above: str, below: str) -> Ratio:
    formula = f"{{{above}}} / {{{below}}}"
    return Ratio(name, question, "share", better, (above,), (below,), formula, _column(above), _column(below))


_EXPENSES = "total_expenses_usd"
_REVENUE_LINES = ("contributions_usd", "program_service_revenue_usd", "investment_income_usd")


def _rest(returns: pd.DataFrame) -> pd.Series:
    """Return what of the revenue is in none of the three lines."""
    return returns["total_revenue_usd"] - returns[list(_REVENUE_LINES)].sum(axis=1, min_count=3)


def _squares(returns: pd.DataFrame) -> pd.Series:
    parts = returns[list(_REVENUE_LINES)].assign(rest=_rest(returns))
    # Over the total once more, so that numerator over denominator is the sum of the squared shares.
    return parts.pow(2).sum(axis=1, min_count=4) / returns["total_revenue_usd"].where(lambda usd: usd > 0)


def _negative_line(returns: pd.DataFrame) -> pd.Series:
    import pandas as pd

    lowest = returns[list(_REVENUE_LINES)].assign(rest=_rest(returns)).min(axis=1)
    said = pd.Series("a line of revenue is negative, so lines are no shares of it", returns.index, dtype="str")
    return said.where(lowest < 0)


_ALL: Final = (
    _share("program_share", "How much of what it spends goes to programs?", "higher", "program_expenses_usd", _EXPENSES),
    _share("administration_share", "How much goes to administration?", "lower", "administration_expenses_usd", _EXPENSES),
    _share("fundraising_share", "How much goes to fundraising?", "lower", "fundraising_expenses_usd", _EXPENSES),
    Ratio(
        "fundraising_cost", "What does it cost to raise a dollar?", "usd", "lower",
        ("fundraising_expenses_usd",), ("contributions_usd",), "{fundraising_expenses_usd} / {contributions_usd}",
        _column("fundraising_expenses_usd"), _column("contributions_usd"),
    ),
    _share("liabilities_to_assets", "How much of its assets does it owe?", "lower", "liabilities_usd", "assets_usd"),
    Ratio(
        "operating_margin", "How much of its revenue is left?", "share", "higher",
        ("total_revenue_usd", _EXPENSES), ("total_revenue_usd",),
        "({total_revenue_usd} − {total_expenses_usd}) / {total_revenue_usd}",
        lambda returns: returns["total_revenue_usd"] - returns[_EXPENSES], _column("total_revenue_usd"),
    ),
    Ratio(
        "reserve_months", "How many months could it go on without new money?", "months", "higher",
        ("unrestricted_net_assets_usd", "land_buildings_equipment_usd", "secured_debt_usd"), (_EXPENSES,),
        "({unrestricted_net_assets_usd} − {land_buildings_equipment_usd} + {secured_debt_usd}) / ({total_expenses_usd} / 12)",
        lambda returns: returns["unrestricted_net_assets_usd"] - returns["land_buildings_equipment_usd"]
        + returns["secured_debt_usd"],
        lambda returns: returns[_EXPENSES] / 12,
    ),
    Ratio(
        "months_of_cash", "How many months would its cash last?", "months", "higher",
        ("cash_usd", "savings_usd"), (_EXPENSES, "depreciation_usd"),
        "({cash_usd} + {savings_usd}) / (({total_expenses_usd} − {depreciation_usd}) / 12)",
        lambda returns: returns["cash_usd"] + returns["savings_usd"],
        lambda returns: (returns[_EXPENSES] - returns["depreciation_usd"]) / 12,
    ),
    Ratio(
        "revenue_concentration", "Does its revenue come from one line alone?", "share", "lower",
        (*_REVENUE_LINES, "total_revenue_usd"), ("total_revenue_usd",),
        "squares of the shares in {total_revenue_usd} of {contributions_usd}, {program_service_revenue_usd}, "
        "{investment_income_usd} and the rest",
        _squares, _column("total_revenue_usd"), _negative_line,
    ),
)  # fmt: skip
RATIOS: Final[Mapping[str, Ratio]] = {ratio.name: ratio for ratio in _ALL}


def values_of(returns: pd.DataFrame, ratio: Ratio) -> pd.Series:
    """Return a ratio of each of the returns, which `filled` has gone over; NA where it is undefined."""
    below = ratio.denominator(returns)
    values = ratio.numerator(returns) / below.where(below > 0)
    return values if ratio.undefined is None else values.where(ratio.undefined(returns).isna())


def ratios_by_year(filings: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Return every ratio of every return of one organisation that was there on `as_of`.

    Parameters
    ----------
    filings : its rows of the table ``filings``; needs ``form_lines.NEEDS``

    Returns
    -------
    rows as ``columns.RESULTS["finances"]``, by year and ratio; ``value`` is NA with a ``reason`` where it is undefined

    Raises
    ------
    MissingColumns
    """
    import pandas as pd

    known = returns_that_count(filings, as_of)
    if known.empty:
        return empty_frame("finances")
    returns = filled(known)
    parts = [_part(returns, known, ratio) for ratio in RATIOS.values()]
    order = {name: place for place, name in enumerate(RATIOS)}
    stacked = pd.concat(parts, ignore_index=True)
    stacked = stacked.sort_values(["tax_year", "return_id", "ratio"], key=lambda column: column.map(order)
                                  if column.name == "ratio" else column, ignore_index=True)  # fmt: skip
    return stacked[RESULTS["finances"].names]


def _part(returns: pd.DataFrame, known: pd.DataFrame, ratio: Ratio) -> pd.DataFrame:
    value, below = values_of(returns, ratio), ratio.denominator(returns)
    part = returns[["tax_year", "period_end", "form", "return_id", "source", "file", "place"]].assign(
        ratio=ratio.name, value=value, unit=ratio.unit, numerator_usd=ratio.numerator(returns), denominator_usd=below,
    )  # fmt: skip
    said = None if ratio.undefined is None else ratio.undefined(returns)
    part["lines"] = [_written(returns.iloc[place], known.iloc[place], ratio) for place in range(len(returns))]
    part["reason"] = [
        None if is_known else _why(returns.iloc[place], ratio, below.iloc[place], None if said is None else said.iloc[place])
        for place, is_known in enumerate(value.notna())
    ]
    return part


def _written(row: pd.Series, known: pd.Series, ratio: Ratio) -> str:
    columns = dict.fromkeys((*ratio.above, *ratio.below))
    told = f"Form {row['form']}: " + ratio.formula.format(**{column: line_of(row["form"], column) for column in columns})
    settled = [column for column in columns if known.isna()[column] and not row.isna()[column]]
    return told + "".join(f"; {how_settled(row['form'], column)}" for column in settled)


def _why(row: pd.Series, ratio: Ratio, below: float, said: object) -> str:
    import pandas as pd

    for column in dict.fromkeys((*ratio.above, *ratio.below)):
        if pd.isna(row[column]):
            return why_missing(row["form"], row["source"], column)
    if isinstance(said, str) and below > 0:
        return said
    spoken = " less ".join(column.removesuffix("_usd").replace("_", " ") for column in ratio.below)
    return f"{spoken} (the denominator) is {'zero' if below == 0 else f'negative, −${-below:,.0f}'}"


def gifts_by_year(gifts: pd.DataFrame, filings: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Return, for every year with gifts on record, how concentrated they are and what the largest giver is of all revenue.

    Gifts on record are those of the lake's sources, hardly ever all: concentration is among these alone.

    Parameters
    ----------
    gifts : one row a gift to the organisation: ``year``, ``funder_name``, ``amount_usd``; those of zero or less do not count
    filings : its rows of the table ``filings``, for the revenue of the tax year that begins in a gift's year

    Returns
    -------
    rows as ``columns.RESULTS["finances"]`` of the ratios ``funder_concentration`` and ``largest_funder_share``
    """
    require(gifts, ("year", "funder_name", "amount_usd"), name="gifts")
    counted = gifts[(gifts["amount_usd"].astype("Float64").astype("float64") > 0) & gifts["year"].notna()]
    counted = counted[counted["year"].astype("int64") <= as_of.year]
    returns = returns_that_count(filings, as_of)
    last_of = {int(row["tax_year"]): row for _, row in returns.iterrows()}
    rows: list[dict[str, object]] = []
    for year, of_year in counted.groupby(counted["year"].astype("int64")):
        sums = of_year.groupby("funder_name")["amount_usd"].sum().sort_values(ascending=False, kind="stable")
        told = f"squares of the shares in the {len(of_year):,} gifts on record of {year} of {len(sums):,} funders"
        total = float(sums.sum()) if len(sums) > 1 else None
        rows.append(_gift_row(year, "funder_concentration", float((sums**2).sum() / sums.sum()), total, told, None))
        known = last_of.get(int(str(year)))
        usd = None if known is None else float(known["total_revenue_usd"])
        lines = f"gifts on record of {year} from {sums.index[0]} / total revenue"
        rows.append(_gift_row(year, "largest_funder_share", float(sums.iloc[0]), usd, lines, known))
    return _shaped(rows)


def _gift_row(
    year: object, ratio: str, above: float, below: float | None, lines: str, filed: pd.Series | None
) -> dict[str, object]:
    reason = None
    if ratio == "funder_concentration" and below is None:
        reason = "one funder alone is on record, which says nothing of the others"
    elif below is None or below != below:
        reason = f"no return of tax year {year} with a revenue is on file"
    elif below <= 0:
        reason = f"revenue (the denominator) is {'zero' if below == 0 else f'negative, −${-below:,.0f}'}"
    row: dict[str, object] = {
        "tax_year": year, "ratio": ratio, "unit": "share", "numerator_usd": above, "denominator_usd": below, "lines": lines,
        "reason": reason, "value": None if reason or not below else above / below,
    }  # fmt: skip
    if filed is not None:
        row |= {name: filed[name] for name in ("period_end", "form", "return_id", "source", "file", "place")}
    return row


def _shaped(rows: list[dict[str, object]]) -> pd.DataFrame:
    import pandas as pd

    blank = empty_frame("finances")
    return pd.DataFrame(rows, columns=list(blank.columns)).astype(blank.dtypes.to_dict()) if rows else blank
