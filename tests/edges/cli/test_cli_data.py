"""``demo``, ``ingest``, ``lake`` and ``doctor``: what is in the workspace, and what becomes of a file."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from catalynx import workflows
from catalynx.lake.versions import current_folder, versions
from catalynx.settings import load_settings

from .conftest import Call

SAMPLE = workflows.SAMPLE
NTEE = SAMPLE / "ntee"


def test_a_good_file_is_loaded_and_accounted_for(call: Call, tmp_path: Path) -> None:
    told = call("ingest", NTEE, "--json", home=tmp_path / "new").json
    account = told["parts"][0]["accounts"][0]
    assert account["table"] == "ntee_codes"
    assert account["read"] == account["published"] + account["set_aside"] + account["duplicates"] > 600
    assert told["refused"] == []
    assert current_folder(tmp_path / "new/lake").name == told["version"]


def test_the_table_of_a_load_sums_over_files(call: Call, tmp_path: Path) -> None:
    ran = call("ingest", NTEE, home=tmp_path / "new")
    assert (ran.code, ran.err) == (0, "")
    line = next(line for line in ran.out.splitlines() if line.startswith("ntee_codes"))
    source, table, files, read, published, set_aside, duplicates, known = line.split()
    assert (source, table, known) == ("ntee_codes", "ntee_codes", "0")
    assert int(files) == len([path for path in NTEE.rglob("*") if path.suffix in {".csv", ".tsv", ".zip"}])
    assert int(read) == int(published) + int(set_aside) + int(duplicates)


def test_files_are_listed_when_asked_for(call: Call, tmp_path: Path) -> None:
    ran = call("ingest", NTEE, "--files", home=tmp_path / "new")
    heading, line = ran.out.splitlines()[1:3]
    assert heading.split()[:3] == ["source", "table", "file"]
    assert line.split()[2] == "ntee"


def test_the_same_file_again_changes_nothing(call: Call, tmp_path: Path) -> None:
    first = call("ingest", NTEE, "--json", home=tmp_path / "new").json
    again = call("ingest", NTEE, "--json", home=tmp_path / "new").json
    assert again["version"] == first["version"]
    assert all(part["known"] for part in again["parts"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        ("page.csv", b"<!doctype html><html><body>503</body></html>"),
        ("cut.zip", b"PK\x03\x04" + bytes(30)),
        ("bomb.xml", b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Return>&b;</Return>'),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused(call: Call, home: Path, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    before = current_folder(home / "lake").name
    call("ingest", tmp_path / name, home=home).fails(3, name, "is refused", "Nothing was changed.")
    assert current_folder(home / "lake").name == before
    assert len(versions(home / "lake")) == 1


def test_a_missing_file_is_refused(call: Call, home: Path) -> None:
    call("ingest", "/nowhere/eo_vt.csv", home=home).fails(3, "/nowhere/eo_vt.csv is refused", "no such file")


def test_of_several_files_the_good_ones_are_loaded(call: Call, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    ran = call("ingest", NTEE, tmp_path / "empty.csv", home=tmp_path / "new")
    assert ran.code == 3
    assert "ntee_codes" in ran.out
    assert ran.err.startswith(f"catalynx: {tmp_path}/empty.csv is refused")
    assert ran.err.count("\n") == 1


def test_names_of_files_do_not_steer_the_terminal(call: Call, tmp_path: Path) -> None:
    shutil.copytree(NTEE, tmp_path / "a\x1b[31mb[red]c")
    out = call("ingest", tmp_path / "a\x1b[31mb[red]c", "--files", home=tmp_path / "new").out
    assert "\x1b" not in out


def test_versions_go_back_and_are_cleared_away(call: Call, home: Path) -> None:
    first = current_folder(home / "lake").name
    (home / "extra").mkdir()
    source = next(path for path in NTEE.iterdir() if path.suffix == ".csv")
    lines = source.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    (home / "extra" / source.name).write_text("".join(lines[:50]))
    second = call("ingest", home / "extra", "--json", home=home).json["version"]
    assert second != first

    listed = call("lake", "versions", "--json", home=home).json
    assert [(row["id"], row["current"]) for row in listed] == [(first, False), (second, True)]
    table = call("lake", "versions", home=home).out
    assert [line.split()[-5:][0] for line in table.splitlines()[2:]] == [first, second]

    assert call("lake", "use", first, home=home).out == f"The current version is {first}.\n"
    assert call("lake", "tables", "--json", home=home).json["version"] == first
    call("lake", "use", "gone", home=home).fails(2, "No lake version 'gone'", first, second)

    call("lake", "use", second, home=home)
    assert call("lake", "prune", "--keep", 1, home=home).out == f"Removed 1 version: {first}.\n"
    assert [version.id for version in versions(home / "lake")] == [second]
    assert call("lake", "prune", home=home).out == "Removed 0 versions.\n"


def test_tables_are_those_of_the_package(call: Call, sample_home: Path) -> None:
    told = call("lake", "tables", "--json", home=sample_home).json
    with workflows.Workspace(load_settings(home=sample_home)) as workspace:
        facts = workflows.data_facts(workspace)
        assert told["version"] == workspace.lake.id
    assert [(row["source"], row["table_name"], row["rows"], row["set_aside"]) for row in told["tables"]] == list(
        facts[["source", "table_name", "rows", "set_aside"]].itertuples(index=False, name=None)
    )
    table = call("lake", "tables", home=sample_home).out
    for row in told["tables"]:
        assert any(line.split()[:3] == [row["table_name"], row["source"], f"{row['rows']:,}"] for line in table.splitlines())


def test_verify_reads_a_whole_lake(call: Call, sample_home: Path) -> None:
    ran = call("lake", "verify", home=sample_home)
    assert ran.code == 0
    assert "is whole: " in ran.out


def test_verify_finds_a_flipped_bit(call: Call, home: Path) -> None:
    table = (home / "lake/current").resolve() / "organizations.parquet"
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.unlink()
    table.write_bytes(content)
    call("lake", "verify", home=home).fails(4, "organizations.parquet is damaged", "checksum")


def test_doctor_finds_all_in_order(call: Call, sample_home: Path) -> None:
    told = call("doctor", "--json", home=sample_home).json
    assert [row["what"] for row in told] == ["disk", "lake", "records", "audit", "reports", "dashboards", "PDF"]
    assert all(row["ok"] for row in told if row["what"] != "PDF")
    ran = call("doctor", home=sample_home)
    assert ran.code == 0
    assert "ok" in ran.out
    assert "NOT OK" not in ran.out


def test_doctor_says_what_a_new_workspace_lacks(call: Call, tmp_path: Path) -> None:
    ran = call("doctor", home=tmp_path / "new")
    assert ran.code == 4
    line = next(line for line in ran.out.splitlines() if "lake" in line)
    assert line.startswith("NOT OK")
    assert "catalynx demo" in line


def test_doctor_finds_a_damaged_lake(call: Call, home: Path) -> None:
    (current_folder(home / "lake") / "grants.parquet").unlink()
    ran = call("doctor", home=home)
    assert ran.code == 4
    assert "grants.parquet is damaged" in next(line for line in ran.out.splitlines() if line.startswith("NOT OK"))


@pytest.mark.parametrize(("name", "what"), [("NOTEBOOKS", "reports"), ("DASHBOARDS", "dashboards")])
def test_doctor_misses_folders(
    call: Call, sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, what: str
) -> None:
    monkeypatch.setenv(f"CATALYNX_{name}", str(tmp_path))
    ran = call("doctor", home=sample_home)
    assert ran.code == 4
    line = next(line for line in ran.out.splitlines() if line.startswith("NOT OK"))
    assert what in line
    assert f"CATALYNX_{name}" in line


def test_doctor_says_when_records_cannot_be_opened(call: Call, home: Path) -> None:
    for path in home.glob("records.sqlite*"):
        path.unlink()
    (home / "records.sqlite").write_bytes(b"no database at all, only text " * 50)
    ran = call("doctor", home=home)
    assert ran.code == 4
    assert any(line.startswith("NOT OK") and "records" in line for line in ran.out.splitlines())


def test_doctor_bears_the_lack_of_a_browser(call: Call, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalynx.reports.chromium_path", lambda: None)
    ran = call("doctor", home=sample_home)
    assert ran.code == 0
    line = next(line for line in ran.out.splitlines() if line.startswith("missing"))
    assert "no Chromium" in line
    assert "playwright install chromium" in line


def test_doctor_says_when_the_disk_is_full(call: Call, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(sample_home)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage._replace(free=2**20))
    ran = call("doctor", home=sample_home)
    assert ran.code == 4
    assert "free 1 GB" in next(line for line in ran.out.splitlines() if line.startswith("NOT OK"))


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root writes anywhere, and setpriv is not there")
def test_a_folder_that_may_not_be_written_to_is_named(start: Callable[..., CompletedProcess[str]], tmp_path: Path) -> None:
    locked = Path("/proc/catalynx")
    ran = start("--home", locked, "ingest", NTEE)
    assert ran.returncode == 4
    assert str(locked) in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_the_demo_without_its_report(start: Callable[..., CompletedProcess[str]], tmp_path: Path) -> None:
    ran = start("--home", tmp_path / "demo", "demo", "--no-report")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.search(r"\nWork on \d of the \d applications to pursue or prepare in the next 3 months, about ", ran.stdout)
    assert "The workspace is set to 9 Feb 2024" in ran.stdout
    assert ran.stdout.rstrip().endswith("catalynx decide --profile demo-shelburne-museum: decides again")
    assert max(map(len, ran.stdout.splitlines())) < 260
    with workflows.Workspace(load_settings(home=tmp_path / "demo")) as workspace:
        assert workspace.as_of == workflows.DEMO_AS_OF
        assert workspace.records.list_profiles().total == 1
