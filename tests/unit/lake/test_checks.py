"""What every table must keep: Arrow and pandera say the same of each rule."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalynx.columns import TABLES, arrow_schema
from catalynx.columns.column_rules import keeps_rules
from catalynx.errors import LakeError
from catalynx.lake.checks import broken_rule, check

RULED = [
    (table.name, column)
    for table in TABLES.values()
    for column in table.columns
    if column.pattern or column.required or column.at_least is not None or column.at_most is not None
]
TEXT = st.one_of(st.none(), st.from_regex(r"[A-Z]{0,3}\d{0,10}[.-]?\d{0,3}\n?", fullmatch=True), st.sampled_from(
    ["VT", "030179436", "030179436\n", "A", "paid", "posted", "990PF", "2024-01", "10.310", "organization", "", "٣٣٣٣٣٣٣٣٣", "foundation"]
))  # fmt: skip
NUMBERS = st.one_of(st.none(), st.integers(-3, 2200))


@pytest.mark.parametrize(("name", "column"), RULED, ids=lambda value: getattr(value, "name", value))
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_both_say_the_same_of_every_rule(name, column, data) -> None:
    kind = arrow_schema(name).field(column.name).type
    if pa.types.is_boolean(kind):
        values = data.draw(st.lists(st.one_of(st.none(), st.booleans()), max_size=6))
    elif pa.types.is_string(kind):
        values = data.draw(st.lists(TEXT, max_size=6))
    else:
        values = data.draw(st.lists(NUMBERS, max_size=6))
    array = pa.chunked_array([pa.array(values, kind)])
    rule, cases = broken_rule(column, array)
    assert keeps_rules(column, array) == (rule == "")
    if pa.types.is_string(kind):
        coded = array.dictionary_encode()
        assert keeps_rules(column, coded) == (rule == "")
        # A dictionary may hold texts that no row has any more.
        assert keeps_rules(column, coded.slice(0, 1)) == keeps_rules(column, array.slice(0, 1))
    assert len(cases) <= 3


def test_a_real_table_passes_and_a_bad_one_names_column_rule_and_cases(small_lake) -> None:
    import pyarrow.parquet as pq

    rows = pq.read_table(small_lake / "current/organizations.parquet")
    check("organizations", rows)
    index = rows.schema.get_field_index("ein")
    bad = rows.set_column(index, "ein", pa.array(["12-345", *rows["ein"].to_pylist()[1:]]))
    with pytest.raises(LakeError, match=r"organizations\.ein breaks its rule \(.*\) with \['12-345'\]\. Nothing was published"):
        check("organizations", bad)
    missing = rows.set_column(index, "ein", pa.array([None, *rows["ein"].to_pylist()[1:]], pa.string()))
    with pytest.raises(LakeError, match=r"organizations\.ein breaks its rule \(not_nullable\)"):
        check("organizations", missing)
    with pytest.raises(LakeError, match="must have"):
        check("organizations", rows.drop_columns(["zip"]))
    with pytest.raises(LakeError, match=r"organizations\.assets_usd is string, but must be double"):
        check(
            "organizations",
            rows.set_column(rows.schema.get_field_index("assets_usd"), "assets_usd", rows["assets_usd"].cast(pa.string())),
        )
