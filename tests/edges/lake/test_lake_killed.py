"""Loads that are killed at any moment, that meet another load, or that run out of disk."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from catalynx.errors import LakeError
from catalynx.lake import ingest, open_lake, verify, versions

SAMPLE = Path(__file__).parents[3] / "catalynx/sample"
LOADING = Path(__file__).parent / "loading.py"
ROUNDS = 32


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two small sets of real files: the returns and 2,000 organisations; then all of Vermont and the NTEE codes."""
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    lines = gzip.decompress((SAMPLE / "irs_bmf/eo_vt.csv.gz").read_bytes()).splitlines(keepends=True)
    (first / "eo_vt_part.csv").write_bytes(b"".join(lines[:2001]))
    shutil.copytree(SAMPLE / "irs_990", first / "irs_990")
    shutil.copy(SAMPLE / "irs_bmf/eo_vt.csv.gz", second)
    shutil.copytree(SAMPLE / "ntee", second / "ntee")
    return first, second


def start(lake: Path, *paths: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(LOADING), str(lake), *map(str, paths)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def unfinished(lake: Path) -> list[str]:
    return [
        path.name for folder in (lake, lake / "parts", lake / "versions") for path in folder.glob(".*") if path.name != ".writing"
    ]


def test_a_load_killed_at_any_moment_leaves_the_old_version_or_the_new_one(tmp_path, inputs) -> None:
    first, second = inputs
    whole = tmp_path / "whole"
    old = ingest(whole, [first]).version
    new_rows = ingest(Path(shutil.copytree(whole, tmp_path / "goal", symlinks=True)), [second]).version.rows("organizations")
    began = time.monotonic()
    process = start(Path(shutil.copytree(whole, tmp_path / "timed", symlinks=True)), second)
    assert process.stdout is not None
    process.stdout.readline()
    ready = time.monotonic()
    process.communicate()
    lasts = time.monotonic() - ready
    assert process.returncode == 0, f"{ready - began:.1f} s to start"
    chance = random.Random(20261122)
    seen = set()
    for number in range(ROUNDS):
        lake = Path(shutil.copytree(whole, tmp_path / f"lake{number}", symlinks=True))
        process = start(lake, second)
        assert process.stdout is not None
        process.stdout.readline()
        # Most of the danger is at the end, where parts and versions are renamed.
        time.sleep(lasts * chance.choice([chance.uniform(0, 1), chance.uniform(0.6, 1.1)]))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        with open_lake(lake) as snapshot:
            after = snapshot.version
            assert len(snapshot.table("organizations")) in {old.rows("organizations"), new_rows}
        seen.add(after.id == old.id)
        for version in versions(lake):
            verify(lake, version.id)
        again = ingest(lake, [second]).version
        assert again.rows("organizations") == new_rows
        assert unfinished(lake) == []
        assert verify(lake).id == again.id
        shutil.rmtree(lake)
    assert True in seen


def test_a_killed_load_of_several_processes_leaves_none_behind(tmp_path) -> None:
    process = start(tmp_path / "lake", SAMPLE / "neh", SAMPLE / "irs_bmf")
    assert process.stdout is not None
    process.stdout.readline()
    deadline = time.monotonic() + 30
    while not list((tmp_path / "lake/parts").glob(".*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    while (left := running(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []
    # What a worker was writing when its parent died is cleared away by the next load.
    assert ingest(tmp_path / "lake", [SAMPLE / "ntee"]).version.rows("ntee_codes") == 617
    assert unfinished(tmp_path / "lake") == []


def running(session: int) -> list[int]:
    """Processes of a session that are not zombies."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def test_of_two_loads_at_once_one_is_sent_away_and_nothing_breaks(tmp_path, inputs) -> None:
    lake = tmp_path / "lake"
    processes = [start(lake, SAMPLE / "irs_bmf"), start(lake, SAMPLE / "irs_bmf")]
    outcomes = [(process.communicate(timeout=120), process.returncode) for process in processes]
    losers = [errors for (_, errors), code in outcomes if code]
    assert len(losers) <= 1
    for errors in losers:
        assert "LakeBusy: another process is changing" in errors
    assert verify(lake).rows("organizations") == 32_443
    assert len(versions(lake)) == 1


def test_a_disk_that_fills_up_leaves_the_version_that_was(tmp_path, inputs) -> None:
    first, second = inputs
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        lake = disk / "lake"
        old = ingest(lake, [first]).version
        with pytest.raises(LakeError, match=r"is full. Nothing was published; make room and try again"):
            ingest(lake, [SAMPLE / "irs_bmf", second])
        assert verify(lake).id == old.id
        assert unfinished(lake) == []
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        assert ingest(lake, [SAMPLE / "irs_bmf"]).version.rows("organizations") == 32_443
        verify(lake)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
