"""Shortest ways between organisations over 1.2 million people, 250,000 organisations and 1.8 million edges, against networkx.

The lake is generated, and every name in it says so; nothing of it is data. 1.5 million seats and 300,000 pairs of a funder and a
recipient, as uneven as a square makes them. Ours is loaded as a workspace loads it, from the tables of the lake through the matching
of names; memory is what a process that has asked the lake before grows by. networkx gets the same edges as numbers, in the same process afterwards, and
both find ways between the same pairs in turns, warm, on one core; CPU
time counts, for other work on the machine must not. networkx comes with the extra `test`; without it its column stays empty.
"""

from __future__ import annotations

import gc
import importlib.util
import random
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generated import kept_lake, write_lake

if TYPE_CHECKING:
    from catalynx.boards import Boards
    from catalynx.ties import Ties

PEOPLE, ORGANIZATIONS, SEATS, PAIRS, FUNDERS = 1_200_000, 250_000, 1_500_000, 300_000, 20_000
PATHS = 300

_LETTERS = "chr((65 + ({0}) % 26)::INT) || chr((65 + ({0}) // 26 % 26)::INT) || chr((65 + ({0}) // 676 % 26)::INT)"
_CODE = f"{_LETTERS.format('person')} || {_LETTERS.format('person // 17576')}"
_EIN = "printf('%09d', 100000000 + {0})"
_UNEVEN = "floor({1} * pow((hash(i, {0}) % 10000000) / 1e7, 1.5))::BIGINT"
_PEOPLE = f"""
    WITH seats AS (
        SELECT i, CASE WHEN i < {PEOPLE} THEN i ELSE (hash(i, 1) % {PEOPLE})::BIGINT END AS person,
            CASE WHEN i < {ORGANIZATIONS} THEN i ELSE {_UNEVEN.format(2, ORGANIZATIONS)} END AS organization
        FROM range({SEATS}) t(i))
    SELECT DISTINCT ON (organization, person) 'generated_' || organization AS return_id, {_EIN.format("organization")} AS ein,
        'GENERATED ' || {_LETTERS.format("hash(person, 3) % 17576")} || ' GEN' || {_CODE} AS person_name,
        ['DIRECTOR', 'TREASURER', 'CHAIR'][1 + (hash(i, 4) % 3)::INT] AS role, 2022::BIGINT AS tax_year
    FROM seats ORDER BY organization, person"""
_ORGANIZATIONS = f"""
    SELECT {_EIN.format("i")} AS ein, 'GENERATED ORGANIZATION ' || i AS name, 'GENERATED CITY ' || (i % 997) AS city,
        ['CA', 'NY', 'TX', 'VT'][1 + (i % 4)::INT] AS state FROM range({ORGANIZATIONS}) t(i)"""
_GIVING = f"""
    WITH gifts AS (
        SELECT DISTINCT {_UNEVEN.format(5, FUNDERS)} AS funder, {_UNEVEN.format(6, ORGANIZATIONS)} AS recipient
        FROM range({PAIRS * 21 // 20}) t(i))
    SELECT 'generated_' || funder || '_' || recipient AS gift_id, 'foundation' AS track, 'ein:' || {_EIN.format("funder")} AS funder_key,
        'GENERATED ORGANIZATION ' || funder AS funder_name, {_EIN.format("funder")} AS funder_ein,
        'ein:' || {_EIN.format("recipient")} AS recipient_key, 'GENERATED ORGANIZATION ' || recipient AS recipient_name,
        {_EIN.format("recipient")} AS recipient_ein, 'organization' AS recipient_kind, 'paid' AS status, 2020::BIGINT AS year,
        1000.0 AS amount_usd
    FROM gifts WHERE funder <> recipient ORDER BY gift_id LIMIT {PAIRS}"""


def generated_lake() -> Path:
    """Return the generated lake."""
    return kept_lake("network", Path(__file__), _generate)


def _generate(lake: Path) -> None:
    import duckdb

    queries = {"people": _PEOPLE, "organizations": _ORGANIZATIONS, "giving": _GIVING}
    with duckdb.connect(config={"threads": 2}) as connection:
        write_lake(lake, connection, queries, "'generated_' || row_number() OVER ()", batch_rows=100_000)


def megabytes() -> float:
    import psutil

    gc.collect()
    return psutil.Process().memory_info().rss / 2**20


def loaded() -> tuple[Ties, Boards, float, float]:
    """Load in a process that has asked the lake before; return also the seconds it took and the megabytes that it grew by."""
    import scipy.sparse.csgraph  # noqa: F401 (what the loading imports is no memory of the graph)

    from catalynx.lake import open_lake
    from catalynx.ties import ties_of

    with open_lake(generated_lake()) as snapshot:
        for table, column in (("people", "role"), ("giving", "funder_key"), ("organizations", "city")):
            snapshot.sql(f"SELECT {column}, count(*) AS rows FROM {table} GROUP BY ALL")
        before, started = megabytes(), time.perf_counter()
        ties = ties_of(snapshot)
        boards = ties.boards(snapshot)
        seconds = time.perf_counter() - started
        return ties, boards, seconds, megabytes() - before


def peer_of(boards: Boards, ties: Ties) -> Any:
    """The same edges for networkx, with the people on one board only, whom ours leaves out, as it has no way to know that."""
    if importlib.util.find_spec("networkx") is None:
        return None
    import networkx

    from catalynx.lake import open_lake

    graph = networkx.Graph()
    with open_lake(generated_lake()) as snapshot:
        seats = snapshot.arrow("SELECT 'ein:' || ein AS key, person_name FROM people")
    keys = {key: node for node, key in enumerate(ties.organizations["key"].to_pylist())}
    graph.add_edges_from(
        (keys[key], name) for key, name in zip(seats["key"].to_pylist(), seats["person_name"].to_pylist(), strict=True)
    )
    graph.add_edges_from(zip(*(nodes.tolist() for nodes in ties.gift_nodes()), strict=True))
    return graph


def run() -> list[dict[str, object]]:
    """Return a row for the time of a way, and one for the memory."""
    ties, boards, seconds, grown = loaded()
    size = f"{boards.people:,} people, {len(ties.organizations):,} organisations, {boards.seats + len(ties.pairs):,} edges"
    before = megabytes()
    peer = peer_of(boards, ties)
    peer_grown = megabytes() - before if peer is not None else None
    chance = random.Random(20261122)
    asked = [tuple(chance.sample(range(len(ties.organizations)), 2)) for _ in range(PATHS)]
    for start, end in asked[:20]:
        boards.graph.paths(start, end)
    ours, theirs = [], []
    for start, end in asked:
        started = time.process_time()
        found = boards.graph.paths(start, end)
        ours.append(1000 * (time.process_time() - started))
        if peer is not None:
            started = time.process_time()
            length = _length(peer, start, end)
            theirs.append(1000 * (time.process_time() - started))
            if length != (len(found[0]) if found else None):
                raise RuntimeError(f"from {start} to {end}: ours {found}, networkx {length}")
    name = f"shortest path, generated: {size}"
    middle, slow = statistics.median(ours), statistics.quantiles(ours, n=20)[-1]
    other = statistics.median(theirs) if theirs else None
    return [
        {"name": f"{name}: median of {PATHS}", "ours": middle, "peer": other, "unit": "ms", "ratio": other and other / middle,
         "target": "<= 5 ms; the peer is networkx", "ok": middle <= 5},
        {"name": f"{name}: 95th percentile", "ours": slow, "peer": statistics.quantiles(theirs, n=20)[-1] if theirs else None,
         "unit": "ms", "ratio": None, "target": "<= 5 ms", "ok": slow <= 5},
        {"name": f"{name}: grown by after loading", "ours": grown, "peer": peer_grown, "unit": "MB",
         "ratio": peer_grown and peer_grown / grown, "target": "<= 200 MB", "ok": grown <= 200},
        {"name": f"{name}: loading from the lake, once a version", "ours": seconds, "peer": None, "unit": "s", "ratio": None,
         "target": "said", "ok": True},
    ]  # fmt: skip


def _length(peer: Any, start: int, end: int) -> int | None:
    import networkx

    try:
        return len(networkx.bidirectional_shortest_path(peer, start, end)) - 1
    except networkx.NetworkXNoPath:
        return None
