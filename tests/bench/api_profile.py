"""GET one profile, warm, one worker, against the same server, behind the same gate, answering a constant JSON.

Both carry an access token, as programs do; the load comes from a second process.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
import tempfile
import time
from pathlib import Path

CONNECTIONS, SECONDS, ROUNDS = 16, 2.0, 3
PROFILE = "bench"


def application(home: str, port: int):
    """The API behind its gate, and beside it a route that answers a constant; also an access token for both."""
    from fastapi import FastAPI
    from fastapi.responses import Response

    from catalynx.api import make_api
    from catalynx.hub import ALLOWS, Bearer, Gate, Keys, Limits, Person, Rate, Role, Tokens
    from catalynx.records.profile import make_profile
    from catalynx.records.store import open_records
    from catalynx.settings import load_settings

    settings = load_settings(home=home)
    profile = make_profile({"profile_id": PROFILE, "organization_name": "Bench", "mission_statement": "word " * 60})
    records = open_records(settings.records_url)
    body = records.save_profile(profile).model_dump_json().encode()
    tokens = Tokens(records, Keys(Path(home) / "keys"), issuer="bench", audience="bench")
    inner = FastAPI(openapi_url=None)

    @inner.get("/api/constant")
    async def constant() -> Response:
        return Response(body, media_type="application/json")

    inner.mount("/api", make_api(settings, tokens=tokens))
    unlimited = Limits(requests=Rate("requests", 10**9, 1))
    gate = Gate(inner, [Bearer(tokens)], hosts=[f"localhost:{port}"], nonce_mark="no page here", limits=unlimited)
    return gate, tokens.issue(Person("bench", ALLOWS[Role.EXECUTIVE], None, "s", "hub")).access_token


def serve(home: str, listening: socket.socket, told) -> None:
    import uvicorn

    behind, token = application(home, listening.getsockname()[1])
    told.put(token)
    config = uvicorn.Config(behind, log_level="warning", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


async def answers_in(port: int, token: str, path: str, seconds: float) -> int:
    """How many answers came over a few connections that are kept open."""
    end = time.perf_counter() + seconds
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()

    async def ask() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        count = 0
        while time.perf_counter() < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            json_body = await reader.readexactly(length)
            count += 1
        json.loads(json_body)
        writer.close()
        return count

    return sum(await asyncio.gather(*(ask() for _ in range(CONNECTIONS))))


def measured(port: int, token: str) -> tuple[float, float]:
    """Requests a second: the profile, and the constant; alternating, the best round of each."""
    paths = (f"/api/profiles/{PROFILE}", "/api/constant")
    best = dict.fromkeys(paths, 0.0)
    for _ in range(ROUNDS + 1):  # the first one warms up
        for path in paths:
            best[path] = max(best[path], asyncio.run(answers_in(port, token, path, SECONDS)) / SECONDS)
    return best[paths[0]], best[paths[1]]


def run() -> list[dict]:
    """One server process, one process that asks."""
    with tempfile.TemporaryDirectory() as home, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        spawning = multiprocessing.get_context("spawn")
        told = spawning.Queue()
        server = spawning.Process(target=serve, args=(home, listening, told), daemon=True)
        server.start()
        try:
            ours, peer = measured(listening.getsockname()[1], told.get(timeout=60))
        finally:
            server.terminate()
            server.join()
    ratio = ours / peer
    return [
        {
            "name": "GET one profile, one worker", "ours": ours, "peer": peer, "unit": "requests/s", "ratio": ratio,
            "target": "≥ 0.5 × the same server with a constant JSON", "ok": ratio >= 0.5,
        }
    ]  # fmt: skip


if __name__ == "__main__":
    print(Path(__file__).stem, run())
