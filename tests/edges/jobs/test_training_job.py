"""The job that trains the model of chances: what it takes, what it tells, what it leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from catalynx import backtest
from catalynx.errors import BadParameter, LakeEmpty
from catalynx.jobs.kinds import Order, kind_of
from catalynx.jobs.training import STEPS
from catalynx.lake.versions import current_folder
from catalynx.settings import Settings, load_settings

KIND = kind_of("likelihood")
ORDER = Order("a" * 32, None, {})


@pytest.fixture
def trained(trained_home: Path, tmp_path: Path, copy_home: Callable[[Path, Path], Path]) -> Settings:
    return load_settings(home=copy_home(trained_home, tmp_path / "home"))


@pytest.mark.parametrize(("given", "profile_id", "named"), [({"dataset": "B"}, None, "parameters"), ({}, "museum", "profile_id")])
def test_it_has_no_choices(given: dict[str, Any], profile_id: str | None, named: str) -> None:
    with pytest.raises(BadParameter, match=named):
        KIND.check(SimpleNamespace(), given, profile_id)


def test_a_version_that_has_a_model_keeps_it(trained: Settings) -> None:
    said: list[tuple[str, int, int]] = []
    (card,) = KIND.run(trained, ORDER, lambda *words: said.append(words))
    assert card.is_file()
    assert said == [("there already", STEPS, STEPS)]


def test_it_tells_how_far_it_is_and_leaves_the_card(trained: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    version = current_folder(trained.lake).name
    model, before = backtest.newest_model(trained.lake, version)
    for file in trained.lake.glob("models/*/*"):
        file.unlink()

    def learn(lake: object, *, progress: Callable[[str], None]) -> object:
        for year in (2013, 2008, 2006):
            progress(f"chances from {year}")
        return model

    monkeypatch.setattr(backtest, "train", learn)
    said: list[tuple[str, int, int]] = []
    (card,) = KIND.run(trained, ORDER, lambda *words: said.append(words))
    after = backtest.newest_model(trained.lake, version)[1]
    assert (card.name, card.is_file()) == ("card.json", True)
    assert card.resolve().is_relative_to(trained.home)
    # Bytes of a model that was read and written again may differ; what it says is the same.
    assert {**after, "sha256": ""} == {**before, "sha256": ""}
    assert [done for _, done, _ in said] == [0, 1, 2, 3, 4, 5]
    assert said[1] == ("learning chances from 2013", 1, STEPS)


def test_without_data_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(LakeEmpty):
        KIND.run(load_settings(home=tmp_path), ORDER, lambda *words: None)
