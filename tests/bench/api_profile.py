"""GET one profile, warm, one worker, against the same server, behind the same gate, answering a constant JSON.

Both carry an access token, as programs do; the load comes from a second process.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time

from api_server import PROFILE, Served, answered, served

CONNECTIONS, SECONDS, ROUNDS = 16, 2.0, 3


async def answers_in(server: Served, path: str, seconds: float) -> int:
    """How many answers came over a few connections that are kept open."""
    end = time.perf_counter() + seconds
    request = server.request(path)

    async def ask() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        count = 0
        while time.perf_counter() < end:
            writer.write(request)
            status, body = await answered(reader)
            if status != 200:
                raise RuntimeError(f"{path}: {status} {body!r}")
            count += 1
        json.loads(body)
        writer.close()
        return count

    return sum(await asyncio.gather(*(ask() for _ in range(CONNECTIONS))))


def measured(server: Served) -> tuple[float, float]:
    """Requests a second: the profile, and the constant; alternating, the best round of each."""
    paths = (f"/api/profiles/{PROFILE}", "/api/constant")
    best = dict.fromkeys(paths, 0.0)
    for _ in range(ROUNDS + 1):  # the first one warms up
        for path in paths:
            best[path] = max(best[path], asyncio.run(answers_in(server, path, SECONDS)) / SECONDS)
    return best[paths[0]], best[paths[1]]


def run() -> list[dict]:
    """One server process, one process that asks."""
    with tempfile.TemporaryDirectory() as home, served(home) as server:
        ours, peer = measured(server)
    ratio = ours / peer
    return [
        {
            "name": "GET one profile, one worker", "ours": ours, "peer": peer, "unit": "requests/s", "ratio": ratio,
            "target": "≥ 0.5 × the same server with a constant JSON", "ok": ratio >= 0.5,
        }
    ]  # fmt: skip
