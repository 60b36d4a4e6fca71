"""The API as users meet it, in a process of its own: behind its gate, asked with an access token, as fast as it can answer."""

from __future__ import annotations

import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROFILE = "bench"


@dataclass(frozen=True)
class Served:
    """Where it answers, and with what it lets in."""

    port: int
    token: str

    def request(self, path: str, body: bytes | None = None) -> bytes:
        """Return a request as it goes over the line; a POST of JSON where there is a body."""
        head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\n"
        head += f"Authorization: Bearer {self.token}\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return head.encode() + b"\r\n" + (body or b"")


def application(home: str, port: int):
    """The API behind its gate, beside it a route that answers a constant, and an access token for both."""
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
    return gate, tokens.issue(Person("bench", ALLOWS[Role.ANALYST], None, "s", "hub")).access_token


def serve(home: str, listening: socket.socket, told) -> None:
    import uvicorn

    behind, token = application(home, listening.getsockname()[1])
    told.put(token)
    config = uvicorn.Config(behind, log_level="warning", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def served(home: str) -> Iterator[Served]:
    """Serve the workspace `home` from one process until the block ends."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        spawning = multiprocessing.get_context("spawn")
        told = spawning.Queue()
        server = spawning.Process(target=serve, args=(home, listening, told), daemon=True)
        server.start()
        try:
            yield Served(listening.getsockname()[1], told.get(timeout=60))
        finally:
            server.terminate()
            server.join()


async def answered(reader) -> tuple[int, bytes]:
    """Read one answer: its status and its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return int(head.split(b" ", 2)[1]), await reader.readexactly(length)
