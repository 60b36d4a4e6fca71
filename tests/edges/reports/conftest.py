"""One report for all that looks at it, and a copy of the workspace for what changes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from catalynx import workflows
from catalynx.reports import Made, made_reports, run_report
from catalynx.settings import Settings, load_settings

HOSTILE_NAME = "<img src=x onerror=alert(1)> Museum"
HOSTILE_MISSION = "=cmd('x') American art museum and history collections <script>alert(2)</script>"
PARAMETERS = 'profile: str = ""  # id of the profile\ntop: int = 5  # how many\n'


@dataclass(frozen=True)
class Shown:
    """A report that was made, with what the package itself answers."""

    settings: Settings
    made: Made
    decided: workflows.Decided
    facts: pd.DataFrame


@pytest.fixture(scope="session")
def shown(
    sample_home: Path,
    once: Callable[[str], AbstractContextManager[tuple[Path, bool]]],
    copy_home: Callable[[Path, Path], Path],
) -> Shown:
    """The executive summary of a profile whose texts try to be run; made once a run and shared by its workers."""
    with once("sample-report") as (folder, made_already):
        settings = load_settings(home=folder / "home")
        if not made_already:
            copy_home(sample_home, settings.home)
            make_hostile_report(settings)
        with workflows.Workspace(settings) as workspace:
            profile = workspace.records.find_profile("demo-shelburne-museum")
            decided, facts = workflows.decide(workspace, profile), workflows.data_facts(workspace)
    return Shown(settings, made_reports(settings.reports)[0], decided, facts)


def make_hostile_report(settings: Settings) -> None:
    """Give the profile of the demonstration a name and mission that try to be run, and report on it."""
    with workflows.Workspace(settings) as workspace:
        profile = workspace.records.find_profile("demo-shelburne-museum")
        changed = {**profile.fields(), "organization_name": HOSTILE_NAME, "mission_statement": HOSTILE_MISSION}
        workspace.records.save_profile(type(profile).model_validate(changed))
    run_report(settings, "executive_summary", {"profile": profile.profile_id, "top": 4})


@pytest.fixture
def notebooks(tmp_path: Path) -> Callable[..., Path]:
    """Write report notebooks; gives the folder that holds them."""

    def written(name: str, *cells: str) -> Path:
        folder = tmp_path / "notebooks/reports"
        folder.mkdir(parents=True, exist_ok=True)
        content: list[dict[str, Any]] = [
            {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# A constructed report"},
            *(
                {"cell_type": "code", "id": f"cell-{place}", "execution_count": None, "outputs": [], "source": source,
                 "metadata": {"tags": ["parameters"]} if place == 0 else {}}
                for place, source in enumerate(cells)
            ),
        ]  # fmt: skip
        book = {"cells": content, "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
                "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
        (folder / f"{name}.ipynb").write_text(json.dumps(book))
        return folder.parent

    return written
