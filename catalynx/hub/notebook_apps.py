"""Notebooks as apps, without their code: Voila with our templates and settings, which fetch nothing from elsewhere.

Servers of analysts have it as an extension (`catalynx.hub.lab`), one local user by ``python -m catalynx.hub.local_apps``.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final

SHARE: Final = Path(__file__).parent / "jupyter"
"""Holds ``voila.py``, the settings, and the templates."""
FIRST_CELL: Final = "from catalynx.reports.in_apps import show_in_words; show_in_words()"


def tell_jupyter(environment: MutableMapping[str, str]) -> None:
    """Add our settings and templates to where Jupyter looks for them, for this process and those that it starts."""
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
        named = [place for place in environment.get(name, "").split(os.pathsep) if place]
        if str(SHARE) not in named:
            environment[name] = os.pathsep.join([str(SHARE), *named])


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
