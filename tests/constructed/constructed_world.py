"""Ties, finances and risks made up for the tests of pages. Every name is invented, and says so."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from catalynx.columns import RESULTS, empty_frame
from catalynx.errors import LakeEmpty, NotFound
from catalynx.lookups.finances import Finances
from catalynx.lookups.likelihood import TRAIN, HowLikely
from catalynx.lookups.network import Network
from catalynx.lookups.officers import Officers
from catalynx.lookups.paths import Paths
from catalynx.lookups.risks import Risks
from catalynx.records.entries import Job
from catalynx.records.profile import make_profile
from dashboards.answers import EvidenceTable

DAY = date(2027, 2, 26)
UNTIED, WITHOUT_GRANTS, BROKEN = "constructed:03", "constructed:09", "constructed:15"
MUSEUM = make_profile(
    {"profile_id": "constructed-museum", "organization_name": "Constructed Museum of Vermont", "ein": "030000001"}
)
LIBRARY = make_profile({"profile_id": "constructed-library", "organization_name": "Constructed Library"})
SIGNALS = (
    (None, "financial", "reserve", 0.8, 0.5, "its reserve of 2025 lasts 0.6 months", {"table": "filings", "return_id": "r1"}),
    ("each", "sustainability", "award_share", 0.2, 0.2, "$12,500 would be 5.0% of its revenue", None),
    (None, "compliance", "audit_findings", None, 0.3, "unknown: no single audit is on record", None),
)


def filled(name: str, found: list[dict[str, Any]]) -> pd.DataFrame:
    blank = empty_frame(name)
    return pd.DataFrame(found, columns=list(blank.columns)).astype(blank.dtypes.to_dict()) if found else blank


def candidates_of(decisions: pd.DataFrame) -> pd.DataFrame:
    """Every foundation but one has grants on record; the first gave before."""
    rows = []
    for one in decisions.to_dict("records"):
        number = int(one["candidate_id"][-2:])
        row = {name: one.get(name) for name in ("candidate_id", "kind", "name", "funder_name", "eligibility", "eligibility_reason",
                                                "marks", "evidence")}  # fmt: skip
        row |= {"funder_ein": "123456789", "track": "foundation", "track_reason": "constructed"}
        if one["kind"] == "foundation" and one["candidate_id"] != WITHOUT_GRANTS:
            row |= {
                "grants_count": 40 + number, "grants_total_usd": 1_000_000.0 * (1 + number), "first_year": 2015, "last_year": 2021,
                "first_time_pct": 10.0 + number, "states_reached": 2, "here_count": 5, "grant_median_usd": 20_000.0,
                "grant_p25_usd": 10_000.0, "grant_p75_usd": 60_000.0, "state_counts": json.dumps({"VT": 5, "NY": 30}),
                "field_counts": json.dumps({"A": 20, "B": 3}),
            }  # fmt: skip
        if number == 0:
            row |= {"to_us_count": 2, "to_us_usd": 15_000.0, "to_us_last_year": 2019}
        rows.append(row)
    return filled("candidates", rows)


def network() -> Network:
    tie = {
        "candidate_id": "constructed:06", "funder_name": "x", "funder_ein": None, "tie": 0.4, "shared_count": 3, "through_count": 1,
        "grantees_count": 30, "shared_names": ["Constructed Orchard"], "gave_to_you": False, "evidence": "{}",
    }  # fmt: skip
    return Network(MUSEUM, empty_frame("shared_people"), filled("cofunders", [tie]), empty_frame("central_funders"), {}, DAY,
                   "constructed", ("No return in the lake lists officers of the profile's organisation, so its board is unknown.",))  # fmt: skip


def paths(candidate_id: str, canary: str) -> Paths:
    if candidate_id == BROKEN:
        raise LakeEmpty("the lake has no boards. `catalynx ingest PATH` reads returns.")
    told = f"From Constructed Museum of Vermont neither people nor grants on record lead to {candidate_id}."
    if candidate_id == UNTIED:
        return Paths(MUSEUM, candidate_id, "x", empty_frame("network_paths"), None, "any", told, "constructed")
    ends = ("Constructed Museum of Vermont", canary, "Constructed Maple Foundation")
    rows: list[dict[str, Any]] = [
        {"path": 1, "step": step, "from_key": ends[step - 1], "from_name": ends[step - 1], "to_key": ends[step], "to_name": ends[step],
         "first_year": 2015, "last_year": 2019}
        for step in (1, 2)
    ]  # fmt: skip
    rows[0] |= {"by": "person", "person_name": "CONSTRUCTED ADA", "sure": 0.9, "sure_class": "likely", "evidence": '{"table": "people"}',
                "sentence": "Constructed Ada, Trustee of one, is also Treasurer of the other (likely to be the same person)"}  # fmt: skip
    rows[1] |= {"by": "grant", "giver_key": ends[2], "grants_count": 4, "evidence": '{"table": "giving", "funder_key": "x"}',
                "sentence": "Constructed Maple Foundation gave 4 grants to it (2015–2019)"}  # fmt: skip
    return Paths(MUSEUM, candidate_id, ends[2], filled("network_paths", rows), 2, "any", "In 2 steps.", "constructed")


def likelihood(candidate_id: str, canary: str, *, trained: bool) -> HowLikely:
    """Of foundations a chance once a model was trained, of programs a base rate; announcements state none."""
    number, foundation = int(candidate_id[-2:]), int(candidate_id[-2:]) % 3 == 0
    if foundation and trained:
        says = "A new grant to you will be reported for 2024–2028 with a chance of 1.2 %, about 1 in 83."
        return HowLikely(candidate_id, 0.012, 0.004, 0.031, 2024, 2028, says, None, *(None,) * 7)
    why = (
        "no model was trained on this version of the data" if foundation else "the model knows foundations' published grants only"
    )
    rate = (0.25, 0.15, 0.4, 2026, "actual", "Of 40 applications in 2026, 25 % were funded (10).", f"40 applied, 10 won {canary}")
    known = rate if number % 3 == 1 else (None,) * 7
    return HowLikely(candidate_id, None, None, None, None, None, f"Unknown: {why}.", TRAIN if foundation else None, *known)


def training_job(by: str, state: str, error: str | None = None) -> Job:
    """A job that trains the model, in the second of its five steps."""
    now = datetime(2027, 2, 26, tzinfo=UTC)
    return Job("a" * 32, "likelihood", {}, None, by, None, state, False, now, now, now, None if state == "running" else now, 1, "w", 2, 5,
               "learning chances from 2015", [], error)  # fmt: skip


def officers(ein: str | None, canary: str) -> Officers:
    row = {"return_id": "r", "ein": ein, "person_name": "CONSTRUCTED GRACE", "role": canary, "tax_year": 2025, "source": "irs_efile",
           "file": "constructed.xml", "place": "/Return/1"}  # fmt: skip
    return Officers(pd.DataFrame([row]), None)


def finances(profile_id: str, award_usd: float | None, federal: bool) -> Finances:
    checks = [
        ("share_of_revenue", "passes", 0.05, 0.25, f"${award_usd or 0:,.0f} is 5% of the revenue"),
        ("single_audit", "unknown", None, 750_000.0, f"unknown: {'federal' if federal else 'other'} money of other years"),
        ("reserve_months", "concern", 0.6, 3.0, "its reserve lasts 0.6 months, fewer than 3"),
    ]
    readiness = filled(
        "readiness", [dict(zip(RESULTS["readiness"].names, one, strict=True)) for one in checks] if award_usd else []
    )
    blank = empty_frame("finances"), empty_frame("finance_standings")
    if profile_id != "constructed-museum":
        return Finances(
            LIBRARY, *blank, readiness, None, DAY, "constructed", ("the profile has no EIN, so no return can be found",)
        )
    years = [
        {"tax_year": year, "form": "990", "ratio": "operating_margin", "value": value, "unit": "share", "lines": "I 12, IX 25A",
         "reason": reason, "return_id": f"r{year}", "source": "irs_efile", "file": "constructed.xml", "place": "/Return"}
        for year, value, reason in ((2023, 0.02, None), (2024, None, "total expenses are blank"), (2025, -0.05, None))
    ]  # fmt: skip
    standing = {
        "ratio": "operating_margin", "question": "How much of its revenue is left?", "better": "higher", "unit": "share",
        "tax_year": 2025, "value": -0.05, "years": 2, "trend_reason": "2 years have a value, and 3 are needed",
        "peer_percentile": 20.0, "peers": 40, "peer_group": "constructed peers", "peer_p25": -0.01, "peer_median": 0.04, "peer_p75": 0.1,
    }  # fmt: skip
    return Finances(
        MUSEUM, filled("finances", years), filled("finance_standings", [standing]), readiness, 250_000.0, DAY, "constructed"
    )


def risks(decisions: pd.DataFrame) -> Risks:
    identities = list(decisions["candidate_id"])
    rows = [{"candidate_id": one, "kind": "foundation", "name": one, "risk": 0.63, "coverage": 0.7, "financial": 0.8,
             "sustainability": 0.2, "strongest": [], "unknown": []} for one in identities]  # fmt: skip
    signals = [
        {"candidate_id": None if about is None else one, "dimension": dimension, "signal": signal, "value": value, "weight": weight,
         "because": because, "evidence": None if behind is None else json.dumps(behind)}
        for about, dimension, signal, value, weight, because, behind in SIGNALS
        for one in (identities if about else [None])
    ]  # fmt: skip
    return Risks(MUSEUM, filled("risks", rows), filled("risk_signals", signals), DAY, "constructed")


def condition_rows(condition: str) -> EvidenceTable:
    name = json.loads(condition)["table"]
    if name not in ("filings", "giving", "people"):
        raise NotFound("table", name)
    row = {"name": "CONSTRUCTED MUSEUM", "tax_year": 2025, "total_revenue_usd": 250_000.0, "source": "irs_efile",
           "file": "constructed.xml", "place": "/Return/7"}  # fmt: skip
    return EvidenceTable(name, pd.DataFrame([row]), 1)
