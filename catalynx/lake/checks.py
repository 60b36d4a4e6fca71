"""The rules of ``catalynx.columns``, asked of every table before it becomes part of the lake.

Each rule stands twice: as an Arrow kernel, which says of millions of values in milliseconds whether all keep it, and as
a pandera schema, which is asked for the cases when they do not. Importing pandera costs more time and memory than
reading a state's master file, so a table in order never pays for it. A test holds that both say the same of every rule.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from catalynx.columns import Column, arrow_schema, table
from catalynx.columns.column_rules import keeps_rules, plain, plain_type
from catalynx.errors import LakeError

if TYPE_CHECKING:
    import pandera.pandas as pandera


def check(name: str, rows: pa.Table) -> None:
    """Raise `LakeError` unless `rows` have the columns, types and values that the table `name` promises."""
    expected = arrow_schema(name)
    if rows.schema.names != expected.names:
        raise LakeError(
            f"table {name} has the columns {rows.schema.names}, but must have {expected.names}. Nothing was published."
        )
    for column in table(name).columns:
        values = rows[column.name]
        if plain_type(values.type) != expected.field(column.name).type:
            raise LakeError(
                f"{name}.{column.name} is {values.type}, but must be {expected.field(column.name).type}. Nothing was published."
            )
        if not keeps_rules(column, values):
            rule, cases = broken_rule(column, values)
            raise LakeError(
                f"{name}.{column.name} breaks its rule ({rule}) with {cases!r}. Nothing was published; "
                "the reader must set such rows aside."
            )  # fmt: skip


def broken_rule(column: Column, values: pa.ChunkedArray) -> tuple[str, list[object]]:
    """Return the rule of `column` that `values` break, in pandera's words, and up to three cases; empty where none is broken."""
    import pandas as pd
    from pandera.errors import SchemaError

    distinct = pc.unique(plain(values)).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    try:
        _schema(column).validate(distinct)
    except SchemaError as error:
        cases = error.failure_cases
        return str(error.check), list(cases["failure_case"].head(3)) if hasattr(cases, "head") else [cases]
    return "", []


@cache
def _schema(column: Column) -> pandera.SeriesSchema:
    import pandera.pandas as pandera

    rules = []
    if column.pattern is not None:
        # Python's \d also takes the digits of other scripts; Arrow's does not, and neither do the publishers.
        digits = column.pattern.replace(r"\d", "[0-9]")
        rules.append(pandera.Check.str_matches(rf"^(?:{digits})\Z"))
    if column.at_least is not None:
        rules.append(pandera.Check.ge(column.at_least))
    if column.at_most is not None:
        rules.append(pandera.Check.le(column.at_most))
    return pandera.SeriesSchema(checks=rules, nullable=not column.required, name=None)
