"""How the applicant's peers stand: organisations of its field, state and band of revenue, by the same ratios.

The group is widened by a ladder until a ratio has `LEAST_PEERS` values: field and state; field in all states; all fields in all
states. The band of revenue stays, for size decides more of a ratio than the rest does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from catalynx.columns import RESULTS, empty_frame, require
from catalynx.columns import rows as plain_rows
from catalynx.columns.ntee_majors import spelled_fields
from catalynx.scoring.finance import RATIOS, values_of
from catalynx.scoring.form_lines import NUMBERS, filled

if TYPE_CHECKING:
    import pandas as pd

LEAST_PEERS: Final = 20
BAND_BOUNDS_USD: Final = (0.0, 1e5, 5e5, 1e6, 5e6, 1e7, 5e7, float("inf"))
"""Lower bounds of the bands of total revenue; up to $10 million as the National Center for Charitable Statistics draws them."""
NEEDS: Final = ("ein", "state", "ntee_major", "tax_year", "form", *NUMBERS, "asset_lines_add_up", "liability_lines_add_up")


@dataclass(frozen=True, slots=True)
class Whose:
    """For whom peers are sought; anything may be unknown.

    Attributes
    ----------
    revenue_usd, tax_year : of its latest return
    """

    ein: str | None
    state: str | None
    ntee_majors: tuple[str, ...]
    revenue_usd: float | None
    tax_year: int | None


def band_of(revenue_usd: float) -> tuple[float, float]:
    """Return the band of revenue, its lower bound included: ``(1e6, 5e6)``; revenue must be above zero."""
    for low, high in pairwise(BAND_BOUNDS_USD):
        if low <= revenue_usd < high:
            return low, high
    raise ValueError(f"no band holds {revenue_usd}")


def among_peers(standings: pd.DataFrame, peers: pd.DataFrame, whose: Whose) -> pd.DataFrame:
    """Return `standings` with the percentile of every ratio among the applicant's peers.

    Parameters
    ----------
    standings : rows as ``columns.RESULTS["finance_standings"]``
    peers : canonical returns of others with their ``ntee_major``; needs ``NEEDS``; of each organisation the return nearest
        in time to the applicant's counts
    whose : the applicant

    Returns
    -------
    the same rows; ``peer_percentile`` is the share of peers below, ties counted half, and NA with ``peer_reason`` where fewer
    than ``LEAST_PEERS`` have a value, the applicant has none, or its revenue is unknown or not above zero
    """
    require(peers, NEEDS, name="peers")
    if standings.empty:
        return standings
    names = RESULTS["finance_standings"].names
    reason = _why_none(whose)
    rungs = [] if reason else _rungs(_nearest(peers, whose), whose)
    values = [(told, returns, _all_values(returns)) for told, returns in rungs]
    rows = [_placed(row, values, reason) for row in plain_rows(standings)]
    blank = empty_frame("finance_standings")
    import pandas as pd

    return pd.DataFrame(rows, index=standings.index).reindex(columns=names).astype(blank.dtypes.to_dict())


def _why_none(whose: Whose) -> str | None:
    if whose.revenue_usd is None or whose.revenue_usd != whose.revenue_usd:
        return "its revenue is unknown, so it belongs to no band"
    return None if whose.revenue_usd > 0 else f"its revenue of ${whose.revenue_usd:,.0f} belongs to no band"


def _nearest(peers: pd.DataFrame, whose: Whose) -> pd.DataFrame:
    """Return one return of every other organisation in the band: the nearest in time, of two the later."""
    low, high = band_of(whose.revenue_usd or 0.0)
    revenue = peers["total_revenue_usd"].astype("Float64").astype("float64")
    found = peers[revenue.ge(low) & revenue.lt(high) & revenue.gt(0) & (peers["ein"] != (whose.ein or ""))]
    years = found["tax_year"].astype("Float64").astype("float64")
    apart = (years - (whose.tax_year or 0)).abs()
    ordered = found.assign(apart=apart, later=-years).sort_values(["apart", "later", "form"], kind="stable")
    ordered = ordered.drop_duplicates("ein").drop(columns=["apart", "later"])
    ordered[list(NUMBERS)] = ordered[list(NUMBERS)].astype("Float64").astype("float64")
    return filled(ordered)


def _rungs(peers: pd.DataFrame, whose: Whose) -> list[tuple[str, pd.DataFrame]]:
    low, high = band_of(whose.revenue_usd or 0.0)
    band = f"revenue of ${low:,.0f} and more" if high == float("inf") else f"revenue of ${low:,.0f} to ${high:,.0f}"
    rungs = []
    if whose.ntee_majors:
        fields, of_field = spelled_fields(whose.ntee_majors), _among(peers, "ntee_major", whose.ntee_majors)
        if whose.state:
            rungs.append((f"{fields} in {whose.state}, {band}", _among(of_field, "state", (whose.state,))))
        rungs.append((f"{fields} in all states, {band}", of_field))
    rungs.append((f"all fields in all states, {band}", peers))
    return rungs


def _among(peers: pd.DataFrame, column: str, values: Collection[str]) -> pd.DataFrame:
    return peers[peers[column].isin(list(values))]


def _all_values(returns: pd.DataFrame) -> dict[str, pd.Series]:
    return {name: values_of(returns, ratio) for name, ratio in RATIOS.items()}


def _placed(
    row: dict[str, object], rungs: list[tuple[str, pd.DataFrame, dict[str, pd.Series]]], reason: str | None
) -> dict[str, object]:
    name, value = str(row["ratio"]), float(str(row["value"]))
    if reason is None and name not in RATIOS:
        reason = "it is not made of one return, and peers have mostly one on file"
    if reason is None and value != value:
        reason = "it has no value itself"
    if reason is not None:
        return {**row, "peer_reason": reason}
    most = 0
    for told, returns, values in rungs:
        known = values[name].dropna()
        most = max(most, len(known))
        if len(known) >= LEAST_PEERS:
            years = returns.loc[known.index, "tax_year"]
            spoken = f"tax year {years.min()}" if years.min() == years.max() else f"tax years {years.min()} to {years.max()}"
            below, same = int((known < value).sum()), int((known == value).sum())
            return {
                **row, "peers": len(known), "peer_group": f"{told}, {spoken}",
                "peer_percentile": 100 * (below + same / 2) / len(known),
                **{f"peer_{mark}": float(known.quantile(at)) for mark, at in (("p25", 0.25), ("median", 0.5), ("p75", 0.75))},
            }  # fmt: skip
    return {**row, "peers": most, "peer_reason": f"{most} peers have a value in the widest group, and {LEAST_PEERS} are needed"}
