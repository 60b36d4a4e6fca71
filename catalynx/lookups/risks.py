"""The risks of a profile's candidates: the signals of the applicant, and those of each candidate."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from catalynx import workflows
from catalynx.columns import RESULTS, rows
from catalynx.columns.vocabulary import Column
from catalynx.lookups.plain import plain_rows

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.applicants import OwnRows
    from catalynx.lake.snapshot import Snapshot
    from catalynx.records.profile import Profile
    from catalynx.scoring.limits import Limits
    from catalynx.scoring.risk_signals import Facts
    from catalynx.workflows import Decided, Workspace

YEARS_OF_MONEY: Final = 10
"""Years of a funder's money that its decline and swings are judged by."""

# Sums are of decimals, so that the same lake gives the same answer to the bit. Audited expenditures are not what a program gave.
_GIVEN: Final = """
    SELECT track, funder_key, year, sum(amount_usd::DECIMAL(18, 2))::DOUBLE AS usd FROM giving
    WHERE status IN ('paid', 'awarded') AND amount_usd > 0 AND year < $year AND year >= $year - $years GROUP BY ALL"""
_OBLIGED: Final = """
    SELECT assistance_listing, fiscal_year AS year, coalesce(actual_usd, usaspending_usd) AS usd FROM program_obligations
    WHERE coalesce(actual_usd, usaspending_usd) IS NOT NULL AND fiscal_year < $year AND fiscal_year >= $year - $years"""
_LISTINGS: Final = """
    SELECT opportunity_id, unnest(assistance_listings) AS assistance_listing FROM opportunities"""
_LARGEST: Final = """
    SELECT max(amount_usd) AS usd FROM giving
    WHERE recipient_ein = ? AND status IN ('paid', 'awarded') AND recipient_kind <> 'individual' AND year <= ?"""


@dataclass(frozen=True)
class Risks:
    """The risks of a profile's candidates on one day.

    Attributes
    ----------
    risks : rows as ``columns.RESULTS["risks"]``, in the order of the decisions
    signals : rows as ``columns.RESULTS["risk_signals"]``; those without ``candidate_id`` hold for all candidates
    """

    profile: Profile
    risks: pd.DataFrame
    signals: pd.DataFrame
    as_of: date
    lake_version: str


def risks(workspace: Workspace, decided: Decided, *, limits: Limits | None = None) -> Risks:
    """Return the risk of every candidate that was decided on, with the signals it is made of.

    Parameters
    ----------
    decided : what ``catalynx.decide`` gave
    limits : weights and thresholds; the defaults of ``catalynx.scoring.limits`` when None

    Raises
    ------
    LakeEmpty
    """
    from catalynx.scoring.risk import assess

    lake, day = workspace.lake, decided.rules.as_of
    candidates = _candidates(lake, decided)
    found, signals = assess(candidates, _facts(lake, decided), limits)
    return Risks(decided.profile, found, signals, day, lake.id)


def risk_parts(found: Risks, candidate_id: str) -> pd.DataFrame:
    """Return the signals of one candidate with what each adds to its risk; they sum to it.

    Raises
    ------
    NotFound
    """
    from catalynx.errors import NotFound
    from catalynx.scoring.risk import signals_of

    if not (found.risks["candidate_id"] == candidate_id).any():
        raise NotFound("candidate", candidate_id, "It may come from another version of the data.")
    return signals_of(found.signals, candidate_id)


def _facts(lake: Snapshot, decided: Decided) -> Facts:
    from catalynx.applicants import last_year_end, own_rows, reckoned
    from catalynx.scoring.risk_signals import Facts

    profile, day = decided.profile, decided.rules.as_of
    own: OwnRows = own_rows(lake, profile.ein)
    ratios, standings, revenue = reckoned(lake, profile, own, day, peers=False)
    largest = None
    if profile.ein is not None:
        usd = lake.sql(_LARGEST, [profile.ein, day.year])["usd"].iloc[0]
        largest = float(usd) if usd == usd and usd is not None else None
    return Facts(
        day, ratios, standings, own.filings, own.audits, own.findings, revenue, last_year_end(own.filings), largest,
        decided.rules.hours_per_month, profile.funding_preferences.cost_sharing_ok,
    )  # fmt: skip


def _candidates(lake: Snapshot, decided: Decided) -> pd.DataFrame:
    import pandas as pd

    found = decided.decisions[
        ["candidate_id", "kind", "name", "ask_usd", "effort_hours", "deadline", "start_by", "evidence"]
    ].reset_index(drop=True)
    own = decided.candidates.drop_duplicates("candidate_id").set_index("candidate_id")
    shares = own.reindex(columns=["cost_sharing"])["cost_sharing"].astype("boolean")
    money = money_by_year(lake, decided.rules.as_of)
    by_year = [money.get(candidate, {}) for candidate in found["candidate_id"]]
    return found.assign(
        cost_sharing=found["candidate_id"].map(shares), money_by_year=pd.Series(by_year, found.index, dtype="object")
    )


def money_by_year(lake: Snapshot, as_of: date, *, least_years: int = 3) -> dict[str, dict[int, float]]:
    """Return what each candidate's funder gave, or program obligated, in each of the last years before that of `as_of`.

    Of a program what the agency reports as obligated counts, else, where that covers fewer than `least_years`, the awards on
    record; of an opportunity that of its listings together.
    """
    asked = {"year": as_of.year, "years": YEARS_OF_MONEY}
    money: dict[str, dict[int, float]] = {}
    awarded: dict[str, dict[int, float]] = {}
    for row in rows(lake.sql(_GIVEN, asked)):
        if row["track"] == "foundation":
            name, where = f"foundation:{row['funder_key'].removeprefix('ein:')}", money
        else:
            name, where = row["funder_key"], awarded
        where.setdefault(name, {})[int(row["year"])] = row["usd"]
    obliged: dict[str, dict[int, float]] = {}
    for row in rows(lake.sql(_OBLIGED, asked)):
        obliged.setdefault(row["assistance_listing"], {})[int(row["year"])] = row["usd"]
    listed = {number: _fuller(obliged.get(number, {}), awarded.get(number, {}), least_years) for number in {*obliged, *awarded}}
    money |= {f"program:{number}": dict(sorted(years.items())) for number, years in listed.items()}
    for row in rows(lake.sql(_LISTINGS)):
        together = money.setdefault(f"opportunity:{row['opportunity_id']}", {})
        for year, usd in listed.get(row["assistance_listing"], {}).items():
            together[year] = together.get(year, 0.0) + usd
    return money


def _fuller(obliged: dict[int, float], awarded: dict[int, float], least_years: int) -> dict[int, float]:
    return obliged if len(obliged) >= least_years or len(obliged) >= len(awarded) else awarded


@dataclass(frozen=True, slots=True)
class RiskPage:
    """Which risks are wanted: rows ``begin`` to ``begin + size`` of those of some kinds and candidates; None is all."""

    begin: int = 0
    size: int = 50
    kinds: Collection[str] | None = None
    candidate_ids: Collection[str] | None = None


def risks_answer(
    workspace: Workspace, profile: Profile, part: RiskPage, *, as_of: date | None = None, limits: Limits | None = None
) -> tuple[int, dict[str, Any]]:
    """Return how many risks are wanted, and one page of them as plain values, each with its signals."""
    found = risks(workspace, workflows.decide(workspace, profile, as_of=as_of), limits=limits)
    chosen = found.risks
    for name, among in (("kind", part.kinds), ("candidate_id", part.candidate_ids)):
        if among is not None:
            chosen = chosen[chosen[name].isin(list(among))]
    cut = chosen.iloc[part.begin : part.begin + part.size]
    signals = _plain_signals(found.signals, list(cut["candidate_id"]))
    return len(chosen), {
        "profile_id": profile.profile_id, "as_of": found.as_of.isoformat(), "lake_version": found.lake_version,
        "risks": [{**row, "signals": signals[row["candidate_id"]]} for row in plain_rows(cut, RESULTS["risks"].columns)],
    }  # fmt: skip


def _plain_signals(told: pd.DataFrame, candidate_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    from catalynx.scoring.risk import signals_of

    wanted = told[told["candidate_id"].isna() | told["candidate_id"].isin(candidate_ids)]
    columns = (*RESULTS["risk_signals"].columns, Column("contribution", "number", "what it adds to the risk"))
    found = {}
    for candidate_id in candidate_ids:
        listed = plain_rows(signals_of(wanted, candidate_id), columns)
        for row in listed:
            row["about_candidate"] = row.pop("candidate_id") is not None
            row["evidence"] = row["evidence"] and json.loads(row["evidence"])
        found[candidate_id] = listed
    return found
