"""Funders that gave to a field in a state, in a lake of 1.9 million organisations and 6 million grants, against pandas in memory.

The lake is generated, and every name in it says so; nothing of it is data. Its tables are written by the code that writes those of a
real lake: sorted by state, field and year, in the same row groups, with page checksums. The peer holds grants and organisations as
frames, made ready beforehand: it masks grants by year and amount, which leaves little, looks up state and field of their recipients,
and groups by funder. Both answer the same questions in turns, warm; the answers are compared.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.lake import Snapshot

ROOT = Path(__file__).parents[2]
DATA = ROOT / "build" / "bench-data"
ORGANIZATIONS, GRANTS, FUNDERS = 1_900_000, 6_000_000, 60_000
QUESTIONS, COMPARED = 240, 16
THIS_YEAR = 2024

# States and fields are as uneven as the real ones: a square puts many organisations into few of them.
_ORGANIZATIONS = f"""
    SELECT printf('%09d', 100000000 + 7 * i) AS ein, 'generated_organization_' || i AS name,
        $states[1 + floor(len($states) * pow((hash(i, 1) % 1000000) / 1e6, 2))::INT] AS state,
        CASE WHEN hash(i, 2) % 100 < 68
            THEN chr(65 + floor(26 * pow((hash(i, 3) % 1000000) / 1e6, 1.5))::INT) END AS ntee_major
    FROM range({ORGANIZATIONS}) t(i)"""
_GIVING = f"""
    WITH gifts AS (
        SELECT i, printf('%09d', 100000000 + 7 * (hash(i, 4) % {ORGANIZATIONS})) AS ein,
            floor({FUNDERS} * pow((hash(i, 5) % 10000000) / 1e7, 2))::INT AS funder,
            {THIS_YEAR} - floor(15 * pow((hash(i, 6) % 1000000) / 1e6, 1.3))::INT AS year,
            round(exp(9.2 + 1.6 * sqrt(-2 * ln((1 + hash(i, 7) % 1000000) / 1000001.0)) * cos(hash(i, 8) % 1000000 / 159155.0))) AS usd
        FROM range({GRANTS}) t(i))
    SELECT 'generated_' || i AS gift_id, 'foundation' AS track, 'ein:' || printf('%09d', 900000000 + funder) AS funder_key,
        'generated_funder_' || funder AS funder_name, printf('%09d', 900000000 + funder) AS funder_ein,
        NULL::VARCHAR AS assistance_listing, 'ein:' || ein AS recipient_key, name AS recipient_name, ein AS recipient_ein,
        'organization' AS recipient_kind, state AS recipient_state, ntee_major, 'paid' AS status, year::BIGINT AS year, usd AS amount_usd
    FROM gifts JOIN known USING (ein)
    ORDER BY recipient_state NULLS LAST, ntee_major NULLS LAST, year NULLS LAST, gift_id"""


def generated_lake() -> Path:
    """Return the generated lake; it is made once for each state of the code that makes it (`make clean` removes it)."""
    from catalynx.lake import building, giving, parquet

    made_by = (
        b"".join(Path(str(module.__file__)).read_bytes() for module in (building, giving, parquet)) + Path(__file__).read_bytes()
    )
    lake = DATA / f"generated_lake_{hashlib.sha256(made_by).hexdigest()[:12]}"
    if not (lake / "current").exists():
        for old in DATA.glob("generated_lake_*"):
            shutil.rmtree(old)
        _generate(lake)
    return lake


def _generate(lake: Path) -> None:
    import duckdb

    from catalynx.columns import arrow_schema
    from catalynx.lake.giving import ROW_GROUP_ROWS, write_giving
    from catalynx.lake.name_words import STATES
    from catalynx.lake.parquet import digest, write
    from catalynx.lake.versions import TableFile, Version, save, use

    folder = lake / "versions" / "20240101T000000-generate"
    folder.mkdir(parents=True)
    with duckdb.connect(config={"threads": 2, "temp_directory": str(lake / "temporary")}) as connection:
        states = sorted(set(STATES.values()) - {"PR", "GU", "VI", "AS", "MP"})[:51]
        random.Random(1).shuffle(states)
        connection.execute(f"CREATE TABLE known AS {_ORGANIZATIONS}", {"states": states})
        schema = arrow_schema("organizations")
        fixed = {"source": "'generated'", "file": "'generated'", "place": "'generated'"}
        known = {"ein", "name", "state", "ntee_major"}
        columns = ", ".join(name if name in known else f"{fixed.get(name, 'NULL')} AS {name}" for name in schema.names)
        rows = connection.sql(f"SELECT {columns} FROM known").to_arrow_reader(ROW_GROUP_ROWS)
        counts = {"organizations": write(folder / "organizations.parquet", schema, (batch.cast(schema) for batch in rows))}
        schema = arrow_schema("giving")
        rows = connection.sql(_GIVING).to_arrow_reader(ROW_GROUP_ROWS)
        counts["giving"] = write_giving(folder / "giving.parquet", (batch.cast(schema) for batch in rows))
    tables = tuple(
        TableFile(name, count, 0, (folder / f"{name}.parquet").stat().st_size, digest(folder / f"{name}.parquet"))
        for name, count in counts.items()
    )
    save(Version(folder.name, "2024-01-01T00:00:00.000+00:00", "generated", (), tables), folder)
    use(lake, folder.name)
    shutil.rmtree(lake / "temporary", ignore_errors=True)


def questions(snapshot: Snapshot, count: int) -> list[dict[str, object]]:
    """Random questions about states and fields in which somebody gave."""
    chance = random.Random(20261122)
    places = snapshot.sql(
        "SELECT DISTINCT recipient_state AS state, ntee_major FROM giving WHERE ntee_major IS NOT NULL ORDER BY ALL"
    )
    asked = []
    for place in chance.choices(places.to_dict("records"), k=count):
        least = chance.choice([1_000, 5_000, 10_000, 25_000])
        since = chance.choice([THIS_YEAR - 4, THIS_YEAR - 4, THIS_YEAR - 7])
        asked.append({**place, "least_usd": least, "most_usd": least * chance.choice([5, 10, 50]), "since_year": since})
    return asked


def in_memory(snapshot: Snapshot) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The peer's frames: grants, and organisations by EIN."""
    grants = snapshot.sql("SELECT funder_key, recipient_ein, year, amount_usd FROM giving")
    grants["year"] = grants["year"].astype("int64")
    grants["funder_key"] = grants["funder_key"].astype("category")
    organizations = snapshot.sql("SELECT ein, state, ntee_major FROM organizations").set_index("ein")
    return grants.astype({"recipient_ein": "str"}), organizations.astype("category")


def by_pandas(grants: pd.DataFrame, organizations: pd.DataFrame, asked: dict[str, object]) -> pd.DataFrame:
    kept = grants[
        (grants["year"] >= asked["since_year"])
        & (grants["amount_usd"] >= asked["least_usd"])
        & (grants["amount_usd"] <= asked["most_usd"])
    ]
    there = organizations[(organizations["state"] == asked["state"]) & (organizations["ntee_major"] == asked["ntee_major"])]
    kept = kept[kept["recipient_ein"].isin(there.index)]
    found = kept.groupby("funder_key", observed=True).agg(
        gifts=("year", "size"), total_usd=("amount_usd", "sum"), median_usd=("amount_usd", "median"), last_year=("year", "max")
    )
    found = found.reset_index().astype({"funder_key": "str"})
    return found.sort_values(["total_usd", "funder_key"], ascending=[False, True], ignore_index=True)


def run() -> list[dict[str, object]]:
    """Return a row for the ratio of medians, and one for the 95th percentile."""
    import pandas as pd

    from catalynx.lake import open_lake
    from catalynx.lake.queries import funders_that_gave

    ours: list[float] = []
    peer: list[float] = []
    with open_lake(generated_lake()) as snapshot:
        grants, organizations = in_memory(snapshot)
        asked = questions(snapshot, QUESTIONS)
        for question in asked[:20]:
            funders_that_gave(snapshot, limit=10**6, **question)  # type: ignore[arg-type]
        by_pandas(grants, organizations, asked[0])
        for number, question in enumerate(asked):
            started = time.perf_counter()
            found = funders_that_gave(snapshot, limit=10**6, **question)  # type: ignore[arg-type]
            ours.append(time.perf_counter() - started)
            if number % (QUESTIONS // COMPARED) == 0:
                started = time.perf_counter()
                expected = by_pandas(grants, organizations, question)
                peer.append(time.perf_counter() - started)
                pd.testing.assert_frame_equal(found[list(expected.columns)], expected, check_dtype=False)
    ours_ms, peer_ms = 1000 * statistics.median(ours), 1000 * statistics.median(peer)
    slow_ms = 1000 * statistics.quantiles(ours, n=20)[-1]
    name = f"discovery query, {ORGANIZATIONS:,} organisations and {GRANTS:,} grants"
    return [
        {"name": f"{name}: median", "ours": ours_ms, "peer": peer_ms, "unit": "ms", "ratio": peer_ms / ours_ms,
         "target": ">= 15 x pandas in memory", "ok": peer_ms / ours_ms >= 15},
        {"name": f"{name}: 95th percentile of {QUESTIONS}", "ours": slow_ms, "peer": None, "unit": "ms", "ratio": None,
         "target": "<= 30 ms", "ok": slow_ms <= 30},
    ]  # fmt: skip
