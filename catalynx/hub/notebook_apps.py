"""Notebooks as apps, without their code: Voila with our templates and settings, which fetch nothing from elsewhere.

Servers of analysts have it as an extension (`catalynx.hub.lab`), one local user by ``python -m catalynx.hub.local_apps``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from pydantic_settings import BaseSettings, SettingsConfigDict

SHARE: Final = Path(__file__).parent / "jupyter"
"""Holds ``voila.py``, the settings, and the templates."""
FIRST_CELL: Final = "from catalynx.reports.in_apps import show_in_words; show_in_words()"


class JupyterPlaces(BaseSettings):
    """Where Jupyter looks for templates and settings, from ``JUPYTER_PATH`` and ``JUPYTER_CONFIG_PATH``."""

    model_config = SettingsConfigDict(env_prefix="JUPYTER_", extra="ignore", frozen=True)

    path: str = ""
    config_path: str = ""

    def has_ours(self) -> bool:
        """Say whether it looks for both at ours."""
        return all(str(SHARE) in places.split(os.pathsep) for places in (self.path, self.config_path))

    def with_ours(self) -> dict[str, str]:
        """Return the variables with ours in front of what they name."""
        named = {"JUPYTER_PATH": self.path, "JUPYTER_CONFIG_PATH": self.config_path}
        return {name: os.pathsep.join([str(SHARE), *filter(None, [places])]) for name, places in named.items()}


def become(module: str, arguments: Sequence[str]) -> NoReturn:
    """Go on as the program `module`, in this process, which finds our templates and settings."""
    command = [sys.executable, "-m", module, *arguments]
    os.execve(sys.executable, command, {**os.environ, **JupyterPlaces().with_ours()})  # noqa: S606 - a module of ours or Jupyter's


def shown_in_words(request: Any, *, notebook: Any, cwd: str) -> Any:
    """Put a cell before a Python notebook's own, by which tables and figures are shown for readers; Voila's hook."""
    from nbformat.v4 import new_code_cell

    if notebook.metadata.kernelspec.language == "python":
        notebook.cells.insert(0, new_code_cell(FIRST_CELL))
    return notebook


def with_own_formulas(page: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Leave formulas to what comes with Voila, instead of a script from elsewhere; Voila's hook for what it tells a page."""
    page["mathjaxConfig"] = page["fullMathjaxUrl"] = None
    return page


def scripts_of_figures() -> Path:
    """Return the folder with BokehJS, which draws the figures, as it comes with Bokeh."""
    from importlib.util import find_spec

    found = find_spec("bokeh")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("No module named 'bokeh': Catalynx is installed without what it needs.")
    return Path(found.origin).parent / "server/static"
