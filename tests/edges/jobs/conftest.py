"""A workspace with one profile and small constructed reports, on SQLite; and workers in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalynx.jobs import Job, Jobs
from catalynx.records.profile import make_profile
from catalynx.records.store import open_records
from catalynx.settings import Settings, load_settings

PROFILE = "constructed-museum"
PARAMETERS = (
    'profile: str = ""  # id of the profile\nseconds: float = 0.0  # how long it takes\nfail: bool = False  # whether it fails'
)
CELLS = (
    "import os, time\nfrom pathlib import Path\nPath('pid.txt').write_text(str(os.getpid()))\ntime.sleep(seconds)",
    "if fail:\n    raise ValueError('constructed failure')",
    "Path('profile_id.txt').write_text(profile)\nPath('data.csv').write_text('a\\n1\\n')\nprint('made for', profile)",
)


def write_report(folder: Path) -> None:
    """Write the constructed report ``slow``, which sleeps for as long as it is told."""
    (folder / "reports").mkdir(parents=True)
    code = [(PARAMETERS, ["parameters"]), *((cell, []) for cell in CELLS)]
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "id": "c0", "metadata": {}, "source": "# A constructed report"}]
    cells += [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {"tags": tags},
            "execution_count": None,
            "outputs": [],
            "source": text,
        }
        for number, (text, tags) in enumerate(code, 1)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / "reports/slow.ipynb").write_text(json.dumps(notebook))


@pytest.fixture(scope="session")
def new_workspace(sample_home: Path) -> Callable[[Path], Settings]:
    """Make a workspace in a folder, with the profile ``constructed-museum`` and the report ``slow``; return its settings."""

    def new(folder: Path) -> Settings:
        write_report(folder / "notebooks")
        made = load_settings(home=folder / "home", notebooks=folder / "notebooks", job_seconds=60)
        made.home.mkdir()
        made.lake.symlink_to(sample_home / "lake")  # reports want data, and change none
        with open_records(made.records_url) as records:
            records.save_profile(make_profile({"profile_id": PROFILE, "organization_name": "Constructed Museum", "team": "arts"}))
        return made

    return new


@pytest.fixture
def settings(tmp_path: Path, new_workspace: Callable[[Path], Settings]) -> Settings:
    """Settings of a workspace with the profile ``constructed-museum`` and the report ``slow``."""
    return new_workspace(tmp_path)


@pytest.fixture
def jobs(settings: Settings) -> Iterator[Jobs]:
    with Jobs(settings) as opened:
        yield opened


def wait_until[T](ask: Callable[[], T], what: str, seconds: float = 90) -> T:
    """Return what `ask` says as soon as it says something true."""
    deadline = time.monotonic() + seconds
    while not (said := ask()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)
    return said


@pytest.fixture
def ended(jobs: Jobs) -> Callable[[str], Job]:
    """Wait for the end of a job, and return it."""

    def wait(job_id: str) -> Job:
        return wait_until(lambda: (job := jobs.get(job_id)).ended and job, f"the end of {job_id}")

    return wait


@pytest.fixture
def ask(jobs: Jobs) -> Callable[..., Job]:
    """Ask for the constructed report."""

    def asked(**parameters: object) -> Job:
        return jobs.submit("report", {"report": "slow", "parameters": parameters, "pdf": False}, "ana", PROFILE)

    return asked


@pytest.fixture
def start_worker(settings: Settings) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start ``catalynx jobs work`` in a process of its own; it is ended after the test."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {**os.environ, "CATALYNX_NOTEBOOKS": str(settings.notebooks)}

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "catalynx", "--home", str(settings.home), "jobs", "work"]
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
