"""The rules of ``catalynx.columns`` as pandera schemas, asked of every table before it becomes part of the lake."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from catalynx.columns import Column, arrow_schema, table
from catalynx.errors import LakeError

if TYPE_CHECKING:
    import pandera.pandas as pandera


def check(name: str, rows: pa.Table) -> None:
    """Raise `LakeError` unless `rows` have the columns, types and values that the table `name` promises.

    The rules are rules of single values, so each is asked of a column's distinct values only.
    """
    expected = arrow_schema(name)
    if rows.schema.names != expected.names:
        raise LakeError(f"table {name} has the columns {rows.schema.names}, but must have {expected.names}. Nothing was published.")
    for column in table(name).columns:
        values = rows[column.name]
        if values.type != expected.field(column.name).type:
            raise LakeError(f"{name}.{column.name} is {values.type}, but must be {expected.field(column.name).type}. Nothing was published.")
        schema = _schema(column)
        if schema is not None:
            _ask(schema, name, column, values)


def _ask(schema: pandera.SeriesSchema, name: str, column: Column, values: pa.ChunkedArray) -> None:
    from pandera.errors import SchemaError

    distinct = pc.unique(values).to_pandas(types_mapper={pa.int64(): _nullable_integer()}.get)
    try:
        schema.validate(distinct)
    except SchemaError as error:
        cases = list(error.failure_cases["failure_case"].head(3)) if hasattr(error.failure_cases, "head") else [error.failure_cases]
        raise LakeError(
            f"{name}.{column.name} breaks its rule ({error.check}) with {cases!r}. Nothing was published; the reader must set such rows aside."
        ) from None


def _nullable_integer() -> object:
    import pandas as pd

    return pd.Int64Dtype()


@cache
def _schema(column: Column) -> pandera.SeriesSchema | None:
    import pandera.pandas as pandera

    rules = []
    if column.pattern is not None:
        rules.append(pandera.Check.str_matches(f"^(?:{column.pattern})$"))
    if column.at_least is not None:
        rules.append(pandera.Check.ge(column.at_least))
    if column.at_most is not None:
        rules.append(pandera.Check.le(column.at_most))
    if not rules and not column.required:
        return None
    return pandera.SeriesSchema(checks=rules, nullable=not column.required, name=None)
