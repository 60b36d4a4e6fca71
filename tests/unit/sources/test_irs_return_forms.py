"""Every form and version that the tables of paths name, on constructed returns; and the tables against the paths themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalynx.columns import table
from catalynx.sources import irs_return_xpaths as xpaths
from catalynx.sources.irs_return_tree import Found, Leaves, branch_of, parse
from catalynx.sources.irs_returns import SOURCE

CONSTRUCTED = Path(__file__).parents[2] / "data/irs_990_constructed"


@pytest.fixture(scope="module")
def constructed(load):
    return load(CONSTRUCTED, SOURCE)


def filing(loaded, file):
    row = loaded.rows["filings"].set_index("file").loc[f"constructed_{file}.xml"].dropna().to_dict()
    return {key: value for key, value in row.items() if key.endswith("_usd")}


def test_990pf_since_2013(constructed):
    assert filing(constructed, "990pf_2022") == {
        "total_revenue_usd": 300_000,
        "contributions_usd": 100,
        "total_expenses_usd": 250_000,
        "grants_paid_usd": 210_000,
        "assets_usd": 4_000_000,
        "assets_fmv_usd": 5_000_000,
        "liabilities_usd": 1500,
        "net_assets_usd": 3_998_500,
        "unrestricted_net_assets_usd": 3_990_000,
        "land_buildings_equipment_usd": 13,
        "secured_debt_usd": 14,
        "cash_usd": 11,
        "savings_usd": 12,
        "minimum_return_usd": 240_000,
        "distributable_usd": 235_000,
        "qualifying_distributions_usd": 225_000,
    }


@pytest.mark.parametrize("file", ["990pf_2010", "990pf_misspelt"])
def test_990pf_before_2013(constructed, file):
    assert filing(constructed, file) == {
        "total_revenue_usd": 50_000,
        "contributions_usd": 10,
        "total_expenses_usd": 45_000,
        "grants_paid_usd": 42_000,
        "assets_usd": 800_000,
        "assets_fmv_usd": 900_000,
        "liabilities_usd": 5,
        "net_assets_usd": 799_995,
        "unrestricted_net_assets_usd": 6,
        "land_buildings_equipment_usd": 3,
        "secured_debt_usd": 4,
        "cash_usd": 1,
        "savings_usd": 2,
        "minimum_return_usd": 43_000,
        "distributable_usd": 42_500,
        "qualifying_distributions_usd": 44_000,
    }
    row = constructed.rows["filings"].set_index("file").loc[f"constructed_{file}.xml"]
    assert row["preselected_only"]
    assert (row["application_form"], row["application_deadlines"], row["application_restrictions"]) == (
        "LETTER",
        "NONE",
        "VERMONT",
    )
    assert (row["name"], row["tax_year"], row["filed_at"]) == ("CONSTRUCTED OLD FOUNDATION", 2010, "2011-10-01T12:00:00-05:00")
    grants = constructed.rows["grants"]
    grants = grants[grants["file"] == f"constructed_{file}.xml"]
    assert list(grants["amount_usd"]) == [40_000, 2000, 7000]
    assert list(grants["status"]) == ["paid", "paid", "approved"]
    assert list(grants["recipient_kind"]) == ["organization", "individual", "organization"]


def test_990_before_2013(constructed):
    assert filing(constructed, "990_2010") == {
        "total_revenue_usd": 1000,
        "contributions_usd": 400,
        "government_grants_usd": 100,
        "program_service_revenue_usd": 500,
        "total_expenses_usd": 900,
        "program_expenses_usd": 700,
        "administration_expenses_usd": 150,
        "fundraising_expenses_usd": 50,
        "depreciation_usd": 7,
        "assets_usd": 5000,
        "liabilities_usd": 1200,
        "net_assets_usd": 3800,
        "unrestricted_net_assets_usd": 3000,
        "land_buildings_equipment_usd": 4,
        "secured_debt_usd": 6,
        "cash_usd": 2,
        "savings_usd": 3,
        "grants_paid_usd": 32_000,
    }
    row = constructed.rows["filings"].set_index("file").loc["constructed_990_2010.xml"]
    assert row["amended"]
    assert row["mission"] == "TO TEST THE READER"
    assert (row["city"], row["state"] is None or row["state"] != row["state"]) == ("MONTREAL", True)


def test_schedule_i_before_2013_cash_and_goods_together(constructed):
    grants = constructed.rows["grants"]
    grants = grants[grants["file"] == "constructed_990_2010.xml"]
    assert list(grants["amount_usd"]) == [30_000, -2000]
    assert list(grants["recipient_ein"].astype(object).where(grants["recipient_ein"].notna(), None)) == ["056789012", None]
    assert list(grants["recipient_country"]) == ["US", "CA"]


@pytest.mark.parametrize(("file", "first"), [("990ez_2012", 11), ("990ez_2022", 21)])
def test_990ez(constructed, file, first):
    columns = [
        "contributions_usd",
        "program_service_revenue_usd",
        "total_revenue_usd",
        "grants_paid_usd",
        "total_expenses_usd",
        "net_assets_usd",
        None,
        "land_buildings_equipment_usd",
        "assets_usd",
        "liabilities_usd",
    ]
    assert filing(constructed, file) == {column: first + count for count, column in enumerate(columns) if column}
    people = constructed.rows["people"].set_index("file").loc[f"constructed_{file}.xml"]
    assert (people["person_name"], people["role"], people["hours_per_week"]) == ("INVENTED PERSON", "CHAIR", 3)


def test_grants_of_a_990pf(constructed):
    grants = constructed.rows["grants"]
    grants = grants[grants["file"] == "constructed_990pf_2022.xml"].reset_index(drop=True)
    kinds = [
        "organization",
        "individual",
        "unknown",
        "organization",
        "organization",
        "organization",
        "organization",
        "organization",
    ]
    assert list(grants["recipient_kind"]) == kinds
    assert grants.loc[0, "recipient_name"] == "BARRE FOOD SHELF AND COMMUNITY KITCHEN"
    assert grants.loc[1, ["recipient_name", "recipient_city", "recipient_state", "recipient_country"]].isna().all()
    assert grants.loc[2, "recipient_name"] == "SEE ATTACHED SCHEDULE"
    assert tuple(grants.loc[3, ["recipient_city", "recipient_country"]]) == ("MONTREAL", "CA")
    assert grants["amount_usd"].isna().tolist() == [False, False, False, True, False, False, True, False]
    assert list(grants["amount_usd"].dropna()) == [25_000, 3000, 180_000, -1000, 0, 40_000]
    assert list(grants["status"]) == ["paid"] * 7 + ["approved"]
    assert grants.loc[grants["status"] == "paid", "amount_usd"].sum() == 207_000
    assert set(grants["year"]) == {2023}
    assert grants["recipient_ein"].isna().all()


def test_what_a_990pf_leaves_unknown_is_noted(constructed):
    notes = {(row["field"], row["raw_text"]) for row in constructed.fields_unknown}
    assert notes == {("amount_usd", "$2,000 FOR VACCINES"), ("hours_per_week", "AS NEEDED")}
    (person,) = constructed.records_set_aside
    assert (person["table_name"], person["reason"]) == ("people", "the trustee is an institution, not a person")


def test_applications_keep_their_texts_and_lose_their_contacts(constructed):
    row = constructed.rows["filings"].set_index("file").loc["constructed_990pf_2022.xml"]
    assert row["application_form"] == "LETTER TO [contact] OR CALL [contact]"
    assert row["application_deadlines"] == "MARCH 1, [contact], AND [contact]"
    assert row["application_restrictions"] == "VERMONT 501(C)(3) ORGANIZATIONS, AT MOST $25,000"


def test_an_unticked_box_is_unknown_for_preselected_and_false_for_amended(load, tmp_path):
    text = (CONSTRUCTED / "constructed_990pf_2022.xml").read_text().replace("Ind>X<", "Ind>false<")
    (tmp_path / "one.xml").write_text(text)
    row = load(tmp_path / "one.xml", SOURCE).rows["filings"].iloc[0]
    assert row["preselected_only"] is None
    assert row["amended"] == False  # noqa: E712


@pytest.mark.parametrize(
    "declared", ['xmlns="http://www.irs.gov/efile"', "", 'xmlns="http://constructed.example/other"', "prefix"], ids=repr
)
def test_namespaces_do_not_matter(load, tmp_path, constructed, declared):
    text = (CONSTRUCTED / "constructed_990pf_2022.xml").read_text()
    plain = text.replace('xmlns="http://www.irs.gov/efile"', declared)
    if declared == "prefix":
        head, body = text.split("<Return ", 1)
        body = (
            ("<Return " + body)
            .replace("</", "\0")
            .replace("<", "<efile:")
            .replace("\0", "</efile:")
            .replace("xmlns=", "xmlns:efile=")
        )
        plain = head + body
    (tmp_path / "constructed_990pf_2022.xml").write_text("\ufeff" + plain)
    loaded = load(tmp_path, SOURCE)
    for name, frame in loaded.rows.items():
        expected = constructed.rows[name]
        expected = expected[expected["file"] == "constructed_990pf_2022.xml"].reset_index(drop=True)
        assert frame.to_csv() == expected.to_csv()


def test_repeated_parents_keep_places_apart():
    root = parse(b"<Return><A><B>1</B></A><A><B>2</B><B>3</B></A></Return>")
    found = Found().walk(root, branch_of({}, {"b": ("A/B",)}), "/Return")
    assert [place for _, place, _ in found.groups] == ["/Return/A/B[1]", "/Return/A[2]/B[1]", "/Return/A[2]/B[2]"]


def test_the_first_path_that_holds_a_text_counts():
    branch = branch_of({"x": ("New", "Grp/Old", "Older")})
    assert Found().walk(parse(b"<Return><Older>3</Older><Grp><Old>2</Old></Grp><New> </New></Return>"), branch).texts == {
        "x": "2"
    }


def test_leaves_refuse_a_name_with_two_meanings():
    with pytest.raises(ValueError, match="leaf of both"):
        Leaves({"one": ("A/Amt",), "two": ("B/Amt",)})


def test_every_field_of_the_forms_is_a_column():
    columns = set(table("filings").names)
    parts = {"grants_to_organizations_usd", "grants_to_individuals_usd", "grants_abroad_usd"}
    for form, fields in xpaths.FORMS.items():
        assert set(fields) - parts <= columns, form


def test_the_page_on_returns_names_every_element():
    page = (Path(__file__).parents[3] / "docs/returns.md").read_text("utf-8")
    paths = [path for fields in xpaths.FORMS.values() for several in fields.values() for path in several]
    paths += [path for groups in xpaths.PEOPLE_GROUPS.values() for path in groups]
    paths += [path for several in (*xpaths.HEADER.values(), *xpaths.GRANT.values()) for path in several]
    paths += [*xpaths.PAID_GROUPS, *xpaths.APPROVED_GROUPS, *xpaths.SCHEDULE_I_GROUPS]
    assert not {name for path in paths for name in path.split("/") if name not in page}
