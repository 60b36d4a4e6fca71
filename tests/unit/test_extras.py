"""An extra that is not wanted is not loaded, and can be later."""

from __future__ import annotations

import subprocess
import sys

import pytest

from catalynx.extras import without_extra


def test_within_the_block_it_is_as_if_it_were_not_installed() -> None:
    sys.modules.pop("this", None)
    with without_extra("this"), pytest.raises(ImportError):
        import this  # noqa: F401
    assert "this" not in sys.modules


def test_what_is_loaded_already_stays() -> None:
    with without_extra("sys"):
        import sys as still

        assert still.version
    assert sys.modules["sys"] is still


@pytest.mark.parametrize(
    ("loading", "extra"),
    [
        ("from catalynx.figures.drawing import holoviews; holoviews()", "matplotlib"),
        ("from pathlib import Path; import tempfile; from catalynx.settings import load_settings; "
         "from catalynx.jobs import queue; queue._sqlite(load_settings(home=Path(tempfile.mkdtemp())))", "psycopg"),
    ],
)  # fmt: skip
def test_figures_and_the_queue_load_nothing_that_they_do_not_need(loading: str, extra: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"{loading}; import sys; print({extra!r} in sys.modules)"], capture_output=True, text=True
    )
    assert told.stdout.strip() == "False", told.stderr
