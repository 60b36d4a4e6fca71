"""Every report notebook describes its parameters in one cell, and only calls and shows."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from catalynx.reports import reports

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
REPORTS = sorted((NOTEBOOKS / "reports").glob("*.ipynb"))


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text())["cells"]
    return found


def test_there_are_reports() -> None:
    assert "executive_summary" in reports(NOTEBOOKS)


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_one_cell_holds_the_parameters(path: Path) -> None:
    tagged = [place for place, cell in enumerate(cells(path)) if "parameters" in cell["metadata"].get("tags", [])]
    first_code = next(place for place, cell in enumerate(cells(path)) if cell["cell_type"] == "code")
    assert tagged == [first_code]
    tree = ast.parse("".join(cells(path)[first_code]["source"]))
    assert all(isinstance(node, ast.AnnAssign) for node in tree.body)


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_parameters_have_a_known_type_and_a_meaning(path: Path) -> None:
    for parameter in reports(NOTEBOOKS)[path.stem].parameters:
        assert parameter.kind in {"str", "int", "float", "bool", "date"}, parameter.name
        assert parameter.meaning, parameter.name


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_report_defines_nothing(path: Path) -> None:
    for cell in cells(path):
        if cell["cell_type"] == "code":
            tree = ast.parse("".join(cell["source"]))
            assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.For | ast.While)]
