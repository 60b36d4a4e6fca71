"""How likely money from a candidate is: the model's chance, the agency's count, or why neither is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalynx import backtest, workflows
from catalynx.errors import LakeDamaged, LakeEmpty, NotFound
from catalynx.lookups import likelihood
from catalynx.lookups.likelihood import NOT_FOUNDATIONS, OTHER_PROGRAM, TRAIN, UNTRAINED, Likelihoods, how_likely, likelihoods_of
from catalynx.records.profile import Profile, make_profile
from catalynx.settings import load_settings
from catalynx.workflows import Workspace

NUMBERS = ["likelihood", "likelihood_low", "likelihood_high"]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Every test asks anew."""
    likelihood.forget_chances()
    yield
    likelihood.forget_chances()


@pytest.fixture(scope="module")
def untrained(sample_home: Path) -> Iterator[Workspace]:
    with Workspace(load_settings(home=sample_home)) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def trained(trained_home: Path) -> Iterator[Workspace]:
    with Workspace(load_settings(home=trained_home)) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def museum(trained: Workspace) -> Profile:
    return trained.records.find_profile("shelburne")


def test_without_a_model_chances_are_unknown_and_the_way_out_is_said(untrained: Workspace, museum: Profile) -> None:
    found = likelihoods_of(untrained, museum)
    assert (found.unknown, found.way_out, found.first_year) == (UNTRAINED, TRAIN, None)
    assert found.rows[NUMBERS].isna().all(axis=None)
    notes = found.rows.groupby("kind")["likelihood_note"].unique()
    assert notes["foundation"].tolist() == [UNTRAINED]
    assert notes["program"].tolist() == [NOT_FOUNDATIONS]
    foundation = how_likely(found, found.rows.query("kind == 'foundation'")["candidate_id"].iloc[0])
    assert foundation.in_words == (
        "Unknown: no model was trained on this version of the data. `catalynx likelihood train` trains one on it."
    )
    program = how_likely(found, found.rows.query("kind == 'program'")["candidate_id"].iloc[0])
    assert program.way_out is None, "a model would not know it either"


def test_federal_money_has_the_base_rate_with_its_year_and_sentence(untrained: Workspace, museum: Profile) -> None:
    found = likelihoods_of(untrained, museum)
    known = found.rows[found.rows["base_rate"].notna()]
    assert set(known["kind"]) == {"program"}, "no announcement that ships is of such a program"
    assert known["award_rate_sentence"].str.len().gt(0).all()
    for row in known.itertuples(index=False):
        one = how_likely(found, row.candidate_id)
        assert one.base_rate == pytest.approx(row.awards_count / row.applications_count)
        assert f" in {one.base_rate_year}, {100 * row.base_rate:.0f} % " in one.in_words
        assert one.in_words.endswith("That counts all who applied; for you it is unknown: the model knows foundations' "
                                     "published grants only.")  # fmt: skip


def test_a_chance_comes_with_its_range_and_its_words(trained: Workspace, museum: Profile) -> None:
    found = likelihoods_of(trained, museum)
    known = found.rows[found.rows["likelihood"].notna()]
    assert len(known) > 10
    assert known["kind"].eq("foundation").all()
    assert known["likelihood_low"].lt(known["likelihood"]).all()
    assert known["likelihood"].lt(known["likelihood_high"]).all()
    assert known[NUMBERS].ge(0).all(axis=None)
    assert known[NUMBERS].le(1).all(axis=None)
    one = how_likely(found, known["candidate_id"].iloc[0])
    assert one.likelihood == known["likelihood"].max()
    assert one.says.startswith(f"A new grant to you will be reported for {one.first_year}–{one.last_year} with a chance of ")
    assert "win" not in one.says
    assert one.in_words == one.says


def test_the_likeliest_come_first_then_the_highest_base_rates(trained: Workspace, museum: Profile) -> None:
    rows = likelihoods_of(trained, museum).rows
    chances = rows["likelihood"].dropna()
    assert chances.index.tolist() == list(range(len(chances)))
    assert chances.is_monotonic_decreasing
    rates = rows["base_rate"].iloc[len(chances) :].dropna()
    assert rates.is_monotonic_decreasing
    assert rates.index.tolist() == list(range(len(chances), len(chances) + len(rates)))


def test_years_that_are_past_are_called_past(trained: Workspace, museum: Profile) -> None:
    found = likelihoods_of(trained, museum)
    candidate = found.rows["candidate_id"].iloc[0]
    assert found.last_year is not None
    for year, past in ((found.last_year, False), (found.last_year + 1, True)):
        told = replace(found, as_of=date(year, 1, 1))
        assert ("Those years are past" in how_likely(told, candidate).says) is past


@pytest.mark.parametrize(
    "less",
    [{"ein": None}, {"ntee_codes": []}, {"ein": None, "ntee_codes": [], "state": None, "mission_statement": ""}],
    ids=["no EIN", "no field", "nothing but a name"],
)
def test_an_organisation_without_a_record_gets_a_wide_range_that_says_so(trained: Workspace, less: dict[str, Any]) -> None:
    fields: dict[str, Any] = {
        "organization_name": "Constructed Museum of Nowhere", "ein": "039999999", "ntee_codes": ["A50"], "state": "VT",
        "mission_statement": "A museum.",
    }  # fmt: skip
    found = likelihoods_of(trained, make_profile({**fields, **less}))
    known = found.rows[found.rows["likelihood"].notna()]
    assert len(known)
    assert (known["likelihood_high"] / known["likelihood_low"]).ge(30).all()
    assert "Nothing of you is on record" in how_likely(found, known["candidate_id"].iloc[0]).says


def test_the_same_question_is_answered_once(trained: Workspace, museum: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    answer = backtest.likelihoods
    monkeypatch.setattr(backtest, "likelihoods", lambda *given: asked.append("once more") or answer(*given))
    first, again = (likelihoods_of(trained, museum).rows for _ in range(2))
    assert first.equals(again)
    assert len(asked) == 1
    workflows.forget_answers()
    assert likelihoods_of(trained, museum).rows.equals(first)
    assert len(asked) == 2


def test_a_model_whose_bytes_changed_is_not_asked(
    trained: Workspace, museum: Profile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def damaged(*_: object) -> None:
        raise LakeDamaged(tmp_path / "model.bin", "its checksum is not the one of its card")

    monkeypatch.setattr(backtest, "newest_model", damaged)
    found = likelihoods_of(trained, museum)
    assert found.unknown is not None
    assert "its checksum is not the one of its card" in found.unknown
    assert found.rows["likelihood"].isna().all()


def test_a_model_of_other_code_is_not_asked_but_made_anew(
    trained: Workspace, museum: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtest.training, "code_digest", lambda: "that of a newer version")
    found = likelihoods_of(trained, museum)
    assert (found.unknown, found.way_out) == (OTHER_PROGRAM, TRAIN)
    foundation = how_likely(found, found.rows.query("kind == 'foundation'")["candidate_id"].iloc[0])
    assert foundation.in_words.startswith("Unknown: the model of this version of the data was trained by another version of the")
    assert foundation.way_out == TRAIN


def test_a_candidate_that_is_not_there(untrained: Workspace, museum: Profile) -> None:
    with pytest.raises(NotFound, match="foundation:nobody"):
        how_likely(likelihoods_of(untrained, museum), "foundation:nobody")


def test_a_lake_without_grants_knows_base_rates_alone(tmp_path: Path) -> None:
    with Workspace(load_settings(home=tmp_path)) as workspace:
        museum = make_profile({"organization_name": "Constructed Museum"})
        with pytest.raises(LakeEmpty):
            likelihoods_of(workspace, museum)
        workflows.ingest(workspace, [workflows.SAMPLE / "assistance_listings"])
        found: Likelihoods = likelihoods_of(workspace, museum)
        assert set(found.rows["kind"]) == {"program"}
        assert found.rows["base_rate"].notna().any()
        assert found.rows["likelihood"].isna().all()
