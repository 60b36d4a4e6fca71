"""The data that ship are small, described, and stand beside their terms; what is said of them is so."""

from __future__ import annotations

import csv
import gzip
import io
import re
import tarfile
import zipfile
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "catalynx/sample"
README = (SAMPLE / "README.md").read_text(encoding="utf-8")
FOLDERS = sorted(path.name for path in SAMPLE.iterdir() if path.is_dir() and path.name not in {"LICENSES", "__pycache__"})


def said(folder: str) -> list[int]:
    """The counts in the last column of the folder's row in the README's table."""
    (row,) = re.findall(rf"^\| `{folder}/` \|.*$", README, re.M)
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", row.split("|")[-2])]


def test_sample_is_at_most_15_mb() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) <= 15_000_000


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_folder_is_described_and_has_its_terms(folder: str) -> None:
    assert said(folder)
    naming = [path.name for path in (SAMPLE / "LICENSES").iterdir() if f"{folder}/" in path.read_text(encoding="utf-8")]
    assert len(naming) == 1


def test_cc0_text_is_the_publishers_own() -> None:
    with tarfile.open(SAMPLE / "foundation_grants/donations-cc0.tar.gz") as archive:
        member = archive.extractfile("LICENSE")
        assert member is not None
        text = member.read().decode()
    ours = (SAMPLE / "LICENSES/foundation_grants-CC0-1.0.txt").read_text(encoding="utf-8")
    assert ours.endswith(text)
    assert "Vipul Naik" in ours


def test_organizations_are_as_many_as_said() -> None:
    found = []
    for path in sorted((SAMPLE / "irs_bmf").glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="latin-1", newline="") as lines:
            found.append(sum(1 for _ in csv.reader(lines)) - 1)
    assert found == said("irs_bmf")


def test_awards_are_as_many_as_said() -> None:
    found = []
    for path in sorted((SAMPLE / "neh").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith(".xml"))
            found.append(archive.read(name).count(b"<Grant AppNumber="))
    assert found == said("neh")


def test_audits_are_as_many_as_said() -> None:
    headers, lines = [], []
    for path in sorted((SAMPLE / "fac").glob("*.tar.gz")):
        with tarfile.open(path) as archive:
            for name, counts in (("ELECAUDITHEADER", headers), ("ELECAUDITS", lines)):
                (member,) = (member for member in archive if Path(member.name).stem == name)
                rows = csv.reader(io.TextIOWrapper(archive.extractfile(member), "latin-1", newline=""))  # type: ignore[arg-type]
                counts.append(sum(1 for _ in rows) - 1)
    assert set(headers) == {200}
    assert [200, *lines] == said("fac")


def test_programs_and_returns_are_as_many_as_said() -> None:
    with tarfile.open(SAMPLE / "assistance_listings/programs-fy2024.tar.gz") as archive:
        pages = sum(1 for member in archive if member.name.endswith(".md"))
    assert [pages] == said("assistance_listings")
    assert [len(list((SAMPLE / "irs_990").glob("*.xml.gz")))] == said("irs_990")
