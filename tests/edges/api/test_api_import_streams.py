"""Files of up to 50 MB on a real server: taken as they come, in little memory; one byte more is refused before it has all come."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalynx.hub import IMPORT_BYTES

pytestmark = pytest.mark.xdist_group("api")
PIECE = b" " * 2**20
MORE_MEMORY = 64 * 2**20
BODIES = {"/api/imports?name=large.csv": "application/octet-stream", "/api/profiles/import": "application/json"}


@dataclass(frozen=True)
class Server:
    """Where it answers, as whom, and how much memory it has had."""

    port: int
    tokens: dict[str, str]
    pid: int
    home: Path

    @property
    def most_memory(self) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

    def begin(self, role: str, path: str, **headers: str) -> http.client.HTTPConnection:
        """Send the head of a POST."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        connection.putrequest("POST", path)
        for name, value in {"Authorization": f"Bearer {self.tokens[role]}", **headers}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        return connection

    def send(self, role: str, path: str, pieces: Iterator[bytes], size: int, **headers: str) -> tuple[int, Any]:
        connection = self.begin(role, path, Content_Length=str(size), **headers)
        for piece in pieces:
            connection.send(piece)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()
        return answer.status, told


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("import-server")
    command = [sys.executable, str(Path(__file__).with_name("import_server.py")), str(home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    told = json.loads(process.stdout.readline())
    yield Server(told["port"], told["tokens"], process.pid, home)
    process.kill()
    process.wait()


def left(server: Server) -> list[Path]:
    """What came in and is still there."""
    return [path for path in (server.home / "uploads").rglob("*") if path.is_file()]


def nothing_is_left(server: Server) -> bool:
    """Whether what came in goes within seconds; who was refused may have the answer before it is gone."""
    deadline = time.monotonic() + 10
    while left(server) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not left(server)


def pieces(first: bytes, last: bytes, size: int) -> Iterator[bytes]:
    """Give `size` bytes: blanks between a beginning and an end."""
    yield first
    blanks = size - len(first) - len(last)
    for begin in range(0, blanks, len(PIECE)):
        yield PIECE[: min(len(PIECE), blanks - begin)]
    yield last


def profile(number: int) -> bytes:
    return json.dumps({"organization_name": f"Constructed {number}", "team": "arts"}).encode()


def test_fifty_megabytes_of_profiles_are_kept_in_little_memory(server: Server) -> None:
    kind = {"Content_Type": "application/json"}
    assert server.send("analyst", "/api/profiles/import", iter([profile(0)]), len(profile(0)), **kind)[0] == 200
    before = server.most_memory
    file = pieces(b"[" + profile(1) + b",", profile(2) + b"]", IMPORT_BYTES)
    status, told = server.send("analyst", "/api/profiles/import", file, IMPORT_BYTES, **kind)
    assert (status, told["made"]) == (200, 2), told
    assert server.most_memory - before < MORE_MEMORY
    assert nothing_is_left(server)


def test_fifty_megabytes_of_a_published_file_wait_in_private_and_in_little_memory(server: Server) -> None:
    kind = {"Content_Type": "application/octet-stream"}
    before = server.most_memory
    status, told = server.send(
        "admin", "/api/imports?name=large.csv", pieces(b"a,b\n", b"\n", IMPORT_BYTES), IMPORT_BYTES, **kind
    )
    assert (status, told["kind"], told["state"]) == (202, "import", "queued"), told
    assert server.most_memory - before < MORE_MEMORY
    (file,) = left(server)
    assert (file.name, file.stat().st_size, file.stat().st_mode & 0o777) == ("large.csv", IMPORT_BYTES, 0o600)
    assert [place.stat().st_mode & 0o777 for place in (file.parent, file.parent.parent)] == [0o700, 0o700]
    cancelling = server.begin("admin", f"/api/jobs/{told['job_id']}/cancel", Content_Length="0")
    assert json.loads(cancelling.getresponse().read())["state"] == "cancelled"
    assert nothing_is_left(server)


@pytest.mark.parametrize("path", BODIES)
def test_one_byte_more_is_refused_before_any_of_it_has_come(server: Server, path: str) -> None:
    connection = server.begin("admin", path, Content_Length=str(IMPORT_BYTES + 1), Content_Type=BODIES[path])
    answer = connection.getresponse()
    assert (answer.status, answer.headers["content-type"]) == (413, "application/problem+json")
    assert nothing_is_left(server)


@pytest.mark.parametrize("path", BODIES)
def test_one_byte_more_that_was_not_announced_is_refused_when_it_comes(server: Server, path: str) -> None:
    connection = server.begin("admin", path, Transfer_Encoding="chunked", Content_Type=BODIES[path])
    for _ in range(IMPORT_BYTES // len(PIECE)):
        connection.send(b"%x\r\n%b\r\n" % (len(PIECE), PIECE))
    connection.send(b"1\r\n \r\n")  # and no end: whoever waits for it waits in vain
    answer = connection.getresponse()
    assert (answer.status, answer.headers["content-type"]) == (413, "application/problem+json")
    assert nothing_is_left(server)


@pytest.mark.parametrize(("role", "path"), [("executive", "/api/profiles/import"), ("analyst", "/api/imports?name=a.csv")])
def test_who_may_not_is_refused_before_any_of_it_has_come(server: Server, role: str, path: str) -> None:
    connection = server.begin(role, path, Content_Length=str(IMPORT_BYTES), Content_Type="application/json")
    assert connection.getresponse().status == 403
    assert nothing_is_left(server)


@pytest.mark.parametrize("path", BODIES)
def test_a_file_that_breaks_off_leaves_nothing(server: Server, path: str) -> None:
    connection = server.begin("admin", path, Content_Length=str(IMPORT_BYTES), Content_Type=BODIES[path])
    connection.send(PIECE)
    connection.close()
    assert nothing_is_left(server)
    known = server.begin("admin", "/api/auth/me", Content_Length="0")
    assert known.getresponse().status == 405, "it goes on answering"
