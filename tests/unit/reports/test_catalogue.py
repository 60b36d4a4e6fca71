"""A report is a notebook that describes its own parameters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalynx.errors import BadParameter, NotFound, ReportError
from catalynx.reports.catalogue import Parameter, Report, check_parameters, report, reports

WANTED = Report(
    "constructed", "Constructed", Path("constructed.ipynb"),
    (
        Parameter("profile", "str", False, "", "id"), Parameter("top", "int", False, 5, ""), Parameter("share", "float", False, 0.5, ""),
        Parameter("full", "bool", False, False, ""), Parameter("as_of", "date", True, None, "(a day)"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given", "typed"),
    [
        ("profile", "a b’é", "a b’é"), ("profile", "x" * 500, "x" * 500), ("top", "12", 12), ("top", -3, -3), ("share", "1e-3", 0.001),
        ("share", 2, 2.0), ("full", "Yes", True), ("full", "0", False), ("full", True, True), ("as_of", "2027-03-14", "2027-03-14"),
        ("as_of", None, None), ("as_of", "none", None), ("as_of", "", None),
    ],
)  # fmt: skip
def test_values_are_typed(name: str, given: object, typed: object) -> None:
    found = check_parameters(WANTED, {"profile": "x", name: given})[name]
    assert (found, type(found)) == (typed, type(typed))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("profile", ""), ("profile", None), ("profile", b"x"), ("profile", "a\x7f"), ("profile", "x" * 501), ("top", "1.0"), ("top", "१२"),
        ("top", "0x1"), ("top", 10**16), ("top", False), ("share", "nan"), ("share", "1e999"), ("share", True), ("share", "half"),
        ("full", "maybe"), ("full", 2), ("as_of", "14 March 2027"), ("as_of", "2027-13-01"), ("as_of", 20270314.5),
    ],
)  # fmt: skip
def test_other_values_are_refused(name: str, given: object) -> None:
    with pytest.raises(BadParameter) as refused:
        check_parameters(WANTED, {"profile": "x", name: given})
    assert refused.value.name == name


def test_unknown_names_are_refused() -> None:
    with pytest.raises(BadParameter, match="profile, top, share, full, as_of"):
        check_parameters(WANTED, {"profile": "x", "__import__('os')": 1})


def written(folder: Path, *cells: dict[str, object]) -> Path:
    (folder / "reports").mkdir()
    (folder / "reports/constructed.ipynb").write_text(json.dumps({"cells": cells}))
    return folder


def test_a_notebook_describes_itself(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        {"cell_type": "markdown", "metadata": {}, "source": ["# Which funders\n", "to turn to"]},
        {
            "cell_type": "code", "metadata": {"tags": ["parameters"]},
            "source": ['profile: str = ""  # id\n', "day: str | None = None  # (a day) to judge for\n", "top: int = 3"],
        },
    )  # fmt: skip
    found = report(folder, "constructed")
    assert found.title == "Which funders"
    assert found.parameters == (
        Parameter("profile", "str", False, "", "id"),
        Parameter("day", "date", True, None, "(a day) to judge for"),
        Parameter("top", "int", False, 3, ""),
    )
    assert [parameter.required for parameter in found.parameters] == [True, False, False]
    with pytest.raises(NotFound, match="constructed"):
        report(folder, "other")


@pytest.mark.parametrize(
    "cells",
    [
        (),
        ({"cell_type": "markdown", "metadata": {}, "source": ["# Title"]},),
        ({"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": ["top: int = 3"]},),
    ],
)
def test_a_notebook_without_title_or_parameters_is_no_report(tmp_path: Path, cells: tuple[dict[str, object], ...]) -> None:
    with pytest.raises(ReportError, match="one cell tagged `parameters`"):
        reports(written(tmp_path, *cells))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="CATALYNX_NOTEBOOKS"):
        reports(tmp_path / "nowhere")
