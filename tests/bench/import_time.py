"""How long ``import catalynx`` and ``catalynx --help`` take in fresh interpreters; the peer is ``import pandas``."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 9
TIMED = "import time; before = time.perf_counter(); import {}; print(time.perf_counter() - before)"


def environment() -> dict[str, str]:
    """As a user has it: compiled modules are kept after the first run."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def import_seconds(module: str) -> float:
    command = [sys.executable, "-c", TIMED.format(module)]
    times = [
        float(subprocess.run(command, capture_output=True, text=True, check=True, env=environment()).stdout)
        for _ in range(ROUNDS + 1)
    ]
    return statistics.median(times[1:])


def help_seconds() -> float:
    command = [Path(sys.executable).parent / "catalynx", "--help"]
    times = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True, env=environment())
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def run() -> list[dict]:
    """Medians of fresh interpreters, after one round that fills the caches."""
    pandas = import_seconds("pandas")
    rows = []
    for name, ours, most in (("import catalynx", import_seconds("catalynx"), 0.3), ("catalynx --help", help_seconds(), 0.5)):
        target = f"≤ {most} s (peer: import pandas)"
        rows.append(
            {
                "name": name,
                "ours": ours,
                "peer": pandas,
                "unit": "s",
                "ratio": pandas / ours,
                "target": target,
                "ok": ours <= most,
            }
        )
    return rows
