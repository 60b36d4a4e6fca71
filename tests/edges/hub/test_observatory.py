"""The score that the MDN HTTP Observatory gives to every kind of page, of the real hub and service by TLS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.xdist_group("observatory"), pytest.mark.timeout(400)]

ROOT = Path(__file__).parents[3]
LEAST = 125
KINDS = (
    "hub: log-in", "hub: log-in refused", "hub: home", "hub: tokens", "hub: people", "a dashboard page", "a report",
    "API: its description as a page", "API: an answer", "a page that nobody logged in for", "API: refused",
    "a log-in that nobody began",
)  # fmt: skip


@pytest.fixture(scope="module")
def scores(
    sample_home: Path, copy_home: Callable[[Path, Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """What the scanner says of each kind of page."""
    brought = subprocess.run(
        [str(ROOT / "deploy/node-packages.sh"), "observatory"], env={**os.environ, "PYTHON": sys.executable},
        stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if brought.returncode:
        pytest.skip(brought.stderr.strip())
    folder = tmp_path_factory.mktemp("observatory")
    home = copy_home(sample_home, folder / "home")
    command = [sys.executable, str(ROOT / "tests/pentest"), "headers", "--home", str(home), "--into", str(folder)]
    subprocess.run(command, check=True, timeout=380)
    return {row["kind"]: row for row in json.loads((folder / "headers.json").read_text())}


@pytest.mark.parametrize("kind", KINDS)
def test_the_score_of_every_kind_of_page(scores: dict[str, dict[str, Any]], kind: str) -> None:
    row = scores[kind]
    assert row["score"] >= LEAST, row["points"]
    assert (row["grade"], row["failed"]) == ("A+", [])


def test_every_kind_was_asked_for(scores: dict[str, dict[str, Any]]) -> None:
    assert list(scores) == list(KINDS)
    statuses = {kind: row["status"] for kind, row in scores.items()}
    shown = {
        "hub: home",
        "hub: tokens",
        "hub: people",
        "a dashboard page",
        "a report",
        "API: its description as a page",
        "API: an answer",
    }
    assert {kind for kind, status in statuses.items() if status == 200} == shown
    assert all(kind in shown or row["status"] in (302, 303, 400, 401, 403) for kind, row in scores.items())
