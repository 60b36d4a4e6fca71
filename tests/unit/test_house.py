"""The rules of the house: imports go one way, files and bodies stay short, and nothing speaks of where it was made."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

VOCABULARY = {"errors", "columns", "extras"}
PARAMETERS = {*VOCABULARY, "rules"}
TIES = {"relations", "boards", "ties"}
BELOW = {
    *PARAMETERS, *TIES, "settings", "sources", "lake", "records", "scoring", "likelihood", "backtest", "decision", "figures",
    "workspace", "applicants", "workflows",
}  # fmt: skip
ON_TOP = {"reports", "jobs", "api", "hub", "ops", "cli", "dashboards", "__main__"}
DOORS = {"cli", "__main__"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "extras": set(),
    "columns": {"errors"},
    "settings": VOCABULARY,
    "rules": VOCABULARY,
    "scoring": PARAMETERS,
    "likelihood": PARAMETERS,
    "decision": PARAMETERS,
    "figures": PARAMETERS,
    "relations": VOCABULARY,
    "sources": VOCABULARY,
    "records": VOCABULARY,
    "lake": {*VOCABULARY, "sources"},
    "backtest": {*PARAMETERS, "lake", "likelihood"},
    "boards": {*VOCABULARY, "sources", "lake", "relations"},
    "ties": {*VOCABULARY, "lake", "relations", "boards"},
    "workspace": {*VOCABULARY, "settings", "lake", "records"},
    "applicants": {*VOCABULARY, "lake", "records", "scoring", "decision"},
    "workflows": BELOW,
    "lookups": BELOW,
    "what_if": {*BELOW, "lookups"},
    "replaying": {*BELOW, "lookups", "what_if"},
    "purging": {*BELOW, "reports", "jobs"},
    **{layer: {*BELOW, "lookups", "what_if", "replaying", "purging", *ON_TOP} for layer in ON_TOP},
}
"""Layer → the layers that it may import. Those on top see each other only by their faces; the doors open all."""

PURE = ("scoring", "likelihood", "decision", "figures", "relations")
NOT_PURE = {
    "duckdb", "fsspec", "glob", "http", "httpx", "io", "os", "pathlib", "random", "requests", "secrets", "shutil", "socket",
    "sqlalchemy", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
"""Files, network, clock, environment and chance: none of it in the pure middle."""

HEAVY = {"alembic", "bokeh", "duckdb", "fastapi", "holoviews", "lxml", "numpy", "pandas", "pandera", "panel", "papermill",
         "playwright", "pyarrow", "pydantic", "rapidfuzz", "scipy", "sklearn", "sqlalchemy"}  # fmt: skip

TOP_LEVEL = {
    ".ci", ".editorconfig", ".gitattributes", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md",
    "catalynx", "dashboards", "deploy", "docs", "environment.yml", "jupyterhub_config.py", "notebooks", "pyproject.toml", "tests",
}  # fmt: skip

LONGEST_FILE, LONGEST_BODY = 420, 60


@dataclass(frozen=True)
class Import:
    """One import of ours: ``catalynx.lake.versions`` wants ``catalynx.columns``, in line 12."""

    importer: str
    wanted: str
    name: str
    line: int
    for_types: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.wanted}"


@cache
def in_git() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


@cache
def modules() -> dict[str, Path]:
    found = {}
    for path in in_git():
        place = path.relative_to(ROOT)
        if path.suffix == ".py" and place.parts[0] in {"catalynx", "dashboards"}:
            parts = place.with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def layer(module: str) -> str:
    """``catalynx.lake.versions`` → ``lake``; the package's face is the layer ``""``."""
    parts = module.split(".")
    return parts[0] if parts[0] == "dashboards" else ".".join(parts[1:2])


def within_types(tree: ast.Module) -> set[ast.AST]:
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    return {inner for block in blocks for statement in block.body for inner in ast.walk(statement)}


def imports(module: str, path: Path) -> Iterator[Import]:
    """Every import of ours in a module, those inside functions too."""
    tree = parsed(path)
    for_types = within_types(tree)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree):
        wanted: list[tuple[str, str]] = []
        if isinstance(node, ast.Import):
            wanted = [(alias.name, used) for alias in node.names for used in used_of_face(tree, alias)]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")
                base = ".".join([*parts[: len(parts) - node.level + 1], *([base] if base else [])])
            wanted = [(full, "") if (full := f"{base}.{alias.name}") in modules() else (base, alias.name) for alias in node.names]
        for target, name in wanted:
            if target.split(".")[0] in {"catalynx", "dashboards"}:
                yield Import(module, target, name, node.lineno, node in for_types)


def used_of_face(tree: ast.Module, alias: ast.alias) -> set[str]:
    """What is taken from the package's face after ``import catalynx``; nothing in particular for other imports."""
    if alias.name != "catalynx":
        return {""}
    called = alias.asname or alias.name
    uses = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return {node.attr for node in uses if isinstance(node.value, ast.Name) and node.value.id == called} or {""}


@cache
def all_imports() -> tuple[Import, ...]:
    return tuple(one for module, path in modules().items() for one in imports(module, path))


def goes_wrong(one: Import) -> bool:
    """Whether an import goes upward, sideways, or into the insides of a neighbour on top."""
    importer, wanted = layer(one.importer), layer(one.wanted)
    if one.importer == "catalynx" or importer == wanted:
        return False
    if one.wanted == "catalynx":  # the face may be used from on top; below, only the version may be asked for
        return importer not in ON_TOP and one.name != "__version__"
    if wanted not in MAY_IMPORT[importer]:
        return True
    inside = one.wanted.count(".") > (0 if wanted == "dashboards" else 1)
    return wanted in ON_TOP and importer not in DOORS and inside


def test_every_module_has_a_layer() -> None:
    strangers = {module for module in modules() if module != "catalynx" and layer(module) not in {*MAY_IMPORT, "sample"}}
    assert not strangers, f"no layer is written down for {sorted(strangers)}: add it to MAY_IMPORT"


def test_imports_go_one_way() -> None:
    assert all_imports()
    assert [str(one) for one in all_imports() if goes_wrong(one)] == []


@pytest.mark.parametrize(
    ("importer", "wanted", "wrong"),
    [
        ("catalynx.scoring.fit", "catalynx.lake", True),
        ("catalynx.scoring.fit", "catalynx.decision", True),
        ("catalynx.lake.versions", "catalynx.workflows", True),
        ("catalynx.columns", "catalynx.settings", True),
        ("catalynx.reports.export", "catalynx.cli", False),
        ("catalynx.reports.export", "catalynx.api.routes", True),
        ("catalynx.lake.versions", "catalynx", True),
        ("dashboards.executive", "catalynx", False),
        ("dashboards.executive", "catalynx.reports.runner", True),
        ("catalynx.workflows", "catalynx.scoring.fit", False),
    ],
)
def test_the_rule_of_direction_tells_right_from_wrong(importer: str, wanted: str, wrong: bool) -> None:
    assert goes_wrong(Import(importer, wanted, "", 1, False)) is wrong


def test_imports_make_no_circle() -> None:
    graph: dict[str, set[str]] = {module: set() for module in modules()}
    for one in all_imports():
        if not one.for_types and one.wanted in graph and one.wanted != one.importer:
            graph[one.importer].add(one.wanted)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail("imports make a circle: " + " → ".join(reversed(circle.args[1])))


def test_the_middle_is_pure() -> None:
    found = []
    for module, path in modules().items():
        if layer(module) not in PURE:
            continue
        for node in ast.walk(parsed(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            found += [f"{module}:{node.lineno} imports {name}" for name in names if name.split(".")[0] in NOT_PURE]
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"today", "now", "utcnow"}
            ):
                found.append(f"{module}:{node.lineno} reads the clock")
    assert found == []


def test_settings_alone_read_the_environment() -> None:
    readers = []
    for module, path in modules().items():
        nodes = list(ast.walk(parsed(path)))
        # {**os.environ, …} hands it on to a process that is started, unread.
        handed_on = {
            value
            for node in nodes
            if isinstance(node, ast.Dict)
            for key, value in zip(node.keys, node.values, strict=True)
            if key is None
        }
        readers += [
            f"{module}:{node.lineno}"
            for node in nodes
            if layer(module) != "settings"
            and isinstance(node, ast.Attribute)
            and node.attr in {"environ", "getenv"}
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
            and node not in handed_on
        ]
    assert readers == [], "take it as an argument; entry points build Settings"


def test_files_are_short() -> None:
    code = [path for path in in_git() if path.suffix == ".py"]
    assert code
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in code}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}, "which second thing lives in it?"


def test_bodies_are_short() -> None:
    long = {}
    for path in in_git():
        # A migration is one list of steps, written once and never changed.
        if path.suffix != ".py" or "migrations/versions" in path.as_posix():
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                if lines > LONGEST_BODY:
                    long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_what_is_public_is_documented() -> None:
    bare = []
    for module, path in modules().items():
        if "migrations.versions" in module:
            continue
        tree = parsed(path)
        if not ast.get_docstring(tree):
            bare.append(module)
        for node in tree.body:
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ):
                bare.append(f"{module}:{node.lineno} {node.name}")
    assert bare == []


def test_notebooks_have_no_outputs() -> None:
    with_outputs = []
    for path in in_git():
        if path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
                with_outputs.append(str(path.relative_to(ROOT)))
    assert with_outputs == [], "strip them: jupyter nbconvert --clear-output --inplace FILE"


MADE_SOMEWHERE = re.compile(
    r"(?<![\w.$}{])/[w]ork/|\.\./[s]hared\b|/root/\.\w|file:///opt"
    r"|\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org|conda\.anaconda\.org)\b"
)
"""Folders of one machine, and hosts of package registries."""


def test_nothing_speaks_of_where_it_was_made() -> None:
    here = Path(__file__)
    spoken = []
    for path in in_git():
        if path == here or (path.is_relative_to(ROOT / "catalynx/sample") and path.suffix != ".md"):
            continue
        text = path.read_bytes()
        if b"\0" in text:
            continue
        for number, line in enumerate(text.decode("utf-8", "replace").splitlines(), 1):
            if found := MADE_SOMEWHERE.search(line):
                spoken.append(f"{path.relative_to(ROOT)}:{number} {found[0]}")
    assert spoken == []


@pytest.mark.parametrize("line", ["open('/work/data')", "see ../shared/design.md", "https://pypi.org/simple", "/root/.cache"])
def test_the_rule_of_places_finds(line: str) -> None:
    assert MADE_SOMEWHERE.search(line)


def test_top_level_holds_only_what_is_expected() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in in_git()}
    assert found - TOP_LEVEL == set()


def test_importing_catalynx_is_light() -> None:
    listing = "import sys, catalynx; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()
    assert "catalynx" in loaded
    assert HEAVY & set(loaded) == set()
