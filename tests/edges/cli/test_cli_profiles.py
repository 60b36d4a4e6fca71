"""Profiles are made, listed, carried from one workspace to another, and deleted for good."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Call

EIN = "03-0179436"


def test_a_profile_is_filled_in_from_the_lake(call: Call, home: Path) -> None:
    call("profile", "delete", "shelburne", "--name", "Shelburne Museum", home=home)
    made = call("profile", "create", "--ein", EIN, "--ask-max", 5e4, "--hours", 60, "--mission", "American art", home=home)
    assert made.code == 0, made.err
    assert "Next: catalynx decide --profile" in made.out
    told = call("profile", "show", EIN, "--json", home=home).json
    assert (told["ein"], told["state"]) == ("030179436", "VT")
    assert told["mission_statement"] == "American art"
    assert told["funding_preferences"]["ask_max_usd"] == 50_000
    assert told["capacity"]["staff_hours_per_month"] == 60
    assert told["ntee_codes"]


def test_a_second_profile_of_an_ein_is_made_with_a_warning(call: Call, home: Path) -> None:
    made = call("profile", "create", "--ein", EIN, home=home)
    assert made.code == 0
    assert "Made the profile shelburne-museum-incorporated of Shelburne Museum Incorporated." in made.out
    assert "Fill in a mission, an amount to ask for and staff hours a month" in made.out
    assert made.err.startswith("catalynx: warning: there is a profile with EIN 03-0179436 already")
    assert "`catalynx profile show demo-shelburne-museum`" in made.err
    again = call("profile", "create", "--name", "Shelburne Museum Incorporated", home=home)
    assert "Made the profile shelburne-museum-incorporated-2 " in again.out


def test_what_is_no_ein_is_said_so(call: Call, sample_home: Path) -> None:
    call("profile", "create", "--ein", "12345", home=sample_home).fails(2, "EIN is '12345'", "nine digits", "03-0179436")


def test_the_list_is_searched(call: Call, home: Path) -> None:
    assert call("profile", "create", "--name", "Village [bold]Library", "--state", "NH", home=home).code == 0
    everyone = call("profile", "list", home=home).out
    assert everyone.startswith("2 profiles\n")
    assert "Village [bold]Library" in everyone
    assert "unknown" in everyone
    found = call("profile", "list", "--search", "museum", "--json", home=home).json
    assert (found["total"], [row["organization_name"] for row in found["profiles"]]) == (1, ["Shelburne Museum"])
    assert call("profile", "list", "--page", 9, "--json", home=home).json["profiles"] == []


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_a_profile_comes_back_as_it_went(call: Call, home: Path, tmp_path: Path, ending: str) -> None:
    before = call("profile", "show", EIN, "--json", home=home).json
    file = tmp_path / f"museum.{ending}"
    assert call("profile", "export", EIN, file, home=home).out == f"Wrote {file}.\n"
    assert (
        call("profile", "delete", EIN, "--name", "shelburne museum", home=home).out
        == "Deleted Shelburne Museum, with 0 reports, 0 exports, 0 jobs.\n"
    )
    call("profile", "show", EIN, home=home).fails(2, "No profile")
    assert call("profile", "import", file, home=home).code == 0
    after = call("profile", "show", EIN, "--json", home=home).json
    kept_by_the_records = {"version", "created_at", "updated_at"}
    assert {k: v for k, v in after.items() if k not in kept_by_the_records} == {
        k: v for k, v in before.items() if k not in kept_by_the_records
    }


def test_shown_yaml_is_what_import_reads(call: Call, home: Path, tmp_path: Path) -> None:
    (tmp_path / "shown.yaml").write_text(call("profile", "show", EIN, home=home).out)
    ran = call("profile", "import", tmp_path / "shown.yaml", home=home)
    assert ran.code == 0, ran.err


def test_the_wrong_name_deletes_nothing(call: Call, home: Path) -> None:
    call("profile", "delete", EIN, "--name", "Shelburne", home=home).fails(2, "--name is 'Shelburne'", "Shelburne Museum")
    assert call("profile", "list", "--json", home=home).json["total"] == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("broken.yaml", "a: [", ("YAML",)),
        ("broken.json", "{", ("JSON",)),
        ("list.yaml", "- a\n", ()),
        ("python.yaml", "!!python/object/apply:os.system ['true']", ()),
        ("nameless.yaml", "state: VT\n", ("organization_name",)),
        ("field.json", json.dumps({"organization_name": "A", "is_admin": True}), ("is_admin",)),
    ],
)
def test_a_file_that_is_no_profile_is_refused(
    call: Call, sample_home: Path, tmp_path: Path, name: str, content: str, words: tuple[str, ...]
) -> None:
    (tmp_path / name).write_text(content)
    call("profile", "import", tmp_path / name, home=sample_home).fails(2, *words)


def test_a_name_does_not_steer_the_terminal(call: Call, home: Path) -> None:
    call("profile", "create", "--name", "Evil \x1b]0;owned\x07Library", home=home)
    assert "\x1b" not in call("profile", "list", home=home).out
