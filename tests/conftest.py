"""What every test may use, and the account of what could not run."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
RECORDS = "records.sqlite"

BROWSER_ARGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

# How long one example takes says more of the machine than of the code; tests/bench measures speed.
hypothesis.settings.register_profile("exploring", deadline=None)
# Continuous integration tries the same examples each time: a change fails for what it changed, and exploring goes on at desks.
hypothesis.settings.register_profile("repeating", deadline=None, derandomize=True)

# Tests see the settings that they make themselves, never those of whoever runs them.
for _name in [name for name in os.environ if name.startswith("CATALYNX_")]:
    del os.environ[_name]


def in_ci() -> bool:
    """Whether a skipped test is a failure: continuous integration sets ``CI``."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


hypothesis.settings.load_profile("repeating" if in_ci() else "exploring")


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Path of a Chromium that runs; without one the test is skipped, and named at the end."""
    found = subprocess.run([ROOT / "deploy/chromium.sh"], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip(found.stderr.strip())
    return Path(found.stdout.strip())


@pytest.fixture(scope="session")
def beside() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a coroutine in a thread of its own: a browser that is open has a loop running in the thread of the tests."""

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, coroutine).result()

    return run


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """The one browser of a worker: Playwright's loop runs until the last test, so a second one could not be started."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=list(BROWSER_ARGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the lake of the shipped sample, built once a run and shared by its workers: do not write to it."""
    with once_a_run(tmp_path_factory, "sample-home") as (home, made_already):
        if not made_already:
            build_sample_home(home)
    return home


def build_sample_home(home: Path) -> None:
    """Build the workspace `home` from the shipped sample, as ``catalynx demo`` does."""
    from catalynx import workflows
    from catalynx.settings import load_settings

    with workflows.Workspace(load_settings(home=home)) as workspace:
        workflows.ingest(workspace, [workflows.SAMPLE])
        workflows.keep_demo_profile(workspace)
        workspace.set_as_of(workflows.DEMO_AS_OF)


@pytest.fixture(scope="session")
def trained_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a model of chances, learned from fewer recipients than usual to be quick: do not write to it."""
    with once_a_run(tmp_path_factory, "trained-home") as (home, made_already):
        if not made_already:
            train_quickly(copy_of(sample_home, home))
    return home


def train_quickly(home: Path) -> None:
    """Train the model of chances on the lake of a workspace, from a tenth of the recipients."""
    from catalynx import __version__, workflows
    from catalynx.backtest import keep, reckoning, train
    from catalynx.settings import load_settings

    with pytest.MonkeyPatch.context() as patch, workflows.Workspace(load_settings(home=home)) as workspace:
        patch.setattr(reckoning, "SAMPLE", 400)
        keep(train(workspace.lake), workspace.settings.lake, workspace.lake.id, __version__)


@pytest.fixture(scope="session")
def copy_home() -> Callable[[Path, Path], Path]:
    """Copy a workspace that others may have open: ``copy_home(sample_home, target)`` gives one that a test may write to."""
    return copy_of


def copy_of(home: Path, target: Path) -> Path:
    """Copy a workspace; the lake's tables, which are written once and never changed, are shared."""
    target.mkdir(exist_ok=True)
    for path in home.iterdir():
        if path.name == "lake":
            shutil.copytree(path, target / "lake", symlinks=True, copy_function=link_or_copy)
        elif path.is_dir():
            shutil.copytree(path, target / path.name)
        elif not path.name.startswith(RECORDS):
            shutil.copy2(path, target / path.name)
    # A copy of the files would miss what is in the log beside them, and they come and go with who has them open.
    with closing(sqlite3.connect(home / RECORDS)) as source, closing(sqlite3.connect(target / RECORDS)) as copied:
        source.backup(copied)
    (target / RECORDS).chmod(0o600)
    return target


def link_or_copy(source: str, target: str) -> None:
    """Share the tables; what is locked or written anew is copied."""
    (os.link if source.endswith(".parquet") else shutil.copy2)(source, target)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], AbstractContextManager[tuple[Path, bool]]]:
    """Give ``once_a_run`` to fixtures of other folders: ``with once("name") as (folder, made_already)``."""
    return partial(once_a_run, tmp_path_factory)


@contextmanager
def once_a_run(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[tuple[Path, bool]]:
    """Give a folder that all workers of a run share, locked, and whether another worker has filled it already."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder.mkdir(exist_ok=True)
        yield folder, done.exists()
        done.touch()


def not_run(config: pytest.Config) -> list[str]:
    """Return a line for each test that was skipped: where, and why."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return []
    lines = []
    for report in reporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        lines.append(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")
    return sorted(lines)


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Let what tests start be stopped by Ctrl-C: a run in the background of a shell ignores it, and hands that on."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail in continuous integration when a test was skipped."""
    if in_ci() and not hasattr(session.config, "workerinput") and session.exitstatus == 0 and not_run(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name, in the last lines, what could not run."""
    lines = not_run(config)
    if lines:
        terminalreporter.section(
            f"{len(lines)} not run" + (", which fails here because CI is set" if in_ci() else ""), red=in_ci()
        )
        for line in lines:
            terminalreporter.line(line)


TOGETHER = ("tests/browser/hub/", "tests/browser/", "tests/edges/api/", "tests/edges/jobs/")
"""Folders whose tests share a hub, a browser or a workspace in use; a worker has all of the first that fits, and starts it once."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep the tests of such a folder on one worker; the marks of pytest-xdist 3.8 have no effect with pytest 9.2."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling

    class ByFolder(LoadGroupScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((folder for folder in TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid))

    return ByFolder(config, log)
