"""The command line as a user calls it, in this process or in one of its own."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CATALYNX = Path(sys.executable).with_name("catalynx")


@dataclass(frozen=True)
class Ran:
    """What a call left: exit code, output and errors."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out, parse_constant=lambda text: pytest.fail(f"{text} is no JSON"))

    def fails(self, code: int, *words: str) -> None:
        """Assert that it failed with `code`, nothing on standard output, and one line on standard error that has `words`."""
        assert (self.code, self.out) == (code, ""), self.err
        assert self.err.startswith("catalynx: ")
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1
        for word in words:
            assert word in self.err


Call = Callable[..., Ran]


@pytest.fixture
def home(sample_home: Path, tmp_path: Path, copy_home: Callable[[Path, Path], Path]) -> Path:
    """A workspace of the shipped sample that a test may write to."""
    return copy_home(sample_home, tmp_path / "home")


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    """Call ``catalynx`` in this process: ``call("lake", "tables", home=home)``."""

    def called(*words: object, home: Path | None = None) -> Ran:
        from catalynx.cli import main, showing

        # As wide as where nobody set a width, whoever set one when it was first imported.
        for screen in (showing.out, showing.err):
            monkeypatch.setattr(screen, "_width", showing.PIPE_WIDTH)
        before = [] if home is None else ["--home", str(home)]
        monkeypatch.setattr(sys, "argv", ["catalynx", *before, *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return Ran(int(ended.value.code or 0), out, err)

    return called


@pytest.fixture
def start() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Call ``catalynx`` in a process of its own, its output in pipes."""

    def started(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [str(CATALYNX), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)

    return started


@pytest.fixture
def in_terminal() -> Callable[..., tuple[int, str]]:
    """Call ``catalynx`` in a terminal so many columns wide; gives exit code and all that it showed."""

    def shown(columns: int, *words: object) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
        process = subprocess.Popen(
            [str(CATALYNX), *map(str, words)], stdin=theirs, stdout=theirs, stderr=theirs, env={**environment, "TERM": "xterm"}
        )
        os.close(theirs)
        screen = b""
        while True:
            try:
                screen += (piece := os.read(ours, 65536))
            except OSError:
                # Linux says so when the last process has left the terminal.
                break
            if not piece:
                break
        os.close(ours)
        return process.wait(60), screen.decode().replace("\r\n", "\n")

    return shown
