"""The page on security names tests that are there, and nothing is locked at a release whose hole is known."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/security.md"
NAMED = re.compile(r"`([\w/]*\.py)?::(test_\w+)`")
MENDED = {
    "bokeh": "3.8.2", "jupyter-server": "2.20", "jupyterhub": "5.5.1", "lxml": "6.1", "nbconvert": "7.17", "pyjwt": "2.15",
    "python-multipart": "0.0.26", "starlette": "1.3.1", "tornado": "6.5.5",
}  # fmt: skip


def named() -> list[tuple[str, str]]:
    """Return file and name of every test on the page; ``::name`` alone stands in the file before it, in the same row."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        file = ""
        for given, name in NAMED.findall(line):
            file = given or file
            found.append((file, name))
    return found


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def test_there_are_names() -> None:
    assert len(named()) > 60


@pytest.mark.parametrize(("file", "name"), sorted(set(named())))
def test_a_test_that_is_named_is_there(file: str, name: str) -> None:
    assert name in names_in(file)


def test_every_row_names_a_test() -> None:
    text = PAGE.read_text(encoding="utf-8")
    bars = text[text.index("## Bars") : text.index("## Policies")]
    rows = [line for line in bars.splitlines() if line.startswith("| ") and not line.startswith(("| bar |", "| trap |"))]
    assert len(rows) > 25
    assert [row for row in rows if not NAMED.search(row)] == []


def test_nothing_is_locked_below_the_version_that_mended_it() -> None:
    lines = [line for line in (ROOT / "deploy/requirements.lock").read_text().splitlines() if "==" in line]
    locked = [Requirement(line.rstrip(" \\")) for line in lines]
    for name, least in MENDED.items():
        versions = [next(iter(one.specifier)).version for one in locked if one.name.lower().replace("_", "-") == name]
        assert versions, name
        assert all(Version(version) >= Version(least) for version in versions), name
