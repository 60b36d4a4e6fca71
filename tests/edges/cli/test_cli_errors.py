"""Wrong calls, broken workspaces and defects: one line each, with an exit code that means something."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import CATALYNX, Call

WITH_PROFILE = ("discover", "score", "decide")


@pytest.mark.parametrize("command", WITH_PROFILE)
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--as-of", "tomorrow"), ("--as-of is 'tomorrow'", "a day such as 2027-03-14")),
        (("--as-of", "2024-02-30"), ("--as-of is '2024-02-30'",)),
        (("--kind", "bank"), ("--kind is 'bank'", "foundation, program, opportunity")),
        (("--limit", "0"), ("--limit",)),
        (("--limit", "-3"), ("--limit",)),
        (("--limit", "many"), ("--limit",)),
        (("--wish", "1"), ("--wish",)),
        (("extra",), ("extra",)),
    ],
)
def test_bad_values_are_named(
    call: Call, sample_home: Path, command: str, options: tuple[str, ...], words: tuple[str, ...]
) -> None:
    call(command, "--profile", "shelburne", *options, home=sample_home).fails(2, *words)


@pytest.mark.parametrize(
    ("call_words", "words"),
    [
        (("decide",), ("--profile", "`catalynx decide --help`")),
        (("decide", "--profile", "nobody"), ("No profile 'nobody'", "catalynx profile list")),
        (("bake",), ("bake",)),
        (("lake", "use"), ("VERSION",)),
        (("lake", "use", "../../etc"), ("No lake version '../../etc'",)),
        (("lake", "prune", "--keep", "0"), ("--keep",)),
        (("lake", "verify", "nope"), ("nope",)),
        (("profile", "show", "nobody"), ("No profile 'nobody'",)),
        (("profile", "list", "--page", "0"), ("--page",)),
        (("profile", "create"), ("--ein", "--name")),
        (("profile", "create", "--ein", "00-0000000"), ("00-0000000",)),
        (("profile", "create", "--ein", "x' OR 1=1 --"), ("OR 1=1",)),
        (("profile", "create", "--name", "A", "--state", "Vermont"), ("state", "Vermont")),
        (("profile", "create", "--name", "A", "--ntee", "?"), ("ntee_codes",)),
        (("profile", "create", "--name", "A", "--ask-min", "nan"), ("ask_min_usd",)),
        (("profile", "create", "--name", "A", "--ask-min", "9", "--ask-max", "1"), ("ask_m",)),
        (("profile", "create", "--name", "A", "--hours", "-1"), ("staff_hours_per_month",)),
        (("profile", "import", "/nowhere.yaml"), ("/nowhere.yaml",)),
        (("profile", "export", "shelburne", "profile.exe"), ("profile.exe", ".yaml or .json")),
        (("profile", "export", "shelburne", "/nowhere/x.yaml"), ("/nowhere/x.yaml",)),
        (("report", "run", "nothing"), ("No report 'nothing'", "executive_summary")),
        (("report", "run", "executive_summary"), ("profile",)),
        (("report", "run", "executive_summary", "-p", "top"), ("NAME=VALUE",)),
        (("report", "run", "executive_summary", "-p", "top=1", "-p", "top=2"), ("each name once",)),
        (("serve", "--port", "70000"), ("--port",)),
        (("serve", "--port", "-1"), ("--port",)),
        (("ingest",), ("PATH",)),
    ],
)  # fmt: skip
def test_a_wrong_call_is_said_in_one_line(
    call: Call, sample_home: Path, call_words: tuple[str, ...], words: tuple[str, ...]
) -> None:
    call(*call_words, home=sample_home).fails(2, *words)


@pytest.mark.parametrize("words", [("lake", "tables"), ("lake", "versions"), ("lake", "verify"), ("lake", "prune")])
def test_an_empty_workspace_says_the_way_out(call: Call, tmp_path: Path, words: tuple[str, ...]) -> None:
    call(*words, home=tmp_path / "new").fails(4, "holds no data yet", "catalynx demo", "catalynx ingest")


@pytest.mark.parametrize("command", WITH_PROFILE)
def test_without_a_profile_it_says_how_to_make_one(call: Call, tmp_path: Path, command: str) -> None:
    call(command, "--profile", "x", home=tmp_path / "new").fails(2, "No profile 'x'", "catalynx demo", "catalynx profile create")


def test_with_a_profile_but_without_data_it_says_how_to_get_them(call: Call, tmp_path: Path) -> None:
    made = call("profile", "create", "--name", "Village Library", "--state", "VT", home=tmp_path / "new")
    assert made.code == 0, made.err
    call("decide", "--profile", "village", home=tmp_path / "new").fails(4, "holds no data yet", "catalynx demo")


def test_a_workspace_that_is_a_file_is_refused(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    call("lake", "tables", home=tmp_path / "file").fails(2, "CATALYNX_HOME", "must name a folder")


def test_a_damaged_lake_is_named(call: Call, home: Path) -> None:
    table = (home / "lake/current").resolve() / "organizations.parquet"
    content = table.read_bytes()
    table.unlink()
    table.write_bytes(content[:-1])
    call("discover", "--profile", "shelburne", home=home).fails(4, "organizations.parquet is damaged", "catalynx lake use")
    table.unlink()
    call("lake", "verify", home=home).fails(4, "organizations.parquet is damaged", "missing")


@pytest.fixture
def defect(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by\nnobody")

    monkeypatch.setattr(importlib.import_module("catalynx.lake.versions"), "versions", broken)


@pytest.mark.usefixtures("defect")
def test_a_defect_is_one_line(call: Call, sample_home: Path) -> None:
    call("lake", "versions", home=sample_home).fails(1, "a defect: ZeroDivisionError: by nobody", "--debug")


@pytest.mark.usefixtures("defect")
def test_debug_shows_where_it_came_from(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from catalynx.cli import main

    monkeypatch.setattr("sys.argv", ["catalynx", "--home", str(sample_home), "lake", "versions", "--debug"])
    with pytest.raises(ZeroDivisionError):
        main()


def test_what_the_system_refuses_is_no_defect(call: Call, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "/data/lake")

    monkeypatch.setattr(importlib.import_module("catalynx.lake.versions"), "versions", full)
    call("lake", "versions", home=sample_home).fails(4, "/data/lake: No space left on device")


def test_the_environment_is_refused_without_its_value(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALYNX_DATABASE_URL", "mysql://me:secret@host/db")
    ran = call("profile", "list")
    ran.fails(2, "CATALYNX_DATABASE_URL", "sqlite:/// or postgresql://")
    assert "secret" not in ran.err


def test_a_reader_that_has_seen_enough_is_no_error(sample_home: Path) -> None:
    command = f"{CATALYNX} --home {sample_home} discover --profile shelburne --json | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "{\n", "")


def test_stopping_it_is_said_in_one_line(sample_home: Path, waits_for: Callable[[Callable[[], bool]], None]) -> None:
    process = subprocess.Popen(
        [CATALYNX, "--home", sample_home, "profile", "delete", "shelburne"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    waits_for(lambda: Path(f"/proc/{process.pid}/wchan").exists() and _sleeps(process.pid))
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "catalynx: stopped."
    assert "Traceback" not in errors


def _sleeps(pid: int) -> bool:
    """Whether the process waits for input, and has done so for a while."""
    states = set()
    for _ in range(5):
        states.add(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0])
        time.sleep(0.05)
    return states == {"S"}


@pytest.fixture
def waits_for() -> Callable[[Callable[[], bool]], None]:
    def wait(condition: Callable[[], bool]) -> None:
        until = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < until
            time.sleep(0.05)

    return wait
