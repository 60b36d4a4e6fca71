"""Business Master File, about 300,000 rows: CSV to published Parquet, against pandas ``read_csv`` and ``to_parquet``.

The rows are the four states' of the sample, repeated under constructed EINs up to 300,000: never data. Ours is all of it: from
the start of Python over reading, checking every value, page checksums and a synced disk, to a new version that is current.
The peer reads the same columns' text as text and the amounts as numbers, and writes one Parquet file, unchecked and unsynced.
Each round is a process of its own, in turns; peak memory counts the process and those that it started.
"""

from __future__ import annotations

import gzip
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "catalynx" / "sample" / "irs_bmf"
ROWS = 300_000
ROUNDS = 7

_OURS = """
import sys
from pathlib import Path
from catalynx.lake import ingest
done = ingest(Path(sys.argv[2]) / "lake", [sys.argv[1]])
print(done.version.rows("organizations"))
"""
_PEER = """
import sys
import pandas as pd
amounts = {"ASSET_AMT", "INCOME_AMT", "REVENUE_AMT"}
names = pd.read_csv(sys.argv[1], nrows=0).columns
kinds = {name: "float64" if name in amounts else "str" for name in names}
frame = pd.read_csv(sys.argv[1], dtype=kinds)
frame.to_parquet(sys.argv[2] + "/peer.parquet")
print(len(frame))
"""
_TIMED = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
done = subprocess.run([sys.executable, "-c", *sys.argv[1:]], capture_output=True, text=True)
seconds = time.perf_counter() - started
if done.returncode:
    sys.exit(done.stderr)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"rows": int(done.stdout), "seconds": seconds, "peak_mb": peak / (2**20 if sys.platform == "darwin" else 2**10)}))
"""


def construct(folder: Path, rows: int = ROWS) -> Path:
    """Write ``constructed_eo_300000.csv``: the sample's lines again and again, each under an EIN of its own."""
    lines: list[bytes] = []
    for packed in sorted(SAMPLE.glob("eo_*.csv.gz")):
        header, *found = gzip.decompress(packed.read_bytes()).splitlines(keepends=True)
        lines += found
    path = folder / f"constructed_eo_{rows}.csv"
    with path.open("wb") as stream:
        stream.write(header)
        for number in range(rows):
            stream.write(b"%09d" % (100_000_000 + number * 7) + lines[number % len(lines)][9:])
    return path


def measured(program: str, file: Path) -> dict[str, float]:
    """Run `program` in a process of its own, on a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="catalynx-bench-") as folder:
        command = [sys.executable, "-c", _TIMED, program, str(file), folder]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def run() -> list[dict[str, object]]:
    """Return one row for time and one for peak memory."""
    with tempfile.TemporaryDirectory(prefix="catalynx-bench-") as folder:
        file = construct(Path(folder))
        rounds = [(measured(_OURS, file), measured(_PEER, file)) for _ in range(ROUNDS + 1)][1:]
    for ours, peer in rounds:
        if (ours["rows"], peer["rows"]) != (ROWS, ROWS):
            raise RuntimeError(f"{ours['rows']:,} and {peer['rows']:,} rows were read of {ROWS:,}")
    seconds = [statistics.median(side["seconds"] for side in sides) for sides in zip(*rounds, strict=True)]
    peaks = [max(side["peak_mb"] for side in sides) for sides in zip(*rounds, strict=True)]
    faster, smaller = seconds[1] / seconds[0], peaks[1] / peaks[0]
    return [
        {"name": f"BMF, {ROWS:,} rows, CSV to published Parquet", "ours": seconds[0], "peer": seconds[1], "unit": "s",
         "ratio": faster, "target": ">= 2 x pandas", "ok": faster >= 2},
        {"name": f"BMF, {ROWS:,} rows, CSV to published Parquet: peak memory", "ours": peaks[0], "peer": peaks[1], "unit": "MB",
         "ratio": smaller, "target": "<= half of pandas", "ok": smaller >= 2},
    ]  # fmt: skip
