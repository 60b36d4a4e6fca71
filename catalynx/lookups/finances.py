"""The finances of a profile: ratios of its own returns by year, trend, peers, and readiness for an award."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from catalynx.columns import RESULTS, TABLES, empty_frame, rows
from catalynx.lookups.plain import plain_rows

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lake.snapshot import Snapshot
    from catalynx.records.profile import Profile
    from catalynx.scoring.limits import Limits
    from catalynx.scoring.peers import Whose
    from catalynx.scoring.readiness import Federal
    from catalynx.workflows import Workspace

_PEERS: Final = """
    SELECT filings.*, organizations.ntee_major FROM filings LEFT JOIN organizations USING (ein)
    WHERE filings.canonical AND form IN ('990', '990EZ') AND tax_year < $year AND total_revenue_usd >= $low
        AND total_revenue_usd < $high AND ein <> $ein
    QUALIFY row_number() OVER (PARTITION BY ein ORDER BY abs(tax_year - $near), tax_year DESC, form, return_id DESC) = 1"""
_GIFTS: Final = """
    SELECT year, funder_name, amount_usd FROM giving
    WHERE recipient_ein = ? AND status IN ('paid', 'awarded') AND recipient_kind <> 'individual' ORDER BY gift_id"""


@dataclass(frozen=True)
class Finances:
    """The finances of a profile on one day.

    Attributes
    ----------
    ratios : rows as ``columns.RESULTS["finances"]``: one a year and ratio
    standings : rows as ``columns.RESULTS["finance_standings"]``: one a ratio, with trend and peers
    readiness : rows as ``columns.RESULTS["readiness"]``; none when no award was given
    revenue_usd : total revenue of the latest return, else what the profile says; None when unknown
    unknown : what is not known, and why; the ratios say the rest themselves
    """

    profile: Profile
    ratios: pd.DataFrame
    standings: pd.DataFrame
    readiness: pd.DataFrame
    revenue_usd: float | None
    as_of: date
    lake_version: str
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnRows:
    """What the lake holds of one organisation itself."""

    organization: dict[str, object]
    filings: pd.DataFrame
    audits: pd.DataFrame
    findings: pd.DataFrame
    gifts: pd.DataFrame


def finances(
    workspace: Workspace,
    profile: Profile,
    *,
    as_of: date | None = None,
    award_usd: float | None = None,
    federal: bool = False,
    limits: Limits | None = None,
) -> Finances:
    """Return the finances of a profile from its own returns, as far as they were there on a day.

    Parameters
    ----------
    as_of : the day; the workspace's when None
    award_usd, federal : an award to be ready for, and whether it is federal money; without one readiness is empty
    limits : what counts as sound; the defaults of ``catalynx.scoring.limits`` when None

    Raises
    ------
    BadParameter, LakeEmpty
    """
    from catalynx.scoring.limits import Limits
    from catalynx.scoring.readiness import Award, readiness

    award = None if award_usd is None else Award(award_usd, federal)
    day, lake = as_of or workspace.as_of, workspace.lake
    own = own_rows(lake, profile.ein)
    ratios, standings, revenue = reckoned(lake, profile, own, day)
    checks = empty_frame("readiness")
    if award is not None:
        checks = readiness(standings, revenue, _federal(own, day), award, as_of=day, limits=limits or Limits())
    return Finances(profile, ratios, standings, checks, revenue, day, lake.id, _unknown(profile, own, ratios))


def own_rows(lake: Snapshot, ein: str | None) -> OwnRows:
    """Return what the lake holds of the organisation with the number `ein`; nothing without one."""
    if ein is None:
        blank = {name: empty_frame(name) for name in ("filings", "audits", "audit_findings", "giving")}
        return OwnRows({}, blank["filings"], blank["audits"], blank["audit_findings"], blank["giving"])
    registered = lake.sql("SELECT * FROM organizations WHERE ein = ?", [ein])
    findings = lake.sql(
        "SELECT * FROM audit_findings WHERE audit_id IN (SELECT audit_id FROM audits WHERE ein = ?) ORDER BY finding_id", [ein]
    )
    return OwnRows(
        rows(registered)[0] if len(registered) else {},
        _whole("filings", lake.sql("SELECT * FROM filings WHERE ein = ? ORDER BY return_id", [ein])),
        _whole("audits", lake.sql("SELECT * FROM audits WHERE ein = ? ORDER BY audit_id", [ein])),
        findings,
        lake.sql(_GIFTS, [ein]),
    )


def _whole(name: str, found: pd.DataFrame) -> pd.DataFrame:
    """Give a table of an older version of the lake the columns that came later; there they are unknown."""
    lacking = [column for column in TABLES[name].names if column not in found]
    return found.assign(**{column: empty_frame(name)[column].reindex(found.index) for column in lacking})


def reckoned(
    lake: Snapshot, profile: Profile, own: OwnRows, day: date, *, peers: bool = True
) -> tuple[pd.DataFrame, pd.DataFrame, float | None]:
    """Return ratios by year, where the profile stands in each of them, and its revenue."""
    import pandas as pd

    from catalynx.scoring.finance import gifts_by_year, ratios_by_year
    from catalynx.scoring.form_lines import returns_that_count
    from catalynx.scoring.over_years import revenue_volatility, standings
    from catalynx.scoring.peers import Whose, among_peers

    parts = [
        ratios_by_year(own.filings, as_of=day), gifts_by_year(own.gifts, own.filings, as_of=day),
        revenue_volatility(own.filings, as_of=day),
    ]  # fmt: skip
    filled = [part for part in parts if len(part)]
    ratios = pd.concat(filled, ignore_index=True) if filled else empty_frame("finances")
    returns = returns_that_count(own.filings, day)
    last = None if returns.empty else returns.iloc[-1]
    filed = None if last is None or pd.isna(last["total_revenue_usd"]) else float(last["total_revenue_usd"])
    majors = tuple(dict.fromkeys(code[0] for code in profile.ntee_codes[:1])) or _text(own.organization.get("ntee_major"))
    state = profile.state or next(iter(_text(own.organization.get("state"))), None)
    whose = Whose(profile.ein, state, majors, filed, None if last is None else int(last["tax_year"]))
    found = standings(ratios)
    if peers:
        found = among_peers(found, _peers(lake, whose, day), whose)
    return ratios, found, profile.annual_revenue_usd if filed is None else filed


def _text(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else ()


def _peers(lake: Snapshot, whose: Whose, day: date) -> pd.DataFrame:
    from catalynx.scoring.peers import NEEDS, band_of

    if whose.revenue_usd is None or whose.revenue_usd <= 0:
        return empty_frame("filings").assign(ntee_major=None).reindex(columns=list(NEEDS))
    low, high = band_of(whose.revenue_usd)
    asked = {"year": day.year, "low": low, "high": high, "ein": whose.ein or "", "near": whose.tax_year or day.year}
    return _whole("filings", lake.sql(_PEERS, asked))[list(NEEDS)]


def _federal(own: OwnRows, day: date) -> Federal:
    import pandas as pd

    from catalynx.scoring.readiness import Federal

    year_end = last_year_end(own.filings)
    audits = own.audits[pd.to_datetime(own.audits["fiscal_year_end"]).le(pd.Timestamp(day))].sort_values("audit_year")
    known = audits[audits["federal_expenditure_usd"].notna()]
    if known.empty:
        return Federal(year_end=year_end)
    last = known.iloc[-1]
    return Federal(float(last["federal_expenditure_usd"]), int(last["audit_year"]), year_end)


def last_year_end(filings: pd.DataFrame) -> date | None:
    """Return the last end of a tax year that the returns tell; None when none does."""
    import pandas as pd

    ends = pd.to_datetime(filings["period_end"]).dropna()
    found: date | None = None if ends.empty else ends.max().date()
    return found


def _unknown(profile: Profile, own: OwnRows, ratios: pd.DataFrame) -> tuple[str, ...]:
    said = []
    if profile.ein is None:
        said.append("the profile has no EIN, so no return can be found for it")
    elif own.filings.empty:
        said.append(f"no return of EIN {profile.ein} is in the lake; `catalynx ingest PATH` reads e-filed returns")
    elif ratios["return_id"].isna().all():
        said.append("none of its returns was there on that day")
    if ratios["return_id"].isna().all() and profile.annual_revenue_usd is not None:
        said.append(f"its revenue of ${profile.annual_revenue_usd:,.0f} is what the profile says")
    if profile.ein is not None and own.gifts.empty:
        said.append("no gift to it is on record, so what it depends on among funders is unknown")
    return tuple(said)


def finances_answer(
    workspace: Workspace, profile: Profile, *, as_of: date | None = None, award_usd: float | None = None, federal: bool = False
) -> dict[str, Any]:
    """Return the finances of a profile as plain values."""
    found = finances(workspace, profile, as_of=as_of, award_usd=award_usd, federal=federal)
    frames = {"ratios": ("finances", found.ratios), "standings": ("finance_standings", found.standings),
              "readiness": ("readiness", found.readiness)}  # fmt: skip
    return {
        "profile_id": profile.profile_id, "as_of": found.as_of.isoformat(), "lake_version": found.lake_version,
        "revenue_usd": found.revenue_usd, "unknown": list(found.unknown),
        **{name: plain_rows(frame, RESULTS[table].columns) for name, (table, frame) in frames.items()},
    }  # fmt: skip
