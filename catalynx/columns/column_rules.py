"""Whether values keep the rules of their column, asked as Arrow kernels: milliseconds for millions of values.

A column whose texts come again and again may be handed over with a dictionary; then only its distinct texts are looked at.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from catalynx.columns.vocabulary import Column


def keeps_rules(column: Column, values: pa.ChunkedArray) -> bool:
    """Whether all `values` keep the rules of `column`; a missing value breaks none but ``required``."""
    if column.required and values.null_count:
        return False
    if column.pattern is None and column.at_least is None and column.at_most is None:
        return True
    if pa.types.is_dictionary(values.type):
        distinct = (chunk.dictionary for chunk in values.chunks)
        # A dictionary may hold texts that no row has any more.
        return all(_kept(column, texts) for texts in distinct) or _kept(column, plain(values))
    return _kept(column, values)


def _kept(column: Column, values: pa.ChunkedArray | pa.Array) -> bool:
    if column.pattern is not None:
        matches = pc.match_substring_regex(values, rf"\A(?:{column.pattern})\z")
        if pc.all(matches, min_count=0).as_py() is False:
            return False
    if column.at_least is None and column.at_most is None:
        return True
    ends = pc.min_max(values).as_py()
    if ends["min"] is None:
        return True
    return (column.at_least is None or ends["min"] >= column.at_least) and (
        column.at_most is None or ends["max"] <= column.at_most
    )


def plain(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return `values` without a dictionary."""
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type of the values, whether or not they have a dictionary."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind
