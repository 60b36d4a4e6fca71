"""A server as users meet it, in a process of its own: the API behind its gate, over the workspace that the command line names."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from catalynx.api import make_api
from catalynx.hub import ALLOWS, Bearer, Gate, Keys, Person, Role, Tokens
from catalynx.jobs import Jobs
from catalynx.records.store import open_records
from catalynx.settings import load_settings


def main(home: Path) -> None:
    """Serve until killed; the first line of output tells the port, and a token of each role."""
    settings = load_settings(home=home)
    with socket.socket() as listening, open_records(settings.records_url) as records:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        port = listening.getsockname()[1]
        tokens = Tokens(records, Keys(home / "keys"), issuer="test", audience="test")
        api = make_api(settings, tokens=tokens, jobs=Jobs(settings, records))
        gate = Gate(Starlette(routes=[Mount("/api", api)]), [Bearer(tokens)], hosts=[f"localhost:{port}"], nonce_mark="none")
        people = {role: Person(f"{role}-of-arts", ALLOWS[role], frozenset({"arts"}), "s", "hub") for role in Role}
        given = {str(role): tokens.issue(person).access_token for role, person in people.items()}
        print(json.dumps({"port": port, "tokens": given}), flush=True)
        config = uvicorn.Config(gate, log_level="warning", access_log=False, lifespan="off")
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
