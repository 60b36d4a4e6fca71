"""Every command explains itself, with an example that it understands, and is documented."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import typer

import catalynx
from catalynx.cli import app

from .conftest import Call

DOCUMENTED = (Path(__file__).parents[3] / "docs/cli.md").read_text()


def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, inner in command.commands.items():
        yield from walk(inner, f"{path} {name}")


COMMANDS = dict(walk(typer.main.get_command(app), "catalynx"))


def test_the_commands_that_were_promised_are_there() -> None:
    first_words = {path.split()[1] for path in COMMANDS}
    assert first_words == {
        "demo",
        "ingest",
        "lake",
        "profile",
        "discover",
        "score",
        "decide",
        "explain",
        "evidence",
        "finances",
        "network",
        "scenario",
        "portfolio",
        "decision",
        "backtest",
        "likelihood",
        "report",
        "serve",
        "doctor",
        "version",
        "jobs",
        "hub-demo",
        "hub-service",
    }


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_an_example_and_stands_in_the_docs(path: str) -> None:
    example = re.search(r"Example: (catalynx .+)", COMMANDS[path].help)
    assert example
    assert example[1].startswith(path)
    assert f"| `{path}" in DOCUMENTED


@pytest.mark.parametrize("path", COMMANDS)
def test_every_example_is_understood(path: str) -> None:
    command = COMMANDS[path]
    example = re.search(r"Example: (catalynx .+)", command.help)
    assert example
    words = shlex.split(example[1])[len(path.split()) :]
    assert command.make_context(path, words).params is not None


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_is_explained(path: str) -> None:
    bare = [p.name for p in COMMANDS[path].params if p.param_type_name == "option" and not p.help]
    assert bare == []


@pytest.mark.parametrize("path", COMMANDS)
def test_help_is_printed(call: Call, path: str) -> None:
    ran = call(*path.split()[1:], "--help")
    assert ran.code == 0
    assert "Example: catalynx" in ran.out
    assert ran.err == ""


def test_all_exit_codes_are_documented() -> None:
    assert re.findall(r"^\| (\d+) \|", DOCUMENTED, re.MULTILINE) == ["0", "1", "2", "3", "4", "5", "130"]


def test_the_version_is_the_packages(call: Call) -> None:
    assert call("version").out == f"{catalynx.__version__}\n"


@pytest.mark.parametrize("words", [(), ("lake",), ("profile",), ("report",), ("jobs",)])
def test_without_a_command_the_help_says_which_there_are(call: Call, words: tuple[str, ...]) -> None:
    ran = call(*words)
    assert ran.code == 2
    assert "Commands:" in ran.err


def test_bash_completion_is_shown_and_completes(start: Callable[..., CompletedProcess[str]], tmp_path: Path) -> None:
    import os
    import subprocess

    from .conftest import CATALYNX

    shown = subprocess.run(["bash", "-c", f"{CATALYNX} --show-completion; true"], capture_output=True, text=True, check=True)
    assert "complete -o default -F _catalynx_completion catalynx" in shown.stdout
    asked = {**os.environ, "_CATALYNX_COMPLETE": "complete_bash", "COMP_WORDS": "catalynx lake ver", "COMP_CWORD": "2"}
    assert start(env=asked).stdout.split() == ["versions", "verify"]
