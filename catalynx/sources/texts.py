"""Texts as Arrow has them, made of their bytes.

Given Python's own text, Arrow first imports pandas to see whether it is a missing value of that library. That takes longer
than reading a state's master file, and a third of the memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa


def texts(values: Sequence[str | None]) -> pa.StringArray:
    """Return `values` as an Arrow array; None is null."""
    encoded = [b"" if value is None else value.encode() for value in values]
    ends = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([len(text) for text in encoded], out=ends[1:])
    known = np.packbits(np.array([value is not None for value in values], bool), bitorder="little")
    buffers = [pa.py_buffer(known), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


@cache
def constant(value: str | None) -> pa.StringScalar:
    """Return one text, to be compared with the values of a column or put in their place."""
    return texts([value])[0]
