"""A hundred people at the API: 70 % reads, 20 % searches, 10 % scores, a second of thought between, over the shipped sample."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from api_server import Served, answered, served
from sample_workspace import sample_workspace

PEOPLE, THINK_SECONDS, SECONDS = 100, 1.0, 20.0
WORDS = ("museum", "river", "church", "library", "arts", "health", "school", "fund", "valley", "history", "youth", "land")


def requests_of(server: Served, profile_id: str, eins: list[str], chance: random.Random) -> tuple[str, bytes]:
    """Return what somebody asks next, and of which sort it is."""
    drawn = chance.random()
    if drawn < 0.7:
        path = chance.choice((f"/api/profiles/{profile_id}", "/api/profiles", f"/api/entities/{chance.choice(eins)}/data",
                              f"/api/profiles/{profile_id}/tracked"))  # fmt: skip
        return "read", server.request(path)
    if drawn < 0.9:
        return "search", server.request(f"/api/search?q={chance.choice(WORDS)}&page={chance.randint(1, 5)}")
    return "score", server.request(f"/api/profiles/{profile_id}/opportunity-scores?page_size=20", json.dumps({}).encode())


async def person(server: Served, number: int, until: float, profile_id: str, eins: list[str], seen: list) -> None:
    chance = random.Random(number)
    await asyncio.sleep(chance.random() * THINK_SECONDS)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    while time.perf_counter() < until:
        sort, request = requests_of(server, profile_id, eins, chance)
        began = time.perf_counter()
        writer.write(request)
        status, _ = await answered(reader)
        seen.append((sort, (time.perf_counter() - began) * 1000, status))
        await asyncio.sleep(chance.uniform(0.5, 1.5) * THINK_SECONDS)
    writer.close()


async def load(server: Served, seconds: float, profile_id: str, eins: list[str]) -> list[tuple[str, float, int]]:
    seen: list[tuple[str, float, int]] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*(person(server, number, until, profile_id, eins, seen) for number in range(PEOPLE)))
    return seen


def run() -> list[dict]:
    """Warm up for a few seconds, then measure every answer."""
    with tempfile.TemporaryDirectory() as home:
        profile_id, eins = sample_workspace(Path(home))
        with served(home) as server:
            asyncio.run(load(server, 8.0, profile_id, eins))
            seen = asyncio.run(load(server, SECONDS, profile_id, eins))
    failed = sum(status >= 400 for _, _, status in seen) / len(seen) * 100
    for sort in ("read", "search", "score"):
        times = [milliseconds for kind, milliseconds, _ in seen if kind == sort]
        print(f"{sort}: {len(times)} answers, median {statistics.median(times):.1f} ms", file=sys.stderr)
    p95 = statistics.quantiles([milliseconds for _, milliseconds, _ in seen], n=20)[-1]
    return [
        {"name": f"mixed load, {PEOPLE} people, {len(seen):,} answers: 95th percentile", "ours": p95, "peer": None, "unit": "ms",
         "ratio": None, "target": "< 100 ms", "ok": p95 < 100},
        {"name": "mixed load: answers that were errors", "ours": failed, "peer": None, "unit": "%", "ratio": None,
         "target": "< 0.1 %", "ok": failed < 0.1},
    ]  # fmt: skip
