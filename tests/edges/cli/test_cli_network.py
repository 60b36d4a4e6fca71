"""``catalynx network`` says what the package gives."""

from __future__ import annotations

from pathlib import Path

from .conftest import Call


def test_ties_of_a_profile(call: Call, sample_home: Path) -> None:
    told = call("network", "shelburne", "--json", home=sample_home).json
    assert told["cofunders"][0]["tie"] > told["cofunders"][-1]["tie"] > 0
    assert told["counts"]["people"] == 90
    assert told["shared_people"] == [], "the shipped returns hold nobody on two boards"
    ran = call("network", "shelburne", "-n", 2, home=sample_home)
    assert ran.code == 0
    assert "? No return in the lake lists officers" in ran.out


def test_the_way_to_a_funder(call: Call, sample_home: Path) -> None:
    told = call("network", "shelburne", "--to", "Earhart", "--json", home=sample_home).json
    assert told["length"] == max(step["step"] for step in told["steps"])
    assert call("network", "shelburne", "--to", "Earhart", home=sample_home).out.startswith("From Shelburne Museum to Earhart")
    call("network", "shelburne", "--to", "nobody at all", home=sample_home).fails(2, "No foundation 'nobody at all'")
    call("network", "shelburne", "--to", "Earhart", "--through", "money", home=sample_home).fails(2, "any or people")
