"""What an app shows instead of the frames and mappings of its notebook."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from catalynx.figures.score_parts import score_parts
from catalynx.hub.notebook_apps import FIRST_CELL, SHARE, JupyterPlaces, shown_in_words
from catalynx.reports.in_apps import MOST_ROWS, facts, figure, heading, table, written

CANARY = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ask_usd", 12500.0, "$12,500"),
        ("ask_usd then", np.float64(-3), "−$3"),
        ("score", 0.666, "0.67"),
        ("coverage", 0.9, "90 %"),
        ("year", np.int64(2023), "2023"),
        ("rows", np.int64(87700), "87,700"),
        ("newest_year", pd.NA, "unknown"),
        ("score", float("nan"), "unknown"),
        ("deadline", date(2024, 4, 12), "12 Apr 2024"),
        ("created_at", "2026-11-22T20:52:21.138897Z", "22 Nov 2026"),
        ("ein", "030179436", "03-0179436"),
        ("name", "THE FUND FOR ARTS", "The Fund for Arts"),
        ("is_501c3", np.bool_(True), "yes"),
        ("kinds", ["program", "foundation"], "program; foundation"),
        ("marks", [], "none"),
        ("funding", {"ask_max_usd": 5.0, "cost_sharing_ok": None}, "ask max: $5; cost sharing ok: unknown"),
        ("source", "irs_bmf", "irs bmf"),
    ],
)
def test_values_are_written_for_readers(name: str, value: Any, expected: str) -> None:
    assert written(name, value) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("total_usd", "Total"), ("ask_usd then", "Ask then"), ("ntee_codes", "NTEE codes"), ("ein", "EIN"), ("name", "Name")],
)
def test_headings_are_words(name: str, expected: str) -> None:
    assert heading(name) == expected


def test_text_of_data_is_inert() -> None:
    frame = pd.DataFrame({CANARY: [CANARY]})
    for shown in (table(frame), facts({CANARY: [CANARY, {CANARY: CANARY}]})):
        assert "<img" not in shown
        assert "&lt;img" in shown


def test_a_long_frame_says_what_is_left_out_and_an_empty_one_that_it_is() -> None:
    assert table(pd.DataFrame({"a": range(MOST_ROWS + 1_200)})).endswith("<p>1,200 more rows are left out.</p>")
    assert "left out" not in table(pd.DataFrame({"a": range(MOST_ROWS)}))
    assert ">nothing<" in table(pd.DataFrame({"a": []}))


def test_labels_of_rows_are_shown_where_they_say_something() -> None:
    counted = pd.DataFrame({"kind": ["a", "a", "b"], "name": ["x", "y", "z"]}).groupby(["kind", "name"]).size().to_frame("kind")
    assert re.findall(r"<th\b[^>]*>([^<]*)", table(counted)) == ["Kind", "Name", "Kind"]
    assert re.findall(r"<th\b[^>]*>([^<]*)", table(pd.DataFrame({"a": [1, 2]}).iloc[::-1])) == ["A"]


def test_a_figure_brings_its_title_as_text_and_no_address() -> None:
    parts = pd.DataFrame({
        "criterion": ["mission"], "value": [0.5], "weight": [1.0], "contribution": [0.5], "because": ["</script>" + CANARY],
    })  # fmt: skip
    shown = figure(score_parts(parts, title="</script>" + CANARY))["text/html"]
    assert "://" not in shown
    assert "<img" not in shown
    assert "<figcaption>&lt;/script&gt;&lt;img" in shown
    script = re.search(r"<script>Bokeh\.embed\.embed_item\((.*)\)</script>$", shown)[1]
    assert "<" not in script
    assert json.loads(script)["target_id"] in shown


def test_only_python_has_a_first_cell() -> None:
    import nbformat

    for language, expected in (("python", [FIRST_CELL, "own"]), ("R", ["own"])):
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell("own")],
            metadata={"kernelspec": {"name": "k", "display_name": "K", "language": language}},
        )
        assert [cell.source for cell in shown_in_words(None, notebook=notebook, cwd="").cells] == expected


def test_jupyter_looks_at_ours_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_PATH", "/elsewhere")
    monkeypatch.delenv("JUPYTER_CONFIG_PATH", raising=False)
    assert not JupyterPlaces().has_ours()
    told = JupyterPlaces().with_ours()
    assert told == {"JUPYTER_PATH": f"{SHARE}:/elsewhere", "JUPYTER_CONFIG_PATH": str(SHARE)}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert JupyterPlaces().has_ours()
