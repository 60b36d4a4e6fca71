"""One profile against 120,000 funders with all criteria from the lake, against pandas ``apply`` over the same values.

The lake is generated, and every name in it says so; nothing of it is data. Its gifts and organisations have the shapes of real ones:
many funders with few gifts and few with many, a third of the recipients without a field. A question is warm when another was asked of
the same lake before; it reads what the profile received, counts its states and fields, compares its mission, scores every funder on
every criterion of its track, and tells of the best fifty. The peer has all values of all criteria already, and weighs them row by row.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from generated import kept_lake, write_lake

if TYPE_CHECKING:
    import pandas as pd

FUNDERS, GIFTS, ORGANIZATIONS, THIS_YEAR = 120_000, 2_000_000, 400_000, 2024
QUESTIONS, PEER_ROWS = 15, 6_000
WORDS = [
    "museum",
    "art",
    "painting",
    "quilt",
    "school",
    "child",
    "reading",
    "river",
    "forest",
    "bird",
    "health",
    "clinic",
    "cancer",
    "housing",
    "shelter",
    "food",
    "pantry",
    "music",
    "theatre",
    "dance",
    "history",
    "archive",
    "science",
    "robotics",
    "veteran",
    "youth",
    "sport",
    "camp",
    "library",
    "garden",
    "farm",
    "climate",
    "water",
    "justice",
    "court",
    "church",
    "choir",
]

_ORGANIZATIONS = f"""
    SELECT printf('%09d', 100000000 + i) AS ein, 'generated_organization_' || i AS name,
        $states[1 + floor(len($states) * pow((hash(i, 1) % 1000000) / 1e6, 2))::INT] AS state,
        CASE WHEN hash(i, 2) % 100 < 68 THEN chr(65 + floor(26 * pow((hash(i, 3) % 1000000) / 1e6, 1.5))::INT)
            || (20 + hash(i, 9) % 60)::VARCHAR END AS ntee_code,
        round(exp(12 + 2 * sqrt(-2 * ln((1 + hash(i, 10) % 1000000) / 1000001.0)) * cos(hash(i, 11) % 1000000 / 159155.0))) AS revenue_usd
    FROM range({ORGANIZATIONS}) t(i)"""
_GRANTS = f"""
    SELECT 'generated_' || i AS grant_id, printf('%09d', 900000000 + CASE WHEN i < {FUNDERS} THEN i
            ELSE floor({FUNDERS} * pow((hash(i, 5) % 10000000) / 1e7, 2))::INT END) AS funder_ein,
        printf('%09d', 100000000 + hash(i, 4) % {ORGANIZATIONS}) AS recipient_ein,
        {THIS_YEAR} - floor(12 * pow((hash(i, 6) % 1000000) / 1e6, 1.3))::INT AS year,
        round(exp(9.2 + 1.6 * sqrt(-2 * ln((1 + hash(i, 7) % 1000000) / 1000001.0)) * cos(hash(i, 8) % 1000000 / 159155.0))) AS amount_usd,
        $words[1 + (hash(i, 12) % len($words))::INT] || ' ' || $words[1 + (hash(i, 13) % len($words))::INT] AS purpose
    FROM range({GIFTS}) t(i)"""
_ROWS = {
    "organizations": "SELECT *, left(ntee_code, 1) AS ntee_major FROM known",
    "grants": "SELECT given.*, 'generated_funder_' || funder_ein AS funder_name, name AS recipient_name, state AS recipient_state, "
    "'organization' AS recipient_kind, 'paid' AS status FROM given JOIN known ON ein = recipient_ein",
    "giving": "SELECT grant_id AS gift_id, 'foundation' AS track, 'ein:' || funder_ein AS funder_key, 'generated_funder_' || funder_ein "
    "AS funder_name, funder_ein, 'ein:' || ein AS recipient_key, name AS recipient_name, ein AS recipient_ein, "
    "'organization' AS recipient_kind, state AS recipient_state, left(ntee_code, 1) AS ntee_major, 'paid' AS status, year, amount_usd "
    "FROM given JOIN known ON ein = recipient_ein ORDER BY recipient_state, ntee_major NULLS LAST, year, gift_id",
}


def generated_lake() -> Path:
    """Return the generated lake."""
    return kept_lake("funders", Path(__file__), _generate)


def _generate(lake: Path) -> None:
    import duckdb

    from catalynx.lake.giving import ROW_GROUP_ROWS, write_giving
    from catalynx.lake.name_words import STATES

    with duckdb.connect(config={"threads": 2, "temp_directory": str(lake / "temporary")}) as connection:
        connection.execute(f"CREATE TABLE known AS {_ORGANIZATIONS}", {"states": sorted(set(STATES.values()))[:51]})
        connection.execute(f"CREATE TABLE given AS {_GRANTS}", {"words": WORDS})
        giving = {"giving": lambda path, schema, rows: write_giving(path, rows)}
        write_lake(lake, connection, _ROWS, "'generated'", batch_rows=ROW_GROUP_ROWS, writes=giving)
    shutil.rmtree(lake / "temporary", ignore_errors=True)


def row_by_row(values: pd.DataFrame, weights: pd.DataFrame) -> pd.Series:
    """The peer: ``apply`` over rows, each weighed by hand."""

    def weigh(row: pd.Series) -> float:
        known = row.notna()
        held = weights.loc[row.name][known]
        return float((row[known] * held).sum() / held.sum()) if held.sum() else float("nan")

    return values.apply(weigh, axis=1)


def run() -> list[dict[str, object]]:
    """Return a row for the whole question, and one for the arithmetic within it."""
    import numpy as np
    import pandas as pd

    from catalynx import workflows
    from catalynx.lookups.ranking import best_candidates
    from catalynx.records.profile import make_profile
    from catalynx.scoring import weigh_candidates
    from catalynx.scoring.weighing import weigh
    from catalynx.settings import load_settings

    whole: list[float] = []
    bare: list[float] = []
    lake = generated_lake()
    with tempfile.TemporaryDirectory() as home, workflows.Workspace(load_settings(home=home)) as workspace:
        workspace.settings.lake.parent.mkdir(parents=True, exist_ok=True)
        workspace.settings.lake.symlink_to(lake)
        workspace.set_as_of(workflows.DEMO_AS_OF)
        for number in range(QUESTIONS + 2):
            profile = make_profile({
                "organization_name": f"generated {number}", "ein": f"{100000000 + number}", "state": "VT", "is_501c3": True,
                "ntee_codes": ["A50"], "annual_revenue_usd": 4e5, "mission_statement": " ".join(WORDS[number : number + 12]),
                "funding_preferences": {"ask_min_usd": 5_000, "ask_max_usd": 50_000},
            })  # fmt: skip
            started = time.perf_counter()
            best, _ = best_candidates(workspace, profile, top=50)
            whole.append(time.perf_counter() - started)
        assert len(best) == 50
        applicant, rules = workflows.applicant_of(profile), workflows.rules_for(workspace, profile)
        candidates = workflows.prospects_for(workspace, applicant, rules, told=False)
        weighed = weigh_candidates(candidates, applicant, rules)
    values, weights = np.ascontiguousarray(weighed.values.T), np.ascontiguousarray(weighed.weights.T)
    for _ in range(20):
        started = time.perf_counter()
        score, _ = weigh(values, weights)
        bare.append(time.perf_counter() - started)
    frame, shares = pd.DataFrame(weighed.values).head(PEER_ROWS), pd.DataFrame(weighed.weights)
    started = time.perf_counter()
    expected = row_by_row(frame, shares)
    peer_ms = 1000 * (time.perf_counter() - started) * len(candidates) / PEER_ROWS
    np.testing.assert_allclose(score[:PEER_ROWS], expected, atol=1e-9)
    whole_ms, bare_ms = 1000 * statistics.median(whole[2:]), 1000 * statistics.median(bare)
    name = f"one profile against {len(candidates):,} generated funders, {values.shape[0]} criteria"
    return [
        {"name": f"{name}: from the lake, warm, best 50 told (the first question took {whole[0]:.1f} s)", "ours": whole_ms, "peer": None,
         "unit": "ms", "ratio": None, "target": "<= 250 ms", "ok": whole_ms <= 250},
        {"name": f"{name}: the arithmetic (peer: pandas apply, from {PEER_ROWS:,} rows)", "ours": bare_ms, "peer": peer_ms, "unit": "ms",
         "ratio": peer_ms / bare_ms, "target": "<= 10 ms", "ok": bare_ms <= 10},
    ]  # fmt: skip
