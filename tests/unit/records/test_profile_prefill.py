"""What the Business Master File knows becomes fields of a profile; what it does not know stays unknown."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import catalynx
from catalynx.errors import BadParameter
from catalynx.records.prefill import prefill, title_case
from catalynx.records.profile import make_profile

BMF = Path(catalynx.__file__).parent / "sample/irs_bmf/eo_vt.csv.gz"
ROW = {
    "ein": "030179423", "name": "VERMONT SYMPHONY ORCHESTRA ASSOCIATION INC", "city": "ST JOHNSBURY", "state": "VT",
    "ntee_code": "A69", "revenue_usd": 1_234_567.0, "subsection": "03",
}  # fmt: skip


def filed() -> Iterator[dict[str, str]]:
    with gzip.open(BMF, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_a_full_row_fills_the_fields() -> None:
    fields = prefill("030179423", ROW)
    assert fields == {
        "ein": "030179423", "organization_name": "Vermont Symphony Orchestra Association Inc", "city": "St Johnsbury",
        "state": "VT",
        "ntee_codes": ["A69"], "annual_revenue_usd": 1_234_567.0, "is_501c3": True,
    }  # fmt: skip
    assert make_profile(fields).ntee_codes == ["A69"]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_what_is_missing_stays_missing(missing: Any) -> None:
    fields = prefill("030179423", dict.fromkeys(ROW, missing) | {"name": "X CLUB"})
    assert fields == {
        "ein": "030179423", "organization_name": "X Club", "city": None, "state": None, "ntee_codes": [],
        "annual_revenue_usd": None, "is_501c3": None,
    }  # fmt: skip
    assert prefill("030179423", {"name": "X CLUB"}) == fields


@pytest.mark.parametrize(
    ("column", "value", "field", "expected"),
    [
        ("subsection", "04", "is_501c3", False),
        ("subsection", "92", "is_501c3", False),
        ("revenue_usd", 0.0, "annual_revenue_usd", 0.0),
        ("revenue_usd", -5.0, "annual_revenue_usd", None),
        ("ntee_code", "??", "ntee_codes", []),
        ("state", "XX", "state", None),
    ],
)
def test_what_the_file_says_is_not_bent(column: str, value: object, field: str, expected: object) -> None:
    assert prefill("030179423", {**ROW, column: value})[field] == expected


def test_a_frame_row_will_do() -> None:
    row = pd.DataFrame([ROW]).convert_dtypes().iloc[0]
    assert prefill("030179423", {str(name): value for name, value in row.items()}) == prefill("030179423", ROW)


def test_a_row_of_another_organisation_is_refused() -> None:
    with pytest.raises(BadParameter, match="the row of EIN 030000000"):
        prefill("030000000", ROW)
    with pytest.raises(BadParameter, match="which has a name"):
        prefill("030179423", {**ROW, "name": None})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("FRIENDS OF THE YMCA OF BURLINGTON VT INC", "Friends of the YMCA of Burlington VT Inc"),
        ("THE NATURE MUSEUM AT GRAFTON", "The Nature Museum at Grafton"),
        ("PTA VERMONT CONGRESS", "PTA Vermont Congress"),
        ("MT MANSFIELD PTO", "Mt Mansfield PTO"),
        ("ST JOHNSBURY 4-H FOUNDATION LTD", "St Johnsbury 4-H Foundation Ltd"),
        ("21ST CENTURY FUND III", "21st Century Fund III"),
        ("F&AM LODGE", "F&AM Lodge"),
        ("O'BRIEN CHILDREN'S CENTER", "O'Brien Children's Center"),
        ("MCCLURE FOUNDATION", "McClure Foundation"),
        ("HELP-KIDS-INDIA", "Help-Kids-India"),
        ("VT-NH TRAILS", "VT-NH Trails"),
        ("AFL-CIO", "AFL-CIO"),
        ("JOHN R SMITH JR TR", "John R Smith Jr Tr"),
        ("ARTS/SCIENCE (VERMONT) TRUST", "Arts/Science (Vermont) Trust"),
        ("Seven Days inc", "Seven Days inc"),
        ("ÉCOLE ÉTÉ", "École Été"),
    ],
)  # fmt: skip
def test_names_are_in_title_case_and_acronyms_stay(name: str, expected: str) -> None:
    assert title_case(name) == expected


def test_every_real_name_keeps_its_letters_and_makes_a_profile() -> None:
    count = 0
    for row in filed():
        titled = title_case(row["NAME"])
        assert titled.upper() == " ".join(row["NAME"].split()), row["NAME"]
        assert title_case(titled) == titled
        count += 1
    assert count > 6_000


def test_real_rows_make_profiles() -> None:
    for number, row in enumerate(filed()):
        if number % 20 == 0:
            known = {"ein": row["EIN"], "name": row["NAME"], "city": row["CITY"], "state": row["STATE"],
                     "ntee_code": row["NTEE_CD"] or None, "subsection": row["SUBSECTION"]}  # fmt: skip
            profile = make_profile(prefill(row["EIN"], known))
            assert (profile.ein, profile.state) == (row["EIN"], "VT")
            assert profile.ntee_codes == ([row["NTEE_CD"]] if row["NTEE_CD"] else [])
