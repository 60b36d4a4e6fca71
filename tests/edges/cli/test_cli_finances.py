"""What ``catalynx finances`` prints is what the package gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Call


def test_json_is_what_the_package_gives(call: Call, sample_home: Path) -> None:
    from catalynx.lookups.finances import finances
    from catalynx.settings import load_settings
    from catalynx.workflows import Workspace

    told = call("finances", "shelburne", "--award", "250000", "--federal", "--json", home=sample_home).json
    with Workspace(load_settings(home=sample_home)) as workspace:
        found = finances(workspace, workspace.records.find_profile("shelburne"), award_usd=250_000.0, federal=True)
    assert told["lake_version"] == found.lake_version
    assert told["revenue_usd"] == found.revenue_usd
    assert [row["ratio"] for row in told["ratios"]] == list(found.ratios["ratio"])
    assert [row["because"] for row in told["readiness"]] == list(found.readiness["because"])


def test_what_is_unknown_is_said_with_its_reason(call: Call, sample_home: Path) -> None:
    ran = call("finances", "shelburne", "--award", "250000", home=sample_home)
    assert ran.code == 0
    assert "? no return of EIN 030179436 is in the lake" in ran.out
    assert "+ $250,000 is 1.3% of the revenue of $19,058,612" in ran.out
    assert "nan" not in ran.out.lower()


@pytest.mark.parametrize(("words", "told"), [(("nobody",), "nobody"), (("shelburne", "--as-of", "soon"), "--as-of")])
def test_bad_words_are_refused(call: Call, sample_home: Path, words: tuple[str, ...], told: str) -> None:
    call("finances", *words, home=sample_home).fails(2, told)
