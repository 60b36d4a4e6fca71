"""Running a report: check the parameters, execute the notebook, and leave HTML, the notebook, tables, and a PDF where it can."""

from __future__ import annotations

import json
import os
import re
import secrets
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
DESCRIPTION = "report.json"
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
    parameters = check_parameters(wanted, given)
    profile_id = parameters["profile"] = _profile_id(settings, parameters) if "profile" in parameters else None
    if profile_id is None:
        del parameters["profile"]
    told = say or (lambda what, done, total: None)
    moment = datetime.now(UTC)
    folder = settings.reports / f"{name}-{_slug(profile_id)}-{job_id or format(moment, '%Y%m%dT%H%M%S%f')}"
    if job_id and (folder / DESCRIPTION).exists():
        return load_made(folder)
    fresh = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    (fresh / TABLES_FOLDER).mkdir(parents=True)
    try:
        # From its first moment on a folder says whose it is, so that a purge finds it however it ends.
        _describe(fresh, wanted, parameters, moment, profile_id)
        _execute(wanted, parameters, fresh, settings, told)
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
    found = [path for path in folder.iterdir() if path.is_dir() and _is_of(path, profile_id)] if folder.is_dir() else []
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
        if path.exists():  # something was written into it meanwhile
            shutil.rmtree(path)
    return len(found)


def _is_of(folder: Path, profile_id: str) -> bool:
    try:
        described = json.loads((folder / DESCRIPTION).read_text())
    except (FileNotFoundError, ValueError):  # whoever made it was killed before it was described: its name tells
        return f"-{_slug(profile_id)}-" in folder.name
    return bool(described["profile_id"] == profile_id)


def _slug(profile_id: Value) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(profile_id or "all").lower()).strip("-")[:64]


def _profile_id(settings: Settings, parameters: dict[str, Value]) -> str | None:
    """Return the id of the profile that the parameter means; `NotFound` before a kernel starts."""
    from catalynx.records.store import open_records

    if not parameters["profile"]:
        return None
    with open_records(settings.records_url) as records:
        return records.find_profile(str(parameters["profile"])).profile_id


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
    (folder / DESCRIPTION).write_text(json.dumps(described, indent=1))


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
        async def start_kernel(self, **arguments: Any) -> None:  # type: ignore[override]
            # IPython would keep what is executed, the profile's id in it, in a history of its own.
            arguments["extra_arguments"] = [*(arguments.get("extra_arguments") or []), "--HistoryManager.enabled=False"]
            await super().start_kernel(**{**arguments, "env": {**os.environ, **environment}})

    return WorkspaceKernel


def as_plain(made: Made) -> dict[str, object]:
    """Return what was made as plain JSON values, paths as text."""
    return {
        key: str(value) if isinstance(value, Path) else [str(path) for path in value] if isinstance(value, tuple) else value
        for key, value in asdict(made).items()
    }
