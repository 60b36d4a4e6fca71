"""An executed notebook becomes a page in which nothing of the notebook's can run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from catalynx.errors import ReportError
from catalynx.reports import printing
from catalynx.reports.paper import FIGURE_MIME


def page(tmp_path: Path, *, html: str = "", markdown: str = "", title: str = "T", figure: dict[str, str] | None = None) -> str:
    data = {FIGURE_MIME: figure, "text/plain": "x"} if figure else {"text/html": html, "text/plain": "x"}
    cells = [new_markdown_cell(markdown), new_code_cell("secret_code()", outputs=[new_output("display_data", data=data)])]
    nbformat.write(new_notebook(cells=cells), tmp_path / "a.ipynb")
    return printing.to_html(tmp_path / "a.ipynb", tmp_path / "a.html", title=title).read_text()


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>boom()</script>",
        "<SCRIPT SRC=//host/x.js></SCRIPT>",
        "<style>body{background:url(//host/boom)}</style>",
        '<b onclick="boom()">x</b>',
        "<img src=x onerror=boom()>",
        '<img src="https://host/boom.png">',
        '<a href="javascript:boom()">x</a>',
        '<a href="java\tscript:boom()">x</a>',
        '<iframe src="//host/boom"></iframe>',
        '<svg onload="boom()"><script>boom()</script></svg>',
        '<math><mtext></form><form><mglyph><style></math><img src onerror="boom()">',
        '<link rel="stylesheet" href="//host/boom.css">',
        '<meta http-equiv="refresh" content="0;url=//host/boom">',
        '<form action="//host/boom"><input></form>',
        '<object data="//host/boom"></object>',
        '<div style="background:url(//host/boom)">x</div>',
        "<base href=//host/boom>",
    ],
)
@pytest.mark.parametrize("place", ["html", "markdown"])
def test_what_could_run_or_be_fetched_is_removed(tmp_path: Path, hostile: str, place: str) -> None:
    body = re.sub(r"<style>.*?</style>", "", page(tmp_path, **{place: hostile}), count=1, flags=re.DOTALL)
    body = body[body.index("<body>") :]
    assert "<script" not in body.lower()
    tags = re.findall(r"<[a-z][^>]*>", body, re.IGNORECASE)
    assert not [tag for tag in tags if re.search(r"\bon\w+\s*=|script:|//host|style\s*=", tag, re.IGNORECASE)]


def test_what_a_report_needs_stays(tmp_path: Path) -> None:
    kept = '<table class="t"><tbody><tr><td colspan="2">1 &lt; 2</td></tr></tbody></table>'
    assert kept in page(tmp_path, html=kept)


def test_code_is_not_shown(tmp_path: Path) -> None:
    assert "secret_code" not in page(tmp_path, html="<p>x</p>")


def test_the_title_is_escaped(tmp_path: Path) -> None:
    assert "<title>&lt;/title&gt;&lt;script&gt;</title>" in page(tmp_path, title="</title><script>")


def test_a_page_without_figures_may_run_nothing(tmp_path: Path) -> None:
    found = page(tmp_path, html="<p>x</p>")
    assert "script-src 'none'" in found
    assert "<script" not in found


def test_only_the_scripts_named_by_hash_may_run(tmp_path: Path) -> None:
    item = json.dumps({"doc": "<!--<script></script><script>boom()</script>"})
    found = page(tmp_path, figure={"item": item, "caption": "<b>caption</b>"})
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', found)
    assert policy
    assert policy[1].startswith("default-src 'none'; img-src data:;")
    scripts = re.findall(r"<script>(.*?)</script>", found, re.DOTALL)
    assert len(scripts) == 2
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[1]
    assert "&lt;b&gt;caption&lt;/b&gt;" in found
    figures = re.search(r'<script type="application/json" id="figures">(.*?)</script>', found, re.DOTALL)
    assert figures
    assert json.loads(figures[1]) == [json.loads(item)]


def test_a_pdf_without_a_browser_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "chromium_path", lambda: None)
    with pytest.raises(ReportError, match="playwright install chromium"):
        printing.print_pdf(tmp_path / "a.html", tmp_path / "a.pdf")


def test_a_browser_that_does_not_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "chromium").write_text("#!/bin/sh\nexit 7\n")
    (tmp_path / "chromium").chmod(0o755)
    (tmp_path / "a.html").write_text("<p>x</p>")
    monkeypatch.setattr(printing, "chromium_path", lambda: tmp_path / "chromium")
    with pytest.raises(ReportError, match="the PDF could not be printed"):
        printing.print_pdf(tmp_path / "a.html", tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()
