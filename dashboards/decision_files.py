"""What is seen on the page Decisions, as files to take: tables as CSV and XLSX, and the notebook that gives the same."""

from __future__ import annotations

import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from catalynx.reports import write_csv, write_xlsx
from dashboards.fragments import content_css
from dashboards.widgets import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd


def files_row(frames: Callable[[], Mapping[str, pd.DataFrame]], notebook: Callable[[], dict[str, Any]], name: str) -> Any:
    """Return links that download what is seen at that moment.

    Parameters
    ----------
    frames : gives the tables by name, the first is the one of the CSV
    notebook : gives the notebook
    name : how the files are called, before their ending
    """

    def csv() -> io.BytesIO:
        return _written(lambda path: write_csv(next(iter(frames().values())), path))

    def xlsx() -> io.BytesIO:
        return _written(lambda path: write_xlsx(dict(frames()), path))

    def as_notebook() -> io.BytesIO:
        return io.BytesIO(json.dumps(notebook(), ensure_ascii=False, indent=1).encode())

    return side_by_side(
        _download("Order as CSV", csv, f"{name}.csv"), _download("All tables as XLSX", xlsx, f"{name}.xlsx"),
        _download("Notebook that gives the same", as_notebook, f"{name}.ipynb"),
    )  # fmt: skip


def _download(label: str, give: Callable[[], io.BytesIO], filename: str) -> Any:
    import panel as pn

    return pn.widgets.FileDownload(
        label=label, callback=give, filename=filename, width=9 * len(label) + 40, margin=0, stylesheets=[content_css()]
    )


def _written(write: Callable[[Path], None]) -> io.BytesIO:
    with TemporaryDirectory(prefix="catalynx-") as folder:
        path = Path(folder) / "file"
        write(path)
        return io.BytesIO(path.read_bytes())
