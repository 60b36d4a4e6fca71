"""The guides for analysts run on the sample workspace, and show what the package gives."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "notebooks/explore").glob("*.ipynb"))


@pytest.fixture
def environment(sample_home: Path) -> dict[str, str]:
    return {**os.environ, "CATALYNX_HOME": str(sample_home)}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_every_cell_runs(guide: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider", "-q", "-o", "addopts=", str(guide)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=170)
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_first_look_shows_what_the_package_gives(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat
    from nbclient import NotebookClient

    from catalynx import workflows
    from catalynx.settings import load_settings

    monkeypatch.setenv("CATALYNX_HOME", str(sample_home))
    notebook = nbformat.read(ROOT / "notebooks/explore/01_first_look.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells = cells[:2] + [cell for cell in cells if "agenda.sentence" in cell.source]
    NotebookClient(notebook, timeout=120).execute()
    with workflows.Workspace(load_settings(home=sample_home)) as workspace:
        decided = workflows.decide(workspace, workspace.records.find_profile("shelburne"))
    printed = "".join(output.get("text", "") for output in notebook.cells[-1].outputs)
    assert printed.strip() == decided.agenda.sentence
    # A frame shows the first 50 characters of a cell.
    assert decided.decisions.iloc[0]["name"][:40] in notebook.cells[-1].outputs[-1]["data"]["text/html"]
