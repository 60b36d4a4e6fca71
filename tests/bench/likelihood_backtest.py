"""Training and back-test of all three data sets on the published files that ship, and the memory it takes at most.

The lake is made of the shipped grant lists, NEH awards (1990s and 2000s) and single audits. Ours is one whole run of each data
set: lessons of six earlier origins, every baseline and peer, bootstrap intervals, and chances.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

TARGET_SECONDS, TARGET_GB = 600.0, 3.0


def run() -> list[dict[str, object]]:
    """Time the four back-tests of a workspace with the shipped files."""
    from catalynx.backtest import CHOICES, backtest
    from catalynx.lake import ingest, open_lake
    from catalynx.workflows import SAMPLE

    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder) / "lake"
        ingest(lake, [SAMPLE / name for name in ("foundation_grants", "neh", "fac", "irs_bmf", "assistance_listings")])
        started = time.perf_counter()
        with open_lake(lake) as snapshot:
            for dataset in CHOICES:
                backtest(snapshot, dataset)
        seconds = time.perf_counter() - started
    most_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return [
        {"name": "back-test of A, B, C and C2", "ours": round(seconds, 1), "peer": None, "unit": "s", "ratio": None,
         "target": f"≤ {TARGET_SECONDS:.0f} s", "ok": seconds <= TARGET_SECONDS},
        {"name": "memory of it", "ours": round(most_gb, 2), "peer": None, "unit": "GB", "ratio": None,
         "target": f"≤ {TARGET_GB:.0f} GB", "ok": most_gb <= TARGET_GB},
    ]  # fmt: skip
