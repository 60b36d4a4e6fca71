"""Ties and ways over a constructed lake: real shapes, invented organisations and people, and known answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import catalynx as cx
from catalynx.columns import arrow_schema, empty_frame
from catalynx.errors import BadParameter, LakeEmpty, NotFound
from catalynx.figures.network_path import network_path, path_in_words
from catalynx.lake.parquet import digest, write
from catalynx.lake.versions import TableFile, Version, save, use
from catalynx.lookups.condition import condition_rows
from catalynx.lookups.network import network_answer
from catalynx.lookups.paths import paths_answer

US, PEER, FUND, TRUST, FAR_FUND, ALONE = "010000001", "010000002", "020000001", "020000002", "020000003", "020000009"
NAMES = {US: "INVENTED MUSEUM", PEER: "INVENTED PLAYHOUSE", FUND: "INVENTED FUND", TRUST: "INVENTED TRUST", FAR_FUND: "FAR FUND",
         ALONE: "LONELY FUND"}  # fmt: skip
# The rare name sits on our board and on that of the trust; the common one on ours and on that of the far fund.
OFFICERS = [(US, "ZEBULON Q INVENTEDNAME", "CHAIR"), (TRUST, "Zebulon Q. Inventedname", "Trustee"), (US, "JOHN SMITH", "DIRECTOR"),
            (FAR_FUND, "JOHN SMITH", "DIRECTOR"), (PEER, "ALMA P OTHERNAME", "DIRECTOR"), (FUND, "ALMA P OTHERNAME", "PRESIDENT")]  # fmt: skip
GIFTS = [(FUND, US, 2015, "organization"), (FUND, "A", 2015, "organization"), (FAR_FUND, "A", 2016, "organization"),
         (FAR_FUND, "B", 2016, "organization"), (FAR_FUND, "C", 2030, "organization"), (TRUST, None, 2016, "individual")]  # fmt: skip


def rows_of(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    schema = arrow_schema(name)
    blank = {**dict.fromkeys(schema.names), "source": "constructed", "file": "constructed", "place": ""}
    full = [{**{key: value for key, value in blank.items() if key in schema.names}, **row} for row in rows]
    return pa.Table.from_pylist(
        [{**row, "place": f"line {at}"} if "place" in row else row for at, row in enumerate(full)], schema
    )


def tables() -> dict[str, list[dict[str, Any]]]:
    return {
        "organizations": [
            {"ein": ein, "name": name, "city": "BARRE", "state": "VT", "ntee_major": "A" if ein in (US, PEER) else "T"}
            for ein, name in NAMES.items()
        ],
        "people": [
            {"return_id": f"{ein}_2016", "ein": ein, "person_name": name, "role": role, "tax_year": 2016}
            for ein, name, role in OFFICERS
        ],
        "giving": [
            {"gift_id": f"constructed_{at}", "track": "foundation", "funder_key": f"ein:{funder}", "funder_name": NAMES[funder],
             "funder_ein": funder, "recipient_key": None if to is None else f"ein:{to}" if to == US else f"GRANTEE {to}|VT",
             "recipient_name": None if to is None else NAMES.get(to, f"Grantee {to}"), "recipient_ein": to if to == US else None,
             "recipient_kind": kind, "recipient_state": "VT", "status": "paid", "year": year, "amount_usd": 5000.0}
            for at, (funder, to, year, kind) in enumerate(GIFTS)
        ],
        "grants": [
            {"grant_id": f"constructed_{at}", "funder_name": NAMES[funder], "funder_ein": funder,
             "recipient_name": "nobody" if to is None else NAMES.get(to, f"Grantee {to}"), "year": year, "amount_usd": 5000.0}
            for at, (funder, to, year, _) in enumerate(GIFTS)
        ],
    }  # fmt: skip


def make_lake(home: Path, content: dict[str, list[dict[str, Any]]]) -> None:
    folder = home / "lake/versions/20240101T000000-0000c0de"
    folder.mkdir(parents=True)
    files = []
    for name, rows in content.items():
        made = rows_of(name, rows)
        path = folder / f"{name}.parquet"
        files.append(TableFile(name, write(path, made.schema, made.to_batches()), 0, path.stat().st_size, digest(path)))
    save(Version(folder.name, "2024-01-01T00:00:00.000+00:00", "constructed", (), tuple(files)), folder)
    use(home / "lake", folder.name)


def profile(**fields: Any) -> Any:
    return cx.make_profile({"organization_name": "Invented Museum", "ein": US, "state": "VT", "ntee_codes": ["A50"], **fields})


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    home = tmp_path_factory.mktemp("tied")
    make_lake(home, tables())
    with cx.open_workspace(home) as opened:
        opened.set_as_of(date(2020, 1, 1))
        yield opened


@pytest.fixture
def lake_of(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    opened = []

    def make(content: dict[str, list[dict[str, Any]]]) -> Any:
        make_lake(tmp_path / str(len(opened)), content)
        opened.append(cx.open_workspace(tmp_path / str(len(opened))))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
    shutil.rmtree(tmp_path)


def test_people_on_our_board_and_a_peers_that_lead_to_funders(workspace) -> None:
    found = cx.network(workspace, profile()).shared_people
    assert found[["of", "of_name", "other", "other_name", "person_name"]].values.tolist() == [
        ["you", "INVENTED MUSEUM", "other", "INVENTED TRUST", "ZEBULON Q INVENTEDNAME"],
        ["peer", "INVENTED PLAYHOUSE", "funder", "INVENTED FUND", "ALMA P OTHERNAME"],
    ], "a trust that gave to private persons alone is no funder; John Smith may be anybody"
    assert found["sure"].ge(0.8).all()
    assert found["of_role"].tolist() == ["CHAIR", "DIRECTOR"]
    assert len(condition_rows(workspace, found["evidence"][0])[1]) == 2


def test_cofunders_have_figures_names_and_rows(workspace) -> None:
    found = cx.network(workspace, profile()).cofunders
    assert found[["candidate_id", "shared_count", "through_count", "grantees_count", "gave_to_you"]].values.tolist() == [
        ["foundation:020000003", 1, 1, 2, False]
    ], "of the three grants of the far fund one is of a later year"
    assert found["tie"][0] == pytest.approx(1 / 2**0.5)
    assert found["shared_names"][0] == ["Grantee A"]
    assert len(condition_rows(workspace, found["evidence"][0])[1]) == 3


def test_no_private_person_and_no_contact_stands_anywhere(workspace) -> None:
    told = json.dumps(network_answer(workspace, profile()))
    assert "individual" not in told
    _, behind = condition_rows(workspace, json.dumps({"table": "giving", "funder_key": f"ein:{TRUST}"}))
    assert behind.empty


def test_the_way_goes_over_who_funds_whom_or_over_people(workspace) -> None:
    found = cx.paths(workspace, profile(), f"foundation:{FAR_FUND}")
    assert found.length == 3
    assert found.steps["to_name"].tolist() == ["Invented Fund", "Grantee A", "Far Fund"]
    assert [len(condition_rows(workspace, evidence)[1]) for evidence in found.steps["evidence"]] == [1, 1, 1]
    people = cx.paths(workspace, profile(), TRUST, through="people")
    assert (people.length, people.steps["by"].tolist(), people.steps["sure_class"][0]) == (1, ["person"], "certain")
    assert people.sentence == (
        "From Invented Museum to Invented Trust in 1 step: Zebulon Q Inventedname, Chair of Invented Museum (2016), is also Trustee "
        "of Invented Trust (2016) (certain to be the same person)."
    )
    assert cx.paths(workspace, profile(), FAR_FUND, through="people").length is None


def test_a_way_is_drawn_and_said(workspace) -> None:
    steps = cx.paths(workspace, profile(), FAR_FUND).steps
    from catalynx.figures.drawing import holoviews

    drawn = holoviews().render(network_path(steps), backend="bokeh")
    assert drawn is not None
    assert path_in_words(steps)[0] == "Way 1, step 1: Invented Fund gave 1 grant to Invented Museum (2015)."
    assert path_in_words(empty_frame("network_paths")) == []
    assert network_path(empty_frame("network_paths")) is not None


@pytest.mark.parametrize("wanted", ["nobody at all", "foundation:", "n", "990000009"])
def test_an_unknown_funder_is_told(workspace, wanted: str) -> None:
    with pytest.raises(NotFound, match="No foundation"):
        cx.paths(workspace, profile(), wanted)


def test_names_that_several_bear_and_kinds_without_ties(workspace) -> None:
    with pytest.raises(NotFound, match="Several are called like that: INVENTED FUND; FAR FUND"):
        cx.paths(workspace, profile(), "fund")
    with pytest.raises(BadParameter, match="must be a foundation"):
        cx.paths(workspace, profile(), "program:45.149")
    with pytest.raises(BadParameter, match="through"):
        cx.paths(workspace, profile(), FUND, through="money")


def test_who_is_tied_to_nobody_gets_a_sentence(workspace) -> None:
    assert cx.paths(workspace, profile(), ALONE).sentence.startswith("Lonely Fund is in no list of grants")
    stranger = profile(ein="030000009", organization_name="Nobody")
    assert paths_answer(workspace, stranger, FUND)["sentence"].startswith("Nobody is in no return's list")
    unknown = cx.network(workspace, stranger).unknown
    assert any("No grant of a foundation" in told for told in unknown)
    assert any("lists officers" in told for told in unknown)
    assert cx.network(workspace, stranger).cofunders.empty


def test_without_an_ein_grants_are_found_by_name_and_state(workspace) -> None:
    found = cx.network(workspace, profile(ein=None))
    assert any("no EIN" in told for told in found.unknown)
    assert found.shared_people[found.shared_people["of"] == "you"].empty


@pytest.mark.parametrize("missing", ["people", "giving", "organizations"])
def test_a_lake_without_a_table_says_what_is_unknown(lake_of, missing: str) -> None:
    workspace = lake_of({name: rows for name, rows in tables().items() if name != missing})
    found = cx.network(workspace, profile())
    told = " ".join(found.unknown)
    assert ("no officers of returns" in told) == (missing == "people")
    assert ("no grants of foundations" in told) == (missing == "giving")
    assert found.cofunders.empty == (missing == "giving")
    if missing != "giving":
        assert cx.paths(workspace, profile(), FAR_FUND).length == 3


def test_a_new_version_has_ties_of_its_own(lake_of) -> None:
    first, second = lake_of(tables()), lake_of({name: rows[:1] for name, rows in tables().items()})
    assert len(cx.network(first, profile()).cofunders) == 1
    assert cx.network(second, profile()).cofunders.empty


def test_an_empty_lake_says_how_to_fill_it(tmp_path: Path) -> None:
    with cx.open_workspace(tmp_path) as workspace, pytest.raises(LakeEmpty, match="catalynx ingest"):
        cx.network(workspace, profile())
