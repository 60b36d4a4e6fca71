"""What the lake holds of an applicant itself: its returns, audits and gifts, where it stands, and what makes awards feasible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from catalynx.columns import TABLES, empty_frame, rows

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.decision.situation import Conduct, Situation, TrackRecord
    from catalynx.lake.snapshot import Snapshot
    from catalynx.records.profile import Profile
    from catalynx.scoring.peers import Whose
    from catalynx.scoring.readiness import Federal

_PEERS: Final = """
    SELECT filings.*, organizations.ntee_major FROM filings LEFT JOIN organizations USING (ein)
    WHERE filings.canonical AND form IN ('990', '990EZ') AND tax_year < $year AND total_revenue_usd >= $low
        AND total_revenue_usd < $high AND ein <> $ein
    QUALIFY row_number() OVER (PARTITION BY ein ORDER BY abs(tax_year - $near), tax_year DESC, form, return_id DESC) = 1"""
_GIFTS: Final = """
    SELECT year, funder_name, amount_usd FROM giving
    WHERE recipient_ein = ? AND status IN ('paid', 'awarded') AND recipient_kind <> 'individual' ORDER BY gift_id"""
_RECORD: Final = """
    SELECT track, count(*) AS gifts, max(year) AS last_year, max(amount_usd) FILTER (amount_usd > 0) AS largest_usd,
        list(year ORDER BY year) AS years
    FROM giving
    WHERE recipient_ein = $ein AND status IN ('paid', 'awarded') AND recipient_kind <> 'individual' AND year <= $year
    GROUP BY track ORDER BY track"""


@dataclass(frozen=True)
class OwnRows:
    """What the lake holds of one organisation itself."""

    organization: dict[str, object]
    filings: pd.DataFrame
    audits: pd.DataFrame
    findings: pd.DataFrame
    gifts: pd.DataFrame


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


def federal_of(own: OwnRows, day: date) -> Federal:
    """Return the federal money that the latest audit tells of, and a day on which a fiscal year ended."""
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


def situation_of(lake: Snapshot, profile: Profile, day: date) -> Situation:
    """Return what is known of a profile's organisation that decides whether an application is feasible, on a day."""
    from catalynx.decision.situation import Situation
    from catalynx.scoring.limits import Limits
    from catalynx.scoring.readiness import fiscal_year_of

    own = own_rows(lake, profile.ein)
    ratios, standings, revenue = reckoned(lake, profile, own, day, peers=False)
    federal = federal_of(own, day)
    begins = fiscal_year_of(day, federal.year_end)
    months, year = _latest(standings, "reserve_months")
    expenses = ratios[(ratios["ratio"] == "reserve_months") & (ratios["tax_year"] == year)]["denominator_usd"].dropna()
    return Situation(
        record=_record(lake, profile.ein, day), revenue_usd=revenue, reserve_months=months, reserve_year=year,
        expenses_month_usd=float(expenses.iloc[-1]) if len(expenses) else None,
        federal_spent_usd=federal.spent_usd, federal_spent_year=federal.spent_year, fiscal_year_begins=begins,
        audit_from_usd=Limits().single_audit_usd(begins), conduct=_conduct(own, ratios, standings, day),
    )  # fmt: skip


def _latest(standings: pd.DataFrame, ratio: str) -> tuple[float | None, int | None]:
    found = standings[(standings["ratio"] == ratio) & standings["value"].notna()]
    return (None, None) if found.empty else (float(found["value"].iloc[0]), int(found["tax_year"].iloc[0]))


def _record(lake: Snapshot, ein: str | None, day: date) -> dict[str, TrackRecord] | None:
    import pandas as pd

    from catalynx.decision.situation import TrackRecord

    if ein is None:
        return None
    found = rows(lake.sql(_RECORD, {"ein": ein, "year": day.year}))
    known: Any = lambda value, kind: None if pd.isna(value) else kind(value)  # noqa: E731
    return {
        row["track"]: TrackRecord(
            int(row["gifts"]), known(row["last_year"], int), known(row["largest_usd"], float), tuple(map(int, row["years"]))
        )
        for row in found
    }


def _conduct(own: OwnRows, ratios: pd.DataFrame, standings: pd.DataFrame, day: date) -> tuple[Conduct, ...]:
    """Say how duties were kept, from the signals of risk that tell of it."""
    from catalynx.decision.situation import Conduct
    from catalynx.scoring.limits import Limits
    from catalynx.scoring.risk_of_conduct import audit_findings, late_returns
    from catalynx.scoring.risk_signals import Facts

    facts = Facts(day, ratios, standings, own.filings, own.audits, own.findings)
    told = [judge(facts, Limits()) for judge in (late_returns, audit_findings)]
    return tuple(Conduct(None if one.value is None else 1 - one.value, one.because) for one in told)
