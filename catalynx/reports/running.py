"""Running a report: check the parameters, execute the notebook, and leave HTML, the notebook, tables, and a PDF where it can."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalynx.errors import ReportError
from catalynx.reports.catalogue import Report, Value, check_parameters, report
from catalynx.reports.printing import chromium_path, print_pdf, to_html

if TYPE_CHECKING:
    from catalynx.settings import Settings

Say = Callable[[str, int, int], None]
"""Told what is being done, and how many of how many steps are done."""

TABLES_FOLDER = "tables"
TIMEOUT_SECONDS = 600
KERNEL_LOG = "kernel.log"
SLOW_EXTRA = "rfc3987_syntax"
"""Parses its grammar when it is imported, which takes more than a second, to check formats that no notebook has."""
_LAUNCH = f"import sys; sys.modules['{SLOW_EXTRA}'] = None; from ipykernel.kernelapp import launch_new_instance as run; run()"


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made: its folder and the files in it; ``pdf`` is None where no Chromium is at hand."""

    report: str
    profile_id: str | None
    parameters: dict[str, Value]
    made_at: str
    folder: Path
    html: Path
    notebook: Path
    pdf: Path | None
    tables: tuple[Path, ...]


def run_report(settings: Settings, name: str, given: dict[str, object], *, say: Say | None = None, pdf: bool = True) -> Made:
    """Run the report `name` for the workspace of `settings`.

    Parameters
    ----------
    given : parameters by name; refused before anything starts when one is unknown or ill-typed
    say : told of each step
    pdf : also print to PDF, where Chromium is at hand

    Raises
    ------
    NotFound, BadParameter
        Before a kernel starts.
    ReportError
        A cell failed: says which, and why. Nothing is left behind.
    """
    wanted = report(settings.notebooks, name)
    parameters = _known_profile(settings, check_parameters(wanted, given))
    told = say or (lambda what, done, total: None)
    profile = parameters.get("profile")
    moment = datetime.now(UTC)
    slug = re.sub(r"[^a-z0-9]+", "-", str(profile or "all").lower()).strip("-")[:60]
    folder = settings.reports / f"{name}-{slug}-{moment:%Y%m%dT%H%M%S%f}"
    fresh = folder.with_name(f".{folder.name}")
    (fresh / TABLES_FOLDER).mkdir(parents=True)
    try:
        told("executing the notebook", 1, 4)
        _execute(wanted, parameters, fresh, settings)
        told("writing HTML", 2, 4)
        html = to_html(fresh / f"{name}.ipynb", fresh / f"{name}.html", title=wanted.title)
        told("printing PDF", 3, 4)
        printed = pdf and chromium_path() is not None
        if printed:
            print_pdf(html, fresh / f"{name}.pdf")
        _describe(fresh, wanted, parameters, moment)
        os.replace(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    told("done", 4, 4)
    return load_made(folder)


def made_reports(folder: Path) -> list[Made]:
    """Return every report in a folder of reports, newest first."""
    if not folder.is_dir():
        return []
    found = [load_made(path) for path in folder.iterdir() if not path.name.startswith(".") and (path / "report.json").exists()]
    return sorted(found, key=lambda made: made.made_at, reverse=True)


def load_made(folder: Path) -> Made:
    """Read what a report's folder says of itself."""
    described = json.loads((folder / "report.json").read_text())
    name = described["report"]
    pdf = folder / f"{name}.pdf"
    return Made(
        name, described["profile_id"], described["parameters"], described["made_at"], folder,
        folder / f"{name}.html", folder / f"{name}.ipynb", pdf if pdf.exists() else None,
        tuple(sorted((folder / TABLES_FOLDER).iterdir())),
    )  # fmt: skip


def remove_reports(folder: Path, profile_id: str) -> int:
    """Remove every report of a profile; return how many there were."""
    found = [made for made in made_reports(folder) if made.profile_id == profile_id]
    for made in found:
        shutil.rmtree(made.folder)
    return len(found)


def _describe(folder: Path, wanted: Report, parameters: dict[str, Value], moment: datetime) -> None:
    profile_file = folder / TABLES_FOLDER / "profile_id.txt"
    profile_id = profile_file.read_text() if profile_file.exists() else None
    profile_file.unlink(missing_ok=True)
    described = {"report": wanted.name, "profile_id": profile_id, "parameters": parameters, "made_at": moment.isoformat()}
    (folder / "report.json").write_text(json.dumps(described, indent=1))


def _known_profile(settings: Settings, parameters: dict[str, Value]) -> dict[str, Value]:
    """Return `parameters` with the profile's id in the stead of what names it; says at once when it or the data are not there."""
    from catalynx.workflows import Workspace

    if "profile" not in parameters:
        return parameters
    with Workspace(settings) as workspace:
        found = workspace.records.find_profile(str(parameters["profile"]))
        _ = workspace.lake
    return {**parameters, "profile": found.profile_id}


def _execute(wanted: Report, parameters: dict[str, Value], folder: Path, settings: Settings) -> None:
    """Run the notebook; leave it, as executed, in `folder`. Its kernel is gone when this returns, however it ends."""
    with _without(SLOW_EXTRA):
        import nbformat
        import papermill
        from papermill.exceptions import PapermillExecutionError

    notebook = nbformat.read(wanted.notebook, as_version=4)
    with tempfile.TemporaryDirectory(prefix="catalynx-") as private:
        try:
            done = papermill.execute_notebook(
                notebook,
                None,
                parameters=parameters,
                kernel_name="python3",
                progress_bar=False,
                report_mode=True,
                execution_timeout=TIMEOUT_SECONDS,
                kernel_manager_class=_kernel_in(settings, Path(private), folder / TABLES_FOLDER),
            )
        except PapermillExecutionError as error:
            first_line = error.source.strip().partition("\n")[0][:80]
            raise ReportError(
                f"the report {wanted.name} failed in its cell {error.exec_count} ({first_line}): {error.ename}: {error.evalue}"
            ) from error
        except (RuntimeError, TimeoutError) as error:
            # What the kernel said last tells why it died; what the client saw is only that it did.
            said = (Path(private) / KERNEL_LOG).read_text(errors="replace").strip().rpartition("\n")[2]
            raise ReportError(f"the report {wanted.name} could not be run: {said or error}") from error
    # Papermill notes the paths of the machine that it ran on, and of this run nothing else that is not in report.json.
    done.metadata.pop("papermill", None)
    nbformat.write(done, folder / f"{wanted.name}.ipynb")


@contextmanager
def _without(extra: str) -> Iterator[None]:
    """Import within the block as if `extra`, which a library takes where it finds it, were not installed."""
    if extra in sys.modules:
        yield
        return
    sys.modules[extra] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[extra]


def _kernel_in(settings: Settings, private: Path, folder: Path) -> type[Any]:
    """Return a kernel manager whose kernels work in `folder` and see the workspace of `settings`.

    The kernel is that of this Python whatever kernels are registered, speaks through sockets in the folder `private`, which
    nobody else may enter, rather than open ports, and reads no start-up files of the user.
    """
    from jupyter_client.manager import AsyncKernelManager

    environment = {
        "CATALYNX_HOME": str(settings.home),
        "CATALYNX_DATABASE_URL": settings.database_url.get_secret_value(),
        "IPYTHONDIR": str(private / "ipython"),
    }

    class WorkspaceKernel(AsyncKernelManager):
        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self.transport = "ipc"
            self.connection_file = str(private / "kernel.json")

        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            options = ["-f", self.connection_file, "--HistoryManager.enabled=False", *(extra_arguments or [])]
            return [sys.executable, "-P", "-c", _LAUNCH, *options]

        async def _async_start_kernel(self, **arguments: Any) -> None:
            with (private / KERNEL_LOG).open("wb") as log:
                given = {"env": {**os.environ, **environment}, "cwd": str(folder), "stdout": log, "stderr": log}
                await super()._async_start_kernel(**{**arguments, **given})

        start_kernel = _async_start_kernel

    return WorkspaceKernel


def as_plain(made: Made) -> dict[str, object]:
    """Return what was made as plain JSON values, paths as text."""
    return {
        key: str(value) if isinstance(value, Path) else [str(path) for path in value] if isinstance(value, tuple) else value
        for key, value in asdict(made).items()
    }
