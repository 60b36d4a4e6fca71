"""From the shipped single audits to rankings and chances, and a model that is the same each time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalynx.backtest import Outcome, backtest, chance_table, keep_outcome, kept_outcomes, ranking_table
from catalynx.errors import BadParameter, LakeEmpty
from catalynx.lake import Snapshot, ingest, open_lake
from catalynx.workflows import SAMPLE


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    folder = tmp_path_factory.mktemp("audits") / "lake"
    ingest(folder, [SAMPLE / "fac" / f"fac-{year}.tar.gz" for year in (2016, 2017, 2018)])
    with open_lake(folder) as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def outcome(lake: Snapshot) -> Outcome:
    return backtest(lake, "C2")


def test_the_window_ends_with_the_newest_year(outcome: Outcome) -> None:
    assert (outcome.origin, outcome.window) == (2017, 1)
    assert set(outcome.learned_from["revealed"]) == {2016}


def test_the_model_beats_popularity(outcome: Outcome) -> None:
    ranking = outcome.rankings[0]
    assert ranking.differences["popularity, recent"].low > 0
    assert {"EASE", "ALS", "BPR", "BM25", "item-kNN"} <= set(ranking.metrics)
    assert ranking.best_baseline != "Catalynx"


def test_every_ranked_pair_is_written_once_and_agrees_with_the_counts(outcome: Outcome) -> None:
    told, ranking = outcome.predictions, outcome.rankings[0]
    assert not told.duplicated(["recipient", "candidate"]).any()
    by_recipient = told[told["came"]].groupby("recipient").size()
    assert (len(by_recipient), int(by_recipient.sum())) == (ranking.recipients, ranking.pairs)


def test_the_reciprocal_rank_follows_from_the_predictions(outcome: Outcome) -> None:
    told = outcome.predictions
    rank = told.groupby("recipient")["score"].rank(ascending=False, method="first")
    best = rank[told["came"]].groupby(told["recipient"]).min()
    assert (1 / best).mean() == pytest.approx(outcome.rankings[0].metrics["Catalynx"]["mrr"].mean, abs=0.005)


def test_with_one_earlier_period_chances_are_unknown(outcome: Outcome) -> None:
    assert outcome.chances is None
    assert outcome.predictions["probability"].isna().all()


def test_what_was_found_is_kept_and_shown(outcome: Outcome, lake: Snapshot, tmp_path: Path) -> None:
    file = keep_outcome(outcome, tmp_path, lake.id, "0.1.0")
    assert json.loads(file.read_text())["lake_version"] == lake.id
    kept = kept_outcomes(tmp_path, lake.id)
    assert ranking_table(kept)["model"].tolist().count("Catalynx") == 2
    assert chance_table(kept).empty
    assert kept_outcomes(tmp_path, "another") == []


def test_what_is_not_there_is_said(lake: Snapshot) -> None:
    with pytest.raises(LakeEmpty, match="grants"):
        backtest(lake, "A")
    with pytest.raises(BadParameter, match="one of A, B, C, C2"):
        backtest(lake, "D")
    with pytest.raises(BadParameter, match="a year from 2017 to 2017"):
        backtest(lake, "C2", origin=2031)
