"""The finances of a profile: ratios of its own returns by year, trend, peers, and readiness for an award."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from catalynx.columns import RESULTS, empty_frame
from catalynx.lookups.plain import plain_rows

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.applicants import OwnRows
    from catalynx.records.profile import Profile
    from catalynx.scoring.limits import Limits
    from catalynx.workflows import Workspace


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
    from catalynx.applicants import federal_of, own_rows, reckoned
    from catalynx.scoring.limits import Limits
    from catalynx.scoring.readiness import Award, readiness

    award = None if award_usd is None else Award(award_usd, federal)
    day, lake = as_of or workspace.as_of, workspace.lake
    own = own_rows(lake, profile.ein)
    ratios, standings, revenue = reckoned(lake, profile, own, day)
    checks = empty_frame("readiness")
    if award is not None:
        checks = readiness(standings, revenue, federal_of(own, day), award, as_of=day, limits=limits or Limits())
    return Finances(profile, ratios, standings, checks, revenue, day, lake.id, _unknown(profile, own, ratios))


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
