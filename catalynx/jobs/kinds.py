"""Which kinds of jobs there are: what each takes, how that is checked before it waits, and what does it.

A new kind is one more entry of `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalynx.errors import BadParameter
from catalynx.jobs.imports import check_import, read_when_free
from catalynx.jobs.training import check_training

if TYPE_CHECKING:
    from catalynx.settings import Settings

Say = Callable[[str, int, int], None]
"""Told what is being done, and how many of how many steps are done."""

Checked = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """What a job's process is to do."""

    job_id: str
    profile_id: str | None
    parameters: Checked


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job.

    Attributes
    ----------
    name, does : what it is called, and what it does
    check : parameters as they were given → as they are kept; refuses what cannot be run
    run : does it; returns what it left, paths in the workspace
    leaves : where in the workspace a job's output stands, as a pattern; removed when the job is cancelled or fails
    unfinished : where it stands while it is being made; removed when whoever made it was killed
    uses_up : whether its parameter ``upload`` names something that is removed when the job has ended, however it ended
    lasting : whether what it did stays done: then a job that was cancelled too late is told as done, since it is
    """

    name: str
    does: str
    check: Callable[[Settings, Mapping[str, Any], str | None], Checked]
    run: Callable[[Settings, Order, Say], list[Path]]
    leaves: str
    unfinished: str
    uses_up: bool = False
    lasting: bool = False


def kind_of(name: object) -> Kind:
    """Return the kind called `name`, else raise `BadParameter`."""
    if not isinstance(name, str) or name not in KINDS:
        raise BadParameter("kind", name, f"one of {', '.join(KINDS)}")
    return KINDS[name]


def _only(given: Mapping[str, Any], names: set[str]) -> None:
    for name in given:
        if name not in names:
            raise BadParameter("parameter", name, f"one of {', '.join(sorted(names))}")


def _flag(given: Mapping[str, Any], name: str, default: bool) -> bool:
    value = given.get(name, default)
    if not isinstance(value, bool):
        raise BadParameter(name, value, "true or false")
    return value


def _check_report(settings: Settings, given: Mapping[str, Any], profile_id: str | None) -> Checked:
    from catalynx.reports import check_parameters, report

    _only(given, {"report", "parameters", "pdf"})
    wanted = report(settings.notebooks, str(given.get("report", "")))
    parameters = given.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        raise BadParameter("parameters", parameters, "an object with a value for each parameter's name")
    asked = {str(name): value for name, value in parameters.items()}
    if any(parameter.name == "profile" for parameter in wanted.parameters):
        # Whose report it is was allowed or refused by the profile's id; nothing else may choose another.
        if profile_id is None or asked.setdefault("profile", profile_id) != profile_id:
            raise BadParameter("profile", asked.get("profile"), "the id of the profile that the job is for")
    elif profile_id is not None:
        raise BadParameter("profile_id", profile_id, f"left out: the report {wanted.name} is about no single profile")
    return {"report": wanted.name, "parameters": check_parameters(wanted, asked), "pdf": _flag(given, "pdf", True)}


def _run_report(settings: Settings, order: Order, say: Say) -> list[Path]:
    from catalynx.reports import run_report

    asked = order.parameters
    made = run_report(settings, asked["report"], asked["parameters"], say=say, pdf=asked["pdf"], job_id=order.job_id)
    return [made.html, *([made.pdf] if made.pdf else []), made.notebook, *made.tables]


def _check_export(settings: Settings, given: Mapping[str, Any], profile_id: str | None) -> Checked:
    from catalynx.jobs.exports import FORMATS, TABLES

    _only(given, {"table", "format", "as_of", "unshared"})
    if profile_id is None:
        raise BadParameter("profile_id", profile_id, "the id of the profile whose table it is")
    for name, among in (("table", TABLES), ("format", FORMATS)):
        if not isinstance(given.get(name), str) or given[name] not in among:
            raise BadParameter(name, given.get(name), f"one of {', '.join(among)}")
    checked = {"table": given["table"], "format": given["format"], "as_of": _day(given.get("as_of"))}
    return {**checked, "unshared": True} if _flag(given, "unshared", False) else checked


def _day(value: object) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise BadParameter("as_of", value, "a day such as 2027-03-14") from None


def _run_export(settings: Settings, order: Order, say: Say) -> list[Path]:
    from catalynx.jobs.exports import write_export

    return [write_export(settings, order, say)]


def _check_load(settings: Settings, given: Mapping[str, Any], profile_id: str | None) -> Checked:
    _only(given, {"paths"})
    if profile_id is not None:
        raise BadParameter("profile_id", profile_id, "left out: published files belong to no profile")
    paths = given.get("paths")
    if not isinstance(paths, list) or not 0 < len(paths) <= 1_000 or not all(isinstance(path, str) for path in paths):
        raise BadParameter("paths", paths, "a list of 1 to 1,000 paths in the workspace")
    for path in paths:
        if "\0" in path or not (settings.home / path).resolve().is_relative_to(settings.home):
            raise BadParameter("paths", path, "in the workspace: put the file there first")
        if not (settings.home / path).exists():
            raise BadParameter("paths", path, "a file or folder that is there")
    return {"paths": paths}


def _run_load(settings: Settings, order: Order, say: Say) -> list[Path]:
    from catalynx.workspace import Workspace

    with Workspace(settings) as workspace:
        paths = [settings.home / path for path in order.parameters["paths"]]
        done = read_when_free(workspace, paths, order, say, _Load(say))
        if done.refused:
            raise done.refused[0]
        return [workspace.lake.folder]


def _run_import(settings: Settings, order: Order, say: Say) -> list[Path]:
    from catalynx.jobs.imports import read_import

    return [read_import(settings, order, say, _Load(say))]


def _run_training(settings: Settings, order: Order, say: Say) -> list[Path]:
    from catalynx.jobs.training import train_model

    return [train_model(settings, order, say)]


class _Load:
    """The progress of a load, in mebibytes."""

    def __init__(self, say: Say) -> None:
        self._say, self._total, self._read = say, 0, 0

    def start(self, total: int, files: int) -> None:
        self._total = total
        self._tell(f"reading {files:,} files")

    def advance(self, count: int, file: str) -> None:
        self._read += count
        self._tell(f"reading {Path(file).name}")

    def say(self, what: str) -> None:
        self._tell(f"making the table {what}")

    def _tell(self, what: str) -> None:
        self._say(what, self._read >> 20, max(1, self._total >> 20))


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "report", "runs a report: HTML, PDF, the executed notebook and its tables", _check_report, _run_report,
            "reports/*-{job_id}", "reports/.*-{job_id}-*",
        ),
        Kind(
            "export", "writes a profile's decisions, candidates or tracked opportunities as CSV, XLSX or Parquet",
            _check_export, _run_export, "exports/{job_id}", "exports/.{job_id}-*",
        ),
        Kind("load", "reads published files into the lake", _check_load, _run_load, "", "", lasting=True),
        Kind(
            "import", "reads a published file that came in over the network into the lake", check_import, _run_import,
            "imports/{job_id}", "imports/.{job_id}-*", uses_up=True, lasting=True,
        ),
        Kind(
            "likelihood", "trains the model of how likely a new grant will be reported on the lake's current version",
            check_training, _run_training, "", "", lasting=True,
        ),
    )
}  # fmt: skip
"""Name → kind."""
