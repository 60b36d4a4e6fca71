"""What may not be run is refused before anything starts; what fails leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from catalynx import workflows
from catalynx.errors import BadParameter, LakeEmpty, NotFound, ReportError
from catalynx.reports import made_reports, remove_reports, run_report
from catalynx.settings import Settings, load_settings

from .conftest import PARAMETERS


@pytest.fixture
def settings(sample_home: Path, tmp_path: Path, copy_home: Callable[[Path, Path], Path]) -> Settings:
    return load_settings(home=copy_home(sample_home, tmp_path / "home"))


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a process or a kernel is started."""

    def started(*_: object, **__: object) -> None:
        pytest.fail("a process was started")

    monkeypatch.setattr(subprocess, "Popen", started)
    monkeypatch.setattr("papermill.execute_notebook", started)


def kernels() -> set[str]:
    """The process ids of kernels that run on this machine."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # It has ended meanwhile.
        if b"ipykernel" in words and b"catalynx-" in words:
            found.add(folder.name)
    return found


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"nope": 1}, "one of this report's: profile, as_of, top"),
        ({"x=1;import os#": "1"}, "x=1;import os#"),
        ({"{x.__class__}": "1"}, "x.__class__"),
        ({"../top": "1"}, "../top"),
        ({"top": "three"}, "of type int"),
        ({"top": 1.5}, "of type int"),
        ({"top": True}, "of type int"),
        ({"top": None}, "of type int"),
        ({"top": "1" * 30}, "of type int"),
        ({"as_of": "tomorrow"}, "of type date, such as"),
        ({"as_of": "2024-02-30"}, "of type date"),
        ({"as_of": ["2024-02-09"]}, "of type date"),
        ({"profile": "a\0b"}, "of type str"),
        ({"profile": "a\nb"}, "of type str"),
        ({"profile": "\ud800"}, "of type str"),
        ({"profile": "x" * 600}, "at most 500 characters"),
        ({"profile": 7}, "of type str"),
        ({"profile": {"a": 1}}, "of type str"),
        ({"profile": ""}, "given: id of the profile"),
        ({}, "given: id of the profile"),
    ],
)
def test_hostile_parameters_are_refused(settings: Settings, given: dict[str, object], words: str) -> None:
    before = {"profile": "shelburne"} if given and "profile" not in given else {}
    with pytest.raises(BadParameter) as refused:
        run_report(settings, "executive_summary", {**before, **given})
    assert words in str(refused.value)
    assert not settings.reports.exists()


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize("profile", ["nobody", "{x.__class__}", "../../etc/passwd", "http://host/x", "x=1;import os#"])
def test_a_profile_that_is_not_there_is_refused(settings: Settings, profile: str) -> None:
    with pytest.raises(NotFound, match="No profile"):
        run_report(settings, "executive_summary", {"profile": profile})
    assert not settings.reports.exists()


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize("name", ["nothing", "../explore/01_first_look", "http://host/x", "", "executive_summary.ipynb"])
def test_a_report_that_is_not_there_is_refused(settings: Settings, name: str) -> None:
    with pytest.raises(NotFound, match="executive_summary"):
        run_report(settings, name, {"profile": "shelburne"})
    assert not settings.reports.exists()


@pytest.mark.usefixtures("no_kernel")
def test_a_workspace_without_data_is_refused(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "new")
    with workflows.Workspace(settings) as workspace:
        profile = workflows.keep_demo_profile(workspace)
    with pytest.raises(LakeEmpty, match="catalynx demo"):
        run_report(settings, "executive_summary", {"profile": profile.profile_id})
    assert not settings.reports.exists()


def test_a_cell_that_fails_is_named_and_nothing_is_left(settings: Settings, notebooks: Callable[..., Path]) -> None:
    folder = notebooks("failing", PARAMETERS, "kept = 1", "kept / 0  # shares")
    chosen = settings.model_copy(update={"notebooks": folder})
    with pytest.raises(ReportError, match=r"the report failing failed in its cell \d+ \(kept / 0  # shares\): ZeroDivisionError"):
        run_report(chosen, "failing", {"profile": "shelburne"})
    assert list(settings.reports.iterdir()) == []
    assert made_reports(settings.reports) == []


def test_a_kernel_that_dies_is_told_and_nothing_is_left(
    settings: Settings, notebooks: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    private = Path(tempfile.mkdtemp(prefix="c-"))  # names of sockets are short
    monkeypatch.setattr(tempfile, "tempdir", str(private))  # that of everybody holds what others run meanwhile
    folder = notebooks(
        "dying", PARAMETERS, "import os, sys; sys.__stderr__.write('out of memory'); sys.__stderr__.flush(); os._exit(9)"
    )
    with pytest.raises(ReportError, match="the report dying could not be run: "):
        run_report(settings.model_copy(update={"notebooks": folder}), "dying", {"profile": "shelburne"})
    assert list(settings.reports.iterdir()) == []
    assert list(private.glob("catalynx-*")) == []
    shutil.rmtree(private)


def test_a_small_report_goes_the_whole_way(
    settings: Settings, notebooks: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    show = (
        "from IPython.display import HTML, display\nimport os\n"
        'display(HTML(\'<b onclick="x()">kept</b><script>bad()</script><a href="javascript:x()">link</a>\'))\n'
        "open('top.txt', 'w').write(f'{top} {os.environ[\"CATALYNX_HOME\"]}')"
    )
    folder = notebooks("small", PARAMETERS, show)
    steps: list[tuple[str, int, int]] = []
    made = run_report(
        settings.model_copy(update={"notebooks": folder}), "small", {"profile": "shelburne", "top": "7"}, pdf=False,
        say=lambda *step: steps.append(step),
    )  # fmt: skip
    assert (made.folder / "tables/top.txt").read_text() == f"7 {settings.home}"
    page = made.html.read_text()
    assert "<b>kept</b>" in page
    assert "bad()" not in page
    assert "javascript:" not in page
    assert made.pdf is None
    assert [step[1] for step in steps] == sorted(step[1] for step in steps)
    assert steps[-1] == ("done", 4, 4)
    assert capfd.readouterr() == ("", "")

    assert [found.folder for found in made_reports(settings.reports)] == [made.folder]
    assert made.profile_id == "demo-shelburne-museum", "whom it is about is known from its parameter"
    assert remove_reports(settings.reports, "somebody") == 0
    assert remove_reports(settings.reports, made.profile_id) == 1
    assert made_reports(settings.reports) == []


def test_a_report_that_is_stopped_leaves_no_kernel_and_nothing_half_done(
    settings: Settings, notebooks: Callable[..., Path], tmp_path: Path
) -> None:
    folder = notebooks("slow", PARAMETERS, f"open({str(tmp_path / 'begun')!r}, 'w').close()\nimport time; time.sleep(100)")
    command = [
        Path(sys.executable).with_name("catalynx"),
        "--home",
        settings.home,
        "report",
        "run",
        "slow",
        "--profile",
        "shelburne",
    ]
    process = subprocess.Popen(
        command, env={**os.environ, "CATALYNX_NOTEBOOKS": str(folder)}, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until = time.monotonic() + 60
    while not (tmp_path / "begun").exists():
        assert time.monotonic() < until
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "catalynx: stopped.\n"
    assert [path for path in settings.reports.iterdir() if not path.name.startswith(".")] == []
    assert list(settings.reports.iterdir()) == []
    assert not {pid for pid in kernels() if str(tmp_path) in Path(f"/proc/{pid}/environ").read_text(errors="replace")}


def test_the_command_prints_paths_and_no_warning(settings: Settings, notebooks: Callable[..., Path]) -> None:
    folder = notebooks("small", PARAMETERS, "print('hello')")
    command = [
        Path(sys.executable).with_name("catalynx"),
        "--home",
        settings.home,
        "report",
        "run",
        "small",
        "--profile",
        "shelburne",
    ]
    done = subprocess.run(
        [*command, "--no-pdf"], env={**os.environ, "CATALYNX_NOTEBOOKS": str(folder)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = dict(line.split(None, 1) for line in done.stdout.splitlines())
    assert list(lines) == ["HTML", "PDF", "notebook", "tables"]
    assert Path(lines["HTML"]).is_file()
    assert Path(lines["tables"]).is_dir()
