"""NTEE codes: the shipped table, and tables that are not one."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.errors import FileRefused
from catalynx.sources import recognise
from catalynx.sources.members import members as members_of
from catalynx.sources.ntee import SOURCE

SAMPLE = Path(__file__).parents[3] / "catalynx/sample/ntee/ntee_codes.csv"


def written(folder: Path, text: str, name: str = "ntee_constructed.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def shipped(load):
    return load(SAMPLE, SOURCE)


def test_every_code_is_published_with_its_trimmed_meaning(shipped) -> None:
    codes = shipped.rows["ntee_codes"].set_index("ntee_code")
    with SAMPLE.open(newline="") as stream:
        published = {row["code"]: row["description"].strip() for row in csv.DictReader(stream)}
    assert codes["description"].to_dict() == published
    assert shipped.read["ntee_codes"] == len(codes) == 617
    assert codes.loc["A03", "description"] == "Professional Societies & Associations"  # a blank follows in the file
    assert codes.loc["A6A", ["ntee_major", "description", "place"]].tolist() == ["A", "Opera", codes.loc["A6A", "place"]]
    assert (codes["ntee_major"] == codes.index.str[0]).all()
    assert shipped.set_aside == []


def test_all_26_major_groups_have_codes(shipped) -> None:
    assert set(shipped.rows["ntee_codes"]["ntee_major"]) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_repeats_other_meanings_and_codes_of_no_form(tmp_path, load) -> None:
    text = "code,description,category\nA01,Alliances,arts\nA01,Alliances,arts\nA01,Other,arts\n1X,Nothing,arts\nA02,,arts\nA03\n"
    loaded = load(written(tmp_path, text), SOURCE)
    assert (loaded.read["ntee_codes"], loaded.duplicates["ntee_codes"], len(loaded.rows["ntee_codes"])) == (6, 1, 1)
    reasons = {row["place"]: row["reason"] for row in loaded.records_set_aside}
    assert reasons == {
        "line 4": "A01 stands there before with another meaning",
        "line 5": "'1X' is not an NTEE code",
        "line 6": "description is missing",
        "line 7": "its fields are 1, not 3",
    }


def test_recognised_by_its_header(tmp_path) -> None:
    (member,) = members_of(SAMPLE)
    assert recognise(member) is SOURCE
    (other,) = members_of(written(tmp_path, "code,country\nA01,Aruba\n", "ntee_codes.csv"))
    assert not SOURCE.recognises(other)
    (another,) = members_of(written(tmp_path, "code,description\nA01,Aruba\n", "countries.csv"))
    assert not SOURCE.recognises(another)


def test_a_table_without_codes_is_refused(tmp_path, load) -> None:
    with pytest.raises(FileRefused, match="header and no records"):
        load(written(tmp_path, "code,description,category\n"), SOURCE)


REAL = SAMPLE.read_bytes()[:1500]


@settings(max_examples=100, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 1499), st.binary(max_size=4), st.integers(0, 9)), max_size=12))
def test_fuzz_gives_rows_or_what_was_set_aside_or_a_refusal(load, changes) -> None:
    content = bytearray(REAL)
    for position, new, removed in changes:
        content[position : position + removed] = new
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ntee_fuzzed.csv"
        path.write_bytes(bytes(content))
        try:
            (member,) = members_of(path)
            if not SOURCE.recognises(member):
                return
            assert load(path, SOURCE).read["ntee_codes"] >= 1
        except FileRefused:
            return
