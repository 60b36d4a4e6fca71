"""Small lakes of real rows."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from catalynx.lake import ingest

SAMPLE = Path(__file__).parents[3] / "catalynx/sample"


@pytest.fixture(scope="session")
def vermont_lines() -> list[bytes]:
    """The header and the first 400 organisations of the Vermont extract, as published."""
    return gzip.decompress((SAMPLE / "irs_bmf/eo_vt.csv.gz").read_bytes()).splitlines(keepends=True)[:401]


@pytest.fixture(scope="session")
def small_files(tmp_path_factory: pytest.TempPathFactory, vermont_lines: list[bytes]) -> Path:
    """A folder of real files: 400 organisations, the returns, the NTEE codes."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "eo_vt.csv").write_bytes(b"".join(vermont_lines))
    shutil.copytree(SAMPLE / "irs_990", folder / "irs_990")
    shutil.copytree(SAMPLE / "ntee", folder / "ntee")
    return folder


@pytest.fixture(scope="session")
def small_lake_made_once(tmp_path_factory: pytest.TempPathFactory, small_files: Path) -> Path:
    lake = tmp_path_factory.mktemp("made") / "lake"
    ingest(lake, [small_files])
    return lake


@pytest.fixture
def small_lake(tmp_path: Path, small_lake_made_once: Path) -> Path:
    """A lake of the small files, of the test's own."""
    return Path(shutil.copytree(small_lake_made_once, tmp_path / "lake", symlinks=True))


@pytest.fixture
def extract(tmp_path: Path, vermont_lines: list[bytes]) -> Callable[..., Path]:
    """Give the function that writes a Business Master File of some of the 400 lines, with fields of the first one changed."""

    def written(name: str, start: int = 1, stop: int = 401, **changes: str) -> Path:
        header, *lines = vermont_lines[0], *vermont_lines[start:stop]
        names = header.decode().strip().split(",")
        fields = lines[0].decode().rstrip("\n").split(",")
        for column, value in changes.items():
            fields[names.index(column)] = value
        path = tmp_path / name
        path.write_bytes(b"".join([header, (",".join(fields) + "\n").encode(), *lines[1:]]))
        return path

    return written


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Everything in a lake that a load could change: files with size and moment of change, links with their targets."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            found[str(path.relative_to(folder))] = (hash(str(path.readlink())), 0)
        elif path.name != ".writing":
            status = path.lstat()
            found[str(path.relative_to(folder))] = (status.st_size, status.st_mtime_ns) if path.is_file() else (0, 0)
    return found


@pytest.fixture
def whole() -> Callable[[Path], dict[str, tuple[int, int]]]:
    """Give the function that lists a lake."""
    return listing
