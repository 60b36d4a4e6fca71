"""Running a report: check the parameters, execute the notebook, and leave HTML, the notebook, tables, and a PDF where it can."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalynx.errors import ReportError
from catalynx.extras import without_extra
from catalynx.records.profile_folders import describe_folder, profiles_of_folders, remove_folders
from catalynx.reports.catalogue import Report, Value, check_parameters, report
from catalynx.reports.printing import chromium_path, print_pdf, to_html

if TYPE_CHECKING:
    from catalynx.settings import Settings

Say = Callable[[str, int, int], None]
"""Told what is being done, and how many of how many steps are done."""

TABLES_FOLDER = "tables"
DESCRIPTION = "report.json"
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

    @property
    def audited(self) -> tuple[str, str, dict[str, object]]:
        """How the audit calls it: by its profile, which it keeps as a pseudonym; the folder's name would tell whose it is."""
        if self.profile_id is None:
            return "report", self.folder.name[:200], {"report": self.report}
        return "profile", self.profile_id, {"report": self.report, "made_at": self.made_at}


def run_report(
    settings: Settings,
    name: str,
    given: dict[str, object],
    *,
    say: Say | None = None,
    pdf: bool = True,
    job_id: str | None = None,
) -> Made:
    """Run the report `name` for the workspace of `settings`.

    Parameters
    ----------
    given : parameters by name; refused before anything starts when one is unknown or ill-typed
    say : told of each step
    pdf : also print to PDF, where Chromium is at hand
    job_id : the job that it is for: run again for the same job, it makes no second report but returns the first

    Raises
    ------
    NotFound, BadParameter
        Before a kernel starts.
    ReportError
        A cell failed: says which, and why; or the profile was deleted meanwhile. Nothing is left behind.
    """
    wanted = report(settings.notebooks, name)
    parameters = _known_profile(settings, check_parameters(wanted, given))
    profile_id = str(parameters["profile"]) if "profile" in parameters else None
    told = say or (lambda what, done, total: None)
    moment = datetime.now(UTC)
    folder = settings.reports / f"{name}-{_slug(profile_id)}-{job_id or format(moment, '%Y%m%dT%H%M%S%f')}"
    if job_id and (folder / DESCRIPTION).exists():
        return load_made(folder)
    fresh = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    (fresh / TABLES_FOLDER).mkdir(parents=True)
    try:
        _describe(fresh, wanted, parameters, moment, profile_id)
        told("executing the notebook", 1, 4)
        _execute(wanted, parameters, fresh, settings)
        told("writing HTML", 2, 4)
        html = to_html(fresh / f"{name}.ipynb", fresh / f"{name}.html", title=wanted.title)
        told("printing PDF", 3, 4)
        if pdf and chromium_path() is not None:
            print_pdf(html, fresh / f"{name}.pdf")
        profile_id = _shown_profile(fresh) or profile_id
        _describe(fresh, wanted, parameters, moment, profile_id)
        # Refused by the system when the job's report is there already: of two that are made, one stays.
        os.replace(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _keep_only_of_the_living(settings, folder, profile_id)
    told("done", 4, 4)
    return load_made(folder)


def made_reports(folder: Path) -> list[Made]:
    """Return every report in a folder of reports, newest first."""
    if not folder.is_dir():
        return []
    found = [load_made(path) for path in folder.iterdir() if not path.name.startswith(".") and (path / DESCRIPTION).exists()]
    return sorted(found, key=lambda made: made.made_at, reverse=True)


def load_made(folder: Path) -> Made:
    """Read what a report's folder says of itself."""
    described = json.loads((folder / DESCRIPTION).read_text())
    name = described["report"]
    pdf = folder / f"{name}.pdf"
    return Made(
        name, described["profile_id"], described["parameters"], described["made_at"], folder,
        folder / f"{name}.html", folder / f"{name}.ipynb", pdf if pdf.exists() else None,
        tuple(sorted((folder / TABLES_FOLDER).iterdir())),
    )  # fmt: skip


def remove_reports(folder: Path, profile_id: str) -> int:
    """Remove every report of a profile, those that were never finished too; return how many there were."""
    return remove_folders(folder, DESCRIPTION, profile_id, named=lambda name: f"-{_slug(profile_id)}-" in name)


def profiles_of_reports(folder: Path) -> set[str]:
    """Return the profiles that reports in a folder are about, finished ones and others that say it."""
    return profiles_of_folders(folder, DESCRIPTION)


def _slug(profile_id: Value) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(profile_id or "all").lower()).strip("-")[:64]


def _keep_only_of_the_living(settings: Settings, folder: Path, profile_id: str | None) -> None:
    """Remove a report whose profile was purged while it was made: the purge could not see it."""
    from catalynx.errors import NotFound
    from catalynx.records.store import open_records

    if profile_id is None:
        return
    try:
        with open_records(settings.records_url) as records:
            records.get_profile(profile_id)
    except NotFound:
        shutil.rmtree(folder)
        raise ReportError("the profile was deleted while its report was made, so the report was deleted too.") from None


def _shown_profile(folder: Path) -> str | None:
    """Return the profile that the notebook itself said it was about."""
    file = folder / TABLES_FOLDER / "profile_id.txt"
    said = file.read_text() if file.exists() else None
    file.unlink(missing_ok=True)
    return said


def _describe(folder: Path, wanted: Report, parameters: dict[str, Value], moment: datetime, profile_id: str | None) -> None:
    described = {"report": wanted.name, "profile_id": profile_id, "parameters": parameters, "made_at": moment.isoformat()}
    describe_folder(folder, DESCRIPTION, described)


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
    with without_extra(SLOW_EXTRA):
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
                # What it made is written by then; tidying up its memory would take it seconds.
                shutdown_kernel="immediate",
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
