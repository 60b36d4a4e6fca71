"""The page on the lake says of every table what the columns say."""

from __future__ import annotations

from pathlib import Path

from catalynx.columns import TABLES

PAGE = (Path(__file__).parents[3] / "docs/lake.md").read_text()


def test_the_page_lists_every_table_with_its_row_key_and_what_stays() -> None:
    listed = [line for line in PAGE.splitlines() if line.startswith("| `") and not line.startswith("| `catalynx")]
    expected = [
        f"| `{table.name}` | {table.row} | {', '.join(f'`{column}`' for column in table.key)} | "
        + (f"the newest by `{table.newest_by}` |" if table.newest_by else "the last loaded |")
        for table in TABLES.values()
    ]
    assert listed == expected
