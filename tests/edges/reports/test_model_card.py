"""The model card: executed over back-tests that were kept, it says what they say; without any it says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from catalynx import backtest
from catalynx.lake.versions import current_folder
from catalynx.reports import Made, run_report
from catalynx.settings import Settings, load_settings

KEPT = Path(__file__).parents[2] / "data/model_card"


@pytest.fixture(scope="module")
def settings(trained_home: Path, tmp_path_factory: pytest.TempPathFactory, copy_home: Callable[[Path, Path], Path]) -> Settings:
    """A workspace with a model, and with back-tests that were kept of the same sample."""
    made = load_settings(home=copy_home(trained_home, tmp_path_factory.mktemp("carded") / "home"))
    for file in sorted(KEPT.glob("*.json")):
        name = file.name.replace("sample", current_folder(made.lake).name)
        (made.lake / "models" / name).write_text(file.read_text())
    return made


@pytest.fixture(scope="module")
def page(settings: Settings) -> str:
    made: Made = run_report(settings, "model_card", {}, pdf=False)
    return made.html.read_text(encoding="utf-8")


def test_it_opens_with_how_good_it_is(settings: Settings, page: str) -> None:
    outcomes = backtest.kept_outcomes(settings.lake, current_folder(settings.lake).name)
    assert [outcome["dataset"] for outcome in outcomes] == ["A", "C2"]
    lead = re.search(r'<p class="lead">(.*?)</p>', page)
    assert lead
    assert lead[1] == backtest.verdict(outcomes) == (
        "Asked 5 questions about years it did not know, the model ranked better than the best baseline in 4, and no difference can be "
        "told in 1. Its chances on A added up to 1.07 times what came, with a log loss 32 % below that of a constant. Its chances on "
        "C2 added up to 1.13 times what came, with a log loss 54 % below that of a constant."
    )  # fmt: skip


def test_the_model_that_answers_is_named(settings: Settings, page: str) -> None:
    trained, card = backtest.newest_model(settings.lake, current_folder(settings.lake).name)
    assert f"It speaks of {trained.origin + 1}–{trained.origin + trained.window}" in page
    assert str(card["sha256"]) in page


def test_each_question_stands_once_with_its_best_baseline(settings: Settings, page: str) -> None:
    outcomes = backtest.kept_outcomes(settings.lake, current_folder(settings.lake).name)
    table = backtest.summary_table(outcomes)
    assert table["question"].tolist() == ["A, 2010–2014"] * 4 + ["C2, 2020"]
    assert table["told_apart"].tolist() == ["better"] * 4 + ["no"]
    for row in table.itertuples(index=False):
        assert f"<td>{row.ours}</td><td>{row.best_baseline}</td><td>{row.baseline}</td><td>{row.difference}</td>" in page
    first = next(one for one in outcomes[0]["rankings"] if one["kind"] == "warm" and one["candidates"] == "covered")
    rivals = {name: found["mrr"]["mean"] for name, found in first["metrics"].items() if name != "Catalynx"}
    assert table["best_baseline"][0] == max(rivals, key=lambda name: rivals[name])


def test_all_rankings_and_limits_stand_at_the_end(page: str) -> None:
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert headings == [
        "What it claims", "The model that answers today", "How well it ranks, against the best baseline of each question",
        "How right its chances are", "What each ingredient is worth", "What the data do to it", "All rankings",
    ]  # fmt: skip
    assert "it is never the chance of winning" in page
    assert page.count("<td>Catalynx</td>") == 6


def test_of_one_data_set_alone(settings: Settings) -> None:
    made = run_report(settings, "model_card", {"dataset": "C2"}, pdf=False)
    assert "Asked 1 questions" not in made.html.read_text()
    assert "Asked one question about years it did not know, the model" in made.html.read_text()


def test_without_back_tests_and_model_it_says_what_to_do(
    sample_home: Path, tmp_path: Path, copy_home: Callable[..., Path]
) -> None:
    made = run_report(load_settings(home=copy_home(sample_home, tmp_path / "home")), "model_card", {}, pdf=False)
    said = made.html.read_text(encoding="utf-8")
    assert "no back-test of this lake version is kept. <code>catalynx backtest</code> makes them." in said
    assert "<code>catalynx likelihood train</code> makes it." in said


def test_what_an_ingredient_is_worth_is_shown_where_it_was_asked_for() -> None:
    outcome = json.loads((KEPT / "backtest-sample-A-2009.json").read_text())
    assert backtest.worth_table([outcome]).empty
    worth = {"warm": {"text": {"mean": 0.009, "low": -0.008, "high": 0.024}}}
    assert backtest.worth_table([{**outcome, "worth": worth}]).to_numpy().tolist() == [
        ["A", "warm", "text", "0.009 [−0.008, 0.024]"]
    ]
