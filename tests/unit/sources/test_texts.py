"""Texts made of their bytes are what Arrow makes of them, and a master file is loaded without pandas."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from catalynx.sources.texts import constant, texts

SAMPLE = Path(__file__).parents[3] / "catalynx/sample/irs_bmf"


@pytest.mark.parametrize("values", [[], ["a"], [None], ["", None, "É’漢", "a" * 300, *[None, "b"] * 9]])
def test_texts_are_those_that_arrow_makes(values) -> None:
    made = texts(values)
    made.validate(full=True)
    assert made.equals(pa.array(values, pa.string()))
    assert made.null_count == values.count(None)


def test_a_constant_is_a_scalar() -> None:
    assert constant("US") == pa.scalar("US")
    assert not constant(None).is_valid


def test_a_master_file_is_loaded_without_pandas(tmp_path) -> None:
    program = """
import sys
from pathlib import Path
from catalynx.lake import ingest
print(ingest(Path(sys.argv[1]), [sys.argv[2]]).version.rows("organizations"))
print(*({"pandas", "duckdb", "pandera"} & {*sys.modules}))
"""
    command = [sys.executable, "-c", program, str(tmp_path / "lake"), str(SAMPLE / "eo_vt.csv.gz")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["6535"]
