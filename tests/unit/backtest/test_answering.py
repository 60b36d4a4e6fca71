"""What the trained model answers for an applicant: a chance with its range, a wide one, or why there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from catalynx.backtest import answering, training
from catalynx.backtest.answering import likelihoods, make_ready
from catalynx.backtest.training import Trained, keep, newest_model, newest_year
from catalynx.errors import LakeDamaged, NotFound
from catalynx.likelihood.world import World, make_world
from catalynx.rules import Applicant


def constructed_world() -> World:
    """80 invented recipients and five invented funders, each of which favours some, 1990 to 2009; one list ends in 2005."""
    generator = np.random.default_rng(8)
    names = [f"{'MUSEUM' if place % 2 else 'LIBRARY'} {chr(65 + place % 26)}TOWN{place}" for place in range(80)]
    recipients = pd.DataFrame({"recipient": [f"{name}|VT" for name in names], "name": names, "place": "state0VT", "state": "VT"})
    recipients["ntee_major"] = ["A" if place % 2 else "B" for place in range(80)]
    recipients["kind"] = None
    funders = pd.DataFrame({"funder": [f"FUND {place}" for place in range(5)], "name": "Fund", "text": "", "last_year": 2009})
    funders.loc[4, "last_year"] = 2005
    gifts = [
        (f"{names[recipient]}|VT", f"FUND {funder}", year, 5000.0, "")
        for year in range(1990, 2010)
        for funder in range(5)
        for recipient in generator.choice(70, 5, replace=False)
        if (recipient + funder) % 2 and (funder < 4 or year <= 2005)
    ]
    return make_world(pd.DataFrame(gifts, columns=["recipient", "funder", "year", "amount_usd", "text"]), recipients, funders)


class Lake:
    """A lake that links no name to an EIN."""

    version = SimpleNamespace(rows=lambda name: 5)

    def need(self, *names: str) -> None:
        """Have everything."""

    def sql(self, query: str, parameters: object = None) -> pd.DataFrame:
        return pd.DataFrame({"recipient_key": pd.Series([], dtype="str")})


@pytest.fixture(scope="module")
def patched() -> object:
    with pytest.MonkeyPatch.context() as patch:
        one = SimpleNamespace(title="invented", tables=(), window=3, load=lambda lake: constructed_world())
        patch.setattr(answering, "DATASETS", {"A": one})
        patch.setattr(training, "DATASETS", {"A": one})
        yield


@pytest.fixture(scope="module")
def trained(patched: object) -> Trained:
    return training.train(Lake())  # type: ignore[arg-type]


CANDIDATES = pd.DataFrame(
    {
        "kind": ["foundation"] * 4 + ["program"],
        "candidate_id": ["foundation:FUND 0", "foundation:FUND 3", "foundation:FUND 4", "foundation:FUND 9", "program:45.164"],
    },
    index=[7, 5, 3, 1, 0],
)


def ask(trained: Trained, applicant: Applicant) -> pd.DataFrame:
    lake: Any = Lake()
    return likelihoods(lake, make_ready(lake, trained), CANDIDATES, applicant)


def test_the_newest_full_year_is_the_origin(trained: Trained) -> None:
    assert newest_year(constructed_world()) == 2009
    assert (trained.origin, trained.window, trained.calibrated_on) == (2009, 3, 2006)
    assert max(trained.learned_from) + trained.window <= trained.calibrated_on


def test_a_cold_organisation_gets_a_wide_range(trained: Trained) -> None:
    found = ask(trained, Applicant(name="Zebra Club", states=("VT",), ntee_majors=("A",)))
    assert found.index.tolist() == CANDIDATES.index.tolist()
    told = found.loc[[7, 5]]
    assert (told["likelihood_high"] / told["likelihood_low"]).tolist() == pytest.approx([100, 100])
    assert told["likelihood_note"].str.contains("nothing of you is on record").all()


def test_what_is_out_of_domain_is_unknown_and_says_why(trained: Trained) -> None:
    found = ask(trained, Applicant(name="Zebra Club", states=("VT",)))
    assert found["likelihood"].isna().tolist() == [False, False, True, True, True]
    assert "ends in 2005" in found.loc[3, "likelihood_note"]
    assert "do not hold this foundation" in found.loc[1, "likelihood_note"]
    assert "foundations' published grants only" in found.loc[0, "likelihood_note"]


def test_an_organisation_on_record_gets_a_chance_or_is_told_of_its_grant(trained: Trained) -> None:
    world = constructed_world()
    history = world.until(trained.origin)
    funded = history.seen.toarray()[:, [0, 3]]
    row = int(np.flatnonzero(funded[:, 0] != funded[:, 1])[0])
    found = ask(trained, Applicant(name=world.recipients["name"][row].title(), states=("VT",)))
    before, new = (7, 5) if funded[row, 0] else (5, 7)
    assert found.loc[before, "likelihood_note"].startswith("no new pair")
    assert 0 < found.loc[new, "likelihood_low"] < found.loc[new, "likelihood"] < found.loc[new, "likelihood_high"] <= 1
    assert found.loc[new, "likelihood_note"] == "chance that a new grant will be reported in 2010–2012"


def test_the_same_training_is_the_same_file(trained: Trained, patched: object, tmp_path: Path) -> None:
    folder = keep(trained, tmp_path, "v1", "0.1.0")
    assert keep(training.train(Lake()), tmp_path, "v1", "0.1.0") == folder  # type: ignore[arg-type]
    read, card = newest_model(tmp_path, "v1")
    assert (read.volume, card["origin"], card["lake_version"]) == (trained.volume, 2009, "v1")
    assert json.loads((folder / "card.json").read_text())["features"] == list(trained.features)
    assert keep(replace(trained, volume=1.0), tmp_path, "v1", "0.1.0") != folder


def test_a_model_that_was_changed_or_is_not_there_is_refused(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="likelihood train"):
        newest_model(tmp_path, "v1")
    folder = keep(trained, tmp_path, "v1", "0.1.0")
    (folder / "model.bin").write_bytes(b"something else")
    with pytest.raises(LakeDamaged, match="checksum"):
        newest_model(tmp_path, "v1")
