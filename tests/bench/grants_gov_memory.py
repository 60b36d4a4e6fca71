"""Peak memory of reading a 150 MB Grants.gov extract.

The extract is constructed: the opportunities of the listings that ship, repeated under new numbers, in the elements of the
publisher's schema, with the objectives of real federal programs as descriptions. It is never data.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

SAMPLE = Path(__file__).parents[2] / "catalynx" / "sample"
XML_BYTES = 150 * 10**6
LIMIT_MB = 300

_READ = """
import json, resource, sys
from pathlib import Path
from catalynx.sources import batches
from catalynx.sources.grants_gov import SOURCE
rows = sum(batch.rows["opportunities"].num_rows for batch in batches(Path(sys.argv[1]), SOURCE) if "opportunities" in batch.rows)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"rows": rows, "peak_mb": peak / (2**20 if sys.platform == "darwin" else 2**10)}))
"""


def construct_extract(folder: Path, xml_bytes: int = XML_BYTES) -> tuple[Path, int]:
    """Write ``constructed_GrantsDBExtract20240209v2.zip`` of about `xml_bytes`; returns it and how many it holds."""
    from catalynx.sources import read_frames

    listed = read_frames(SAMPLE / "grants_gov")["opportunities"]
    programs = read_frames(SAMPLE / "assistance_listings" / "programs-fy2024.tar.gz")["programs"]
    objectives = list(zip(programs["assistance_listing"], programs["objective"].fillna(""), strict=True))
    path, written, count = folder / "constructed_GrantsDBExtract20240209v2.zip", 0, 0
    rows = listed.to_dict("records")
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("GrantsDBExtract20240209v2.xml", "w", force_zip64=True) as xml,
    ):
        xml.write(b'<Grants xmlns="http://apply.grants.gov/system/OpportunityDetail-V1.0">\n')
        while written < xml_bytes:
            written += xml.write(_opportunity(rows[count % len(rows)], count, objectives))
            count += 1
        xml.write(b"</Grants>\n")
    return path, count


def _opportunity(row: dict[str, object], index: int, objectives: list[tuple[str, str]]) -> bytes:
    forecast = row["stage"] == "forecast"
    listing, objective = objectives[index % len(objectives)]
    begin, end = ("EstimatedSynopsisPostDate", "EstimatedSynopsisCloseDate") if forecast else ("PostDate", "CloseDate")
    fields = [
        ("OpportunityID", 300000 + index), ("OpportunityTitle", row["title"]),
        ("OpportunityNumber", f"{row['opportunity_number']}-{index // 3396}"), ("OpportunityCategory", "D"),
        *(("FundingInstrumentType", code) for code in _codes(row["instruments"])),
        *(("CategoryOfFundingActivity", code) for code in _codes(row["categories"])),
        ("CFDANumbers", listing), ("EligibleApplicants", "12"), ("AgencyCode", row["agency_code"]),
        (begin, _written(row["posted_date"])), (end, _written(row["close_date"])), ("LastUpdatedDate", "02092024"),
        ("AwardCeiling", _whole(row["ceiling_usd"])), ("AwardFloor", _whole(row["floor_usd"])),
        ("Description", f"<p>{objective}</p>"),
    ]  # fmt: skip
    kind = "OpportunityForecastDetail_1_0" if forecast else "OpportunitySynopsisDetail_1_0"
    inner = "".join(f"<{name}>{escape(str(value))}</{name}>\n" for name, value in fields if value not in {"", None})
    return f"<{kind}>\n{inner}</{kind}>\n".encode()


def _codes(value: object) -> list[str]:
    return list(value) if value is not None and hasattr(value, "__len__") else []


def _written(value: object) -> str:
    return value.strftime("%m%d%Y") if hasattr(value, "strftime") and value == value else ""


def _whole(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, float) and value == value else "none"


def run() -> list[dict[str, object]]:
    """Read the constructed extract in a process of its own; returns one row for the table of benches."""
    with tempfile.TemporaryDirectory(prefix="constructed_grants_gov_") as folder:
        path, count = construct_extract(Path(folder))
        done = subprocess.run(
            [sys.executable, "-c", _READ, str(path)], check=True, capture_output=True, text=True, cwd=SAMPLE.parents[1]
        )
    found = json.loads(done.stdout)
    if found["rows"] != count:
        raise RuntimeError(f"{found['rows']:,} opportunities were read of {count:,} that were written")
    peak = round(found["peak_mb"], 1)
    return [
        {"name": "grants_gov_memory", "ours": peak, "peer": None, "unit": "MB peak", "ratio": None, "target": f"≤ {LIMIT_MB} MB",
         "ok": peak <= LIMIT_MB},
    ]  # fmt: skip
