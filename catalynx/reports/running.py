"""Running a report: check the parameters, execute the notebook, and leave HTML, the notebook, tables, and a PDF where it can."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
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
    parameters = check_parameters(wanted, given)
    told = say or (lambda what, done, total: None)
    profile = parameters.get("profile")
    moment = datetime.now(UTC)
    slug = re.sub(r"[^a-z0-9]+", "-", str(profile or "all").lower()).strip("-")[:60]
    folder = settings.reports / f"{name}-{slug}-{moment:%Y%m%dT%H%M%S%f}"
    fresh = folder.with_name(f".{folder.name}")
    (fresh / TABLES_FOLDER).mkdir(parents=True)
    try:
        _execute(wanted, parameters, fresh, settings, told)
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


def _execute(wanted: Report, parameters: dict[str, Value], folder: Path, settings: Settings, told: Say) -> None:
    import papermill
    from papermill.exceptions import PapermillExecutionError

    told("executing the notebook", 1, 4)
    try:
        papermill.execute_notebook(
            str(wanted.notebook),
            str(folder / f"{wanted.name}.ipynb"),
            parameters=parameters,
            cwd=str(folder / TABLES_FOLDER),
            kernel_name="python3",
            progress_bar=False,
            report_mode=True,
            execution_timeout=TIMEOUT_SECONDS,
            kernel_manager_class=_kernel_in(settings),
        )
    except PapermillExecutionError as error:
        raise ReportError(
            f"the report {wanted.name} failed in its cell {error.exec_count}: {error.ename}: {error.evalue}"
        ) from error


def _kernel_in(settings: Settings) -> type[Any]:
    """Return a kernel manager whose kernels see the workspace of `settings`, whatever this process's environment says."""
    from jupyter_client.manager import AsyncKernelManager

    environment = {"CATALYNX_HOME": str(settings.home), "CATALYNX_DATABASE_URL": settings.database_url.get_secret_value()}

    class WorkspaceKernel(AsyncKernelManager):
        async def start_kernel(self, **arguments: Any) -> None:
            await super().start_kernel(**{**arguments, "env": {**os.environ, **environment}})

    return WorkspaceKernel


def as_plain(made: Made) -> dict[str, object]:
    """Return what was made as plain JSON values, paths as text."""
    return {
        key: str(value) if isinstance(value, Path) else [str(path) for path in value] if isinstance(value, tuple) else value
        for key, value in asdict(made).items()
    }
