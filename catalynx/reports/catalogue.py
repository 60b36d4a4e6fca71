"""Which reports there are: each notebook in ``notebooks/reports`` is one, described by its own first cells.

A report notebook has a title (a Markdown heading), one code cell tagged ``parameters`` whose lines are
``name: type = default  # meaning``, then calls. A new report is one new notebook.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalynx.errors import BadParameter, NotFound, ReportError

Value = str | int | float | bool | None
_KINDS = {"str": str, "int": int, "float": float, "bool": bool}
TEXT_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a report: ``kind`` is str, int, float, bool or date; ``optional`` ones may be None."""

    name: str
    kind: str
    optional: bool
    default: Value
    meaning: str

    @property
    def required(self) -> bool:
        """Whether it must be given: a text without a default."""
        return self.default == "" and not self.optional


@dataclass(frozen=True, slots=True)
class Report:
    """One report: its notebook, title, and parameters."""

    name: str
    title: str
    notebook: Path
    parameters: tuple[Parameter, ...]

    def parameter(self, name: str) -> Parameter:
        """Return the parameter called `name`, else raise `BadParameter`."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise BadParameter(
            "parameter", name, f"one of this report's: {', '.join(p.name for p in self.parameters) or 'it has none'}"
        )


def reports(notebooks: Path) -> dict[str, Report]:
    """Return every report in the folder of notebooks by its name.

    Raises
    ------
    ReportError
        There is no such folder, or a notebook in it is no report.
    """
    folder = notebooks / "reports"
    if not folder.is_dir():
        raise ReportError(
            f"there are no reports in {notebooks}. Install Catalynx anew, or set CATALYNX_NOTEBOOKS to their folder."
        )
    return {path.stem: _describe(path) for path in sorted(folder.glob("*.ipynb"))}


def report(notebooks: Path, name: str) -> Report:
    """Return the report called `name`, else raise `NotFound`."""
    found = reports(notebooks)
    if name not in found:
        raise NotFound("report", name, f"There are {', '.join(found)}.")
    return found[name]


def check_parameters(wanted: Report, given: dict[str, object]) -> dict[str, Value]:
    """Return `given` as values of the report's parameters, typed.

    Names and values are checked here because the notebook runner writes names into code as they are.

    Raises
    ------
    BadParameter
        An unknown name, a value of the wrong type, text that is longer than ``TEXT_LIMIT`` or holds control characters, or
        nothing where something must be given.
    """
    typed = {name: _typed(wanted.parameter(name), value) for name, value in given.items()}
    for parameter in wanted.parameters:
        if parameter.required and not typed.get(parameter.name):
            raise BadParameter(parameter.name, typed.get(parameter.name, ""), f"given: {parameter.meaning or parameter.kind}")
    return typed


def _typed(parameter: Parameter, value: object) -> Value:
    if value is None or (parameter.optional and value in ("", "None", "none")):
        if parameter.optional:
            return None
        raise BadParameter(parameter.name, value, f"of type {parameter.kind}")
    try:
        return _READ[parameter.kind](value)
    except (ValueError, TypeError, OverflowError):
        raise BadParameter(parameter.name, value, f"of type {parameter.kind}" + _EXAMPLES[parameter.kind]) from None


def _read_text(value: object) -> str:
    if not isinstance(value, str) or len(value) > TEXT_LIMIT or re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", value):
        raise ValueError
    return value


def _read_integer(value: object) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,15}", str(value), re.ASCII):
        raise ValueError
    return int(str(value))


def _read_number(value: object) -> float:
    if isinstance(value, bool):
        raise ValueError
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        raise ValueError
    return number


def _read_flag(value: object) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in words:
        raise ValueError
    return words[str(value).lower()]


def _read_day(value: object) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", str(value), re.ASCII):
        raise ValueError
    return date.fromisoformat(str(value)).isoformat()


_READ: dict[str, Callable[[object], Value]] = {
    "str": _read_text, "int": _read_integer, "float": _read_number, "bool": _read_flag, "date": _read_day,
}  # fmt: skip
_EXAMPLES = {
    "str": f", at most {TEXT_LIMIT} characters without line breaks", "int": ", such as 12", "float": ", such as 0.5",
    "bool": ", true or false", "date": ", such as 2027-03-14",
}  # fmt: skip


def _describe(path: Path) -> Report:
    try:
        cells = json.loads(path.read_text())["cells"]
        tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
        title = next(line for cell in cells if cell["cell_type"] == "markdown" for line in "".join(cell["source"]).splitlines())
        source = "".join(tagged[0]["source"])
    except (ValueError, KeyError, IndexError, StopIteration) as error:
        raise ReportError(f"{path} is no report: it needs a title and one cell tagged `parameters` ({error!r}).") from error
    return Report(path.stem, title.lstrip("# ").strip(), path, tuple(_parameters(source)))


def _parameters(source: str) -> list[Parameter]:
    lines = source.splitlines()
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            kinds = ast.unparse(node.annotation).split(" | ")
            meaning = lines[node.lineno - 1].partition("#")[2].strip()
            kind = "date" if "(a day)" in meaning else kinds[0]
            found.append(Parameter(node.target.id, kind, "None" in kinds, ast.literal_eval(node.value), meaning))
    return found
