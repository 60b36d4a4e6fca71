"""What gifts on record say of a funder, checked on gifts that can be counted by hand; relatedness of fields."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.sparse import csc_matrix

from catalynx.columns import TABLES, arrow_schema
from catalynx.lake.giving_facts import GivingFacts, make_facts
from catalynx.lake.relatedness import relatedness
from catalynx.lake.snapshot import Snapshot, open_lake
from catalynx.lake.versions import TableFile, Version, save, use

GIFTS = [  # constructed: funder, recipient, ein, state, NTEE major, year, amount
    *(("A", f"r{number}", f"00000000{number}", "VT", "A", year, 1000.0) for number in range(1, 6) for year in (2018, 2019)),
    *(("A", f"n{number}", None, "NH", "B", 2020, 500.0) for number in range(1, 6)),
    ("A", "r1", "000000001", "VT", "A", 2020, -400.0),
    ("A", "r1", "000000001", "VT", "A", 2025, 9e9),
    ("A", "old", None, None, None, 2012, 0.0),
    ("B", "r1", "000000001", "VT", "A", 2020, 700.0),
]


def constructed(home: Path, tables: dict[str, pd.DataFrame]) -> Snapshot:
    folder = home / "versions" / "20240101T000000-constructed"
    folder.mkdir(parents=True)
    files = []
    for name, frame in tables.items():
        rows = pa.Table.from_pandas(frame.reindex(columns=TABLES[name].names), schema=arrow_schema(name), preserve_index=False)
        pa.parquet.write_table(rows, folder / f"{name}.parquet")
        files.append(TableFile(name, len(frame), 0, (folder / f"{name}.parquet").stat().st_size, ""))
    save(Version(folder.name, "2024-01-01T00:00:00.000+00:00", "constructed", (), tuple(files)), folder)
    use(home, folder.name)
    return open_lake(home)


@pytest.fixture
def facts(tmp_path: Path) -> GivingFacts:
    import pyarrow.parquet  # noqa: F401

    gifts = pd.DataFrame(
        GIFTS, columns=["funder_key", "recipient_key", "recipient_ein", "recipient_state", "ntee_major", "year", "amount_usd"]
    )
    gifts = gifts.assign(gift_id=[f"g{n}" for n in range(len(gifts))], track="foundation", funder_name=gifts["funder_key"],
                         recipient_kind="organization", status="paid")  # fmt: skip
    known = pd.DataFrame({
        "ein": [f"00000000{number}" for number in range(1, 6)], "name": "constructed", "ntee_code": ["A50", "A50", "A51", "A20", None],
        "revenue_usd": [1e5, 2e5, 3e5, 4e5, None], "source": "c", "file": "c", "place": "c",
    })  # fmt: skip
    with constructed(tmp_path, {"giving": gifts, "organizations": known}) as lake:
        return make_facts(lake, "foundation", 2024)


def test_behaviour_is_counted(facts: GivingFacts) -> None:
    first, second = facts.frame.to_dict("records")
    assert (first["grants_count"], first["first_year"], first["last_year"], first["active_years"]) == (17, 2012, 2020, 4)
    assert first["grant_median_usd"] == 1000, "negative and no amounts are no sizes, and nothing later than the year counts"
    assert first["retained_pct"] == pytest.approx(60), "of five of 2018 all, of five of 2019 one: 6 of 10"
    assert first["first_time_pct"] == 100, "all came within three years, of a funder that gave before"
    assert first["recent_recipients"] == 10
    assert first["recipient_hhi"] == pytest.approx((5 * 2000**2 + 5 * 500**2) / 12_500**2)
    assert first["yearly_usd"] == 5000
    assert (first["peers_known_count"], first["peers_p25_usd"]) == (9, 1e5)
    for name in ("retained_pct", "recipient_hhi", "first_time_pct", "giving_change"):
        assert pd.isna(second[name]), f"{name} of one gift is unknown"


def test_places_and_fields_near_to_somebody(facts: GivingFacts) -> None:
    near = facts.near({"VT"}, ("A50",))
    assert near["here_count"].tolist() == [11, 1]
    assert near["field_code_count"].tolist() == [5, 1]
    assert near["field_decile_count"].tolist() == [7, 1]
    assert near["field_major_count"].tolist() == [11, 1]
    assert facts.frame["placed_count"].tolist() == [16, 1]
    assert facts.frame["field_counts"].tolist() == ['{"A":11,"B":5}', '{"A":1}']
    nobody = facts.near(set(), ())
    assert not any(values.astype(float).any() for name, values in nobody.items() if name != "field_related_to")


def test_fields_are_related_that_share_funders() -> None:
    together, apart = [60, 60, 0], [0, 0, 120]
    recipients = csc_matrix(np.array([together] * 5 + [apart] * 5))
    found = relatedness(recipients, ["A", "B", "P"])
    assert found["A"] == found["A"] | {"B": found["B"]["A"]}
    assert found["A"]["B"] > 0.9
    assert "P" not in found["A"]


def test_few_recipients_relate_nothing() -> None:
    assert relatedness(csc_matrix(np.array([[1, 1], [1, 1]])), ["A", "B"]) == {"A": {}, "B": {}}
    assert relatedness(csc_matrix((0, 0)), []) == {}
