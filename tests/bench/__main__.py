"""Runs the benches, each in a process of its own, prints their table, and writes ``build/bench.json``.

A bench is a module in this folder with ``run() -> list[dict]``; each row has ``name, ours, peer, unit, ratio, target, ok``.
``python tests/bench NAME`` runs the modules whose name holds NAME, or the rows whose name does.
"""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "build/bench.json"
FIELDS = ("name", "ours", "peer", "unit", "ratio", "target", "ok")
LONGEST_SECONDS = 1800

type Row = dict[str, object]


def benches() -> dict[str, ast.Module]:
    """The modules of this folder that define ``run``, parsed but not imported."""
    trees = {
        path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.py")) if path.stem != "__main__"
    }
    return {
        name: tree
        for name, tree in trees.items()
        if any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in tree.body)
    }


def chosen(only: str) -> list[str]:
    """Names of the benches to run: those called like `only`, else those with a row that may be."""
    found = benches()
    by_module = [name for name in found if only in name]
    if by_module:
        return by_module
    return [name for name, tree in found.items() if any(only in text for text in texts(tree))]


def texts(tree: ast.Module) -> list[str]:
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def measure(name: str) -> list[Row]:
    """Run one bench in a fresh process; one that fails becomes a row that says why."""
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "rows.json"
        command = [sys.executable, str(HERE), "--into", str(into), name]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return [failed(name, f"not done within {LONGEST_SECONDS} s")]
        if done.returncode:
            sys.stderr.write(done.stderr)
            return [failed(name, (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1])]
        return json.loads(into.read_text())


def failed(name: str, error: str) -> Row:
    return {"name": name, "ours": None, "peer": None, "unit": "", "ratio": None, "target": "runs", "ok": False, "error": error}


def run_here(name: str, into: Path) -> None:
    """Run one bench in this process and leave its rows in the file `into`."""
    rows = importlib.import_module(name).run()
    for row in rows:
        if missing := [field for field in FIELDS if field not in row]:
            raise SystemExit(f"{name}: a row lacks {', '.join(missing)}: {row}")
    if not rows:
        raise SystemExit(f"{name}: run() gave no rows")
    into.write_text(json.dumps([{**row, "ok": bool(row["ok"])} for row in rows], default=float))


def show(rows: list[Row]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table()
    for field in FIELDS:
        table.add_column(field, justify="right" if field in {"ours", "peer", "ratio"} else "left")
    for row in rows:
        ok = "[green]yes[/]" if row["ok"] else "[red]no[/]"
        table.add_row(*(escape(shown(row[field])) for field in FIELDS[:-1]), ok)
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table)
    for row in rows:
        if "error" in row:
            console.print(f"{row['name']}: {row['error']}", markup=False, highlight=False)


def shown(value: object) -> str:
    if value is None:
        return "–"
    return (
        f"{value:,.4g}"
        if isinstance(value, float) and abs(value) < 1000
        else f"{value:,.0f}"
        if isinstance(value, float)
        else str(value)
    )


def main(arguments: list[str]) -> int:
    """Run the benches that `arguments` name; 1 when a row misses its target, 2 when there is no such bench."""
    if arguments[:1] == ["--into"]:
        run_here(arguments[2], Path(arguments[1]))
        return 0
    only = " ".join(arguments)
    rows: list[Row] = []
    for name in chosen(only):
        started = time.monotonic()
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)
        rows += [row for row in measure(name) if only in name or only in str(row["name"]) or "error" in row]
        print(f"{time.monotonic() - started:.1f} s", file=sys.stderr)
    if not rows:
        print(f"No bench or row is called like {only!r}. There are {', '.join(benches())}.", file=sys.stderr)
        return 2
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    show(rows)
    return 0 if all(row["ok"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
