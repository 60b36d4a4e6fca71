"""Recipients → organisations, measured on pairs labelled by hand and on the real organisations that ship."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from catalynx.columns import TABLES
from catalynx.errors import BadParameter, MissingColumns
from catalynx.lake.name_words import STATE_CODES
from catalynx.lake.resolution import recipient_key, resolve
from catalynx.sources import read_frames

ROOT = Path(__file__).parents[3]
LABELLED = ROOT / "tests/data/resolution/labelled_pairs.csv"
SHELBURNE_FARMS, CATO = "030229347", "237432162"
LINKS = [
    ("Shelburne Farms", None, None, SHELBURNE_FARMS),
    ("Shelburne Forms", None, None, SHELBURNE_FARMS),
    ("Shelburne Farms", "Shelburne", "VT", SHELBURNE_FARMS),
    ("The Cato Institute, Inc.", None, None, CATO),
    ("American Civil Liberties Union of Vermont", "Montpelier", "VT", "030221930"),
    ("American Chemical Society", None, None, "530196572"),
    ("University of Wyoming", None, None, "836000331"),
    ("University of Wyoming", "Laramie", "WY", "836000331"),
    ("Middlebury College", "Middlebury", "VT", "030179298"),
    ("United Negro College Fund, Inc.", "New York", "NY", "131624241"),
    ("A Small Center, a project of the Cato Institute", None, None, CATO),
]
TRAPS = [
    ("Trout Unlimited", None, None, "only members of a group"),
    ("Trout Unlimited", "Hartland", "VT", "member of a group"),
    ("Habitat for Humanity International", None, None, "only members of a group"),
    ("Memorial Sloan Kettering Cancer Center", None, None, "only members of a group"),
    ("Campus Crusade for Christ", None, None, "only members of a group"),
    ("Georgia Historical Society, Inc.", "Savannah", "GA", "only organisations in other states"),
    ("Boys and Girls Club of the Peninsula", None, None, "nothing similar"),
    ("Government Accountability", None, None, "nothing similar"),
    ("Shelburne Farms", "Portland", "OR", "the recipient was in OR"),
    ("Unknown", "Washington", "DC", "no name"),
    ("Carnes Lord", None, None, "a private person"),
]


@pytest.fixture(scope="module")
def organizations() -> pd.DataFrame:
    return read_frames(ROOT / "catalynx/sample/irs_bmf")["organizations"]


@pytest.fixture(scope="module")
def labelled() -> pd.DataFrame:
    pairs = pd.read_csv(LABELLED, dtype=str, keep_default_na=False)
    return pairs.replace({"city": {"": None}, "state": {"": None}})


def recipients_of(
    *rows: tuple[str | None, str | None, str | None], kind: str = "unknown", ein: str | None = None
) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["recipient_name", "recipient_city", "recipient_state"], dtype="object")
    return frame.assign(recipient_ein=ein, recipient_kind=kind, recipient_country=None)


@pytest.fixture(scope="module")
def judged(organizations: pd.DataFrame, labelled: pd.DataFrame) -> pd.DataFrame:
    names = {"city": "recipient_city", "state": "recipient_state", "kind": "recipient_kind"}
    asked = labelled.rename(columns=names).assign(recipient_ein=None, recipient_country=None)
    links = resolve(asked, organizations).set_index("recipient_key")
    keys = recipient_key(asked["recipient_name"], asked["recipient_state"], asked["recipient_ein"])
    return labelled.assign(ein=keys.map(links["ein"]).fillna("").to_numpy(), reason=keys.map(links["reason"]).to_numpy())


@pytest.fixture(scope="module")
def cases(organizations: pd.DataFrame) -> pd.DataFrame:
    """The links of all cases, by name, city and state; each case has a key of its own."""
    rows = [case[:3] for case in (*LINKS, *TRAPS)]
    asked = recipients_of(*rows)
    keys = recipient_key(asked["recipient_name"], asked["recipient_state"], asked["recipient_ein"])
    assert keys.is_unique
    links = resolve(asked, organizations).set_index("recipient_key").loc[keys]
    return links.set_index(pd.Index(rows, tupleize_cols=False))


def test_labelled_pairs_are_enough_and_each_stands_in_one_half(labelled: pd.DataFrame) -> None:
    assert len(labelled) >= 400
    assert labelled["split"].value_counts().min() >= 200
    keys = recipient_key(labelled["recipient_name"], labelled["state"], pd.Series(None, index=labelled.index, dtype="object"))
    assert keys.is_unique
    assert (labelled["judged_because"] != "").all()


def test_every_right_ein_is_in_the_organizations(labelled: pd.DataFrame, organizations: pd.DataFrame) -> None:
    assert set(labelled["right_ein"]) - {""} <= set(organizations["ein"])


@pytest.mark.parametrize(("split", "precision_at_least", "recall_at_least"), [("tune", 0.97, 0.78), ("held_out", 0.97, 0.75)])
def test_precision_and_recall(judged: pd.DataFrame, split: str, precision_at_least: float, recall_at_least: float) -> None:
    half = judged[judged["split"] == split]
    linked = half["ein"] != ""
    right = linked & (half["ein"] == half["right_ein"])
    wrong = half.loc[linked & ~right, ["recipient_name", "ein", "right_ein", "reason"]]
    assert right.sum() / linked.sum() >= precision_at_least, wrong.to_string()
    assert right.sum() / (half["right_ein"] != "").sum() >= recall_at_least
    assert linked.sum() >= 70


@pytest.mark.parametrize("stratum", ["private person", "nothing similar", "somewhat similar name"])
def test_what_has_no_organisation_is_never_linked(judged: pd.DataFrame, stratum: str) -> None:
    rows = judged[(judged["stratum"] == stratum) & (judged["right_ein"] == "")]
    assert len(rows) >= 20
    assert (rows["ein"] == "").all()


@pytest.mark.parametrize(("name", "city", "state", "ein"), LINKS)
def test_links(cases: pd.DataFrame, name: str, city: str | None, state: str | None, ein: str) -> None:
    link = cases.loc[[(name, city, state)]].iloc[0]
    assert (link["status"], link["ein"]) == ("resolved", ein), link["reason"]


@pytest.mark.parametrize(("name", "city", "state", "because"), TRAPS)
def test_traps_stay_unresolved(cases: pd.DataFrame, name: str, city: str | None, state: str | None, because: str) -> None:
    link = cases.loc[[(name, city, state)]].iloc[0]
    assert link["status"] == "unresolved"
    assert pd.isna(link["ein"])
    assert because in link["reason"]


def test_individuals_are_not_linked_even_under_an_organisations_name(organizations: pd.DataFrame) -> None:
    asked = recipients_of(("Shelburne Farms", "Shelburne", "VT"), kind="individual")
    assert resolve(asked, organizations)["status"].tolist() == ["unresolved"]


def test_a_private_persons_row_does_not_unlink_the_organisation_of_its_key(organizations: pd.DataFrame) -> None:
    asked = pd.concat(
        [recipients_of(("Shelburne Farms", "Shelburne", "VT"), kind=kind) for kind in ("individual", "organization")]
    )
    assert resolve(asked, organizations)["ein"].tolist() == [SHELBURNE_FARMS]


def test_recipients_abroad_are_not_linked(organizations: pd.DataFrame) -> None:
    asked = recipients_of(("Cato Institute", None, None)).assign(recipient_country="Canada")
    assert resolve(asked, organizations)["reason"].tolist() == ["in another country (Canada)"]


def test_a_given_ein_is_taken_as_it_is(organizations: pd.DataFrame) -> None:
    links = resolve(recipients_of(("Some name", None, None), (None, None, None), ein="030229347"), organizations)
    assert links[["recipient_key", "recipient_name", "status", "ein"]].to_numpy().tolist() == [
        ["ein:030229347", "Some name", "given", "030229347"]
    ]
    unnamed = resolve(recipients_of((None, None, "VT"), ein="030229347"), organizations).iloc[0]
    assert unnamed["recipient_name"] == "SHELBURNE FARMS"
    unknown = resolve(recipients_of((None, None, None), ein="999999999"), organizations).iloc[0]
    assert (unknown["recipient_name"], unknown["ein"]) == ("EIN 999999999", "999999999")


def test_links_do_not_depend_on_the_order_of_rows(organizations: pd.DataFrame, labelled: pd.DataFrame) -> None:
    asked = recipients_of(*labelled[["recipient_name", "city", "state"]].itertuples(index=False, name=None))
    once = resolve(asked, organizations)
    assert once["status"].eq("resolved").sum() > 100
    again = resolve(asked.sample(frac=1, random_state=3), organizations.sample(frac=1, random_state=4))
    pd.testing.assert_frame_equal(once, again)


def test_nothing_handed_in_is_changed(organizations: pd.DataFrame) -> None:
    asked, known = recipients_of(("Cato Institute", None, None)), organizations.head(1000)
    before = asked.copy(), known.copy()
    resolve(asked, known)
    pd.testing.assert_frame_equal(asked, before[0])
    pd.testing.assert_frame_equal(known, before[1])


def constructed(*rows: dict[str, object]) -> pd.DataFrame:
    blank = dict.fromkeys(["other_name", "group_number"]) | {
        "city": "BARRE", "state": "VT", "subsection": "03", "affiliation": "3", "foundation_code": "15", "revenue_usd": 1e6,
    }  # fmt: skip
    return pd.DataFrame([blank | {"ein": f"03{place:07d}"} | row for place, row in enumerate(rows)])


def test_two_of_one_name_in_one_city_are_a_tie() -> None:
    known = constructed({"name": "GRANITE ARTS CENTER"}, {"name": "GRANITE ARTS CENTER INC"})
    link = resolve(recipients_of(("Granite Arts Center", "Barre", "VT")), known).iloc[0]
    assert link["status"] == "unresolved"
    assert link["runner_up_ein"] == "030000001"
    assert link["score"] == pytest.approx(link["runner_up_score"])


def test_the_city_settles_between_two_of_one_name() -> None:
    known = constructed({"name": "GRANITE ARTS CENTER"}, {"name": "GRANITE ARTS CENTER", "city": "RUTLAND"})
    link = resolve(recipients_of(("Granite Arts Center", "Rutland", "VT")), known).iloc[0]
    assert (link["status"], link["ein"]) == ("resolved", "030000001")


def test_a_key_of_several_cities_is_linked_only_when_all_lead_to_one() -> None:
    known = constructed({"name": "GRANITE ARTS CENTER"}, {"name": "GRANITE ARTS CENTER", "city": "RUTLAND"})
    asked = recipients_of(("Granite Arts Center", "Rutland", "VT"), ("Granite Arts Center", "Barre", "VT"))
    links = resolve(asked, known)
    assert len(links) == 1
    assert links["status"].tolist() == ["unresolved"]
    assert "several cities" in links["reason"].iloc[0]


def test_the_name_shown_is_the_one_that_stands_most_often() -> None:
    known = constructed({"name": "GRANITE ARTS CENTER"})
    asked = recipients_of(("Granite Arts Ctr", "Barre", "VT"), ("Granite Arts Center", "Barre", "VT")).assign(times=[9, 2])
    assert resolve(asked, known)["recipient_name"].tolist() == ["Granite Arts Ctr"]


def test_a_lake_of_all_states_needs_less_money_behind_a_name() -> None:
    known = constructed({"name": "GRANITE ARTS CENTER", "revenue_usd": 5e5}, *({"name": f"OTHER {word}"} for word in "ABCDEFGH"))
    asked = recipients_of(("Granite Arts Center", None, None))
    few = resolve(asked, known)["score"].iloc[0]
    every = resolve(asked, known, held_states=STATE_CODES)["score"].iloc[0]
    assert few < every
    assert resolve(asked, known, held_states=STATE_CODES - {"WA"})["score"].iloc[0] == few


def test_a_higher_bar_links_fewer(organizations: pd.DataFrame, labelled: pd.DataFrame) -> None:
    asked = recipients_of(*labelled[["recipient_name", "city", "state"]].itertuples(index=False, name=None))
    linked = [resolve(asked, organizations, accept=bar)["status"].eq("resolved").sum() for bar in (0.8, 0.95)]
    assert linked[0] > linked[1] > 0


def test_nothing_to_link_gives_an_empty_table_of_all_columns(organizations: pd.DataFrame) -> None:
    links = resolve(recipients_of(), organizations)
    assert links.empty
    assert links.columns.tolist() == TABLES["entity_links"].names
    assert resolve(recipients_of(("Cato Institute", None, None)), organizations.head(0))["status"].tolist() == ["unresolved"]


def test_what_is_missing_or_wrong_is_named(organizations: pd.DataFrame) -> None:
    asked = recipients_of(("Cato Institute", None, None))
    with pytest.raises(MissingColumns, match="recipients lacks the columns recipient_city"):
        resolve(asked.drop(columns="recipient_city"), organizations)
    with pytest.raises(MissingColumns, match="organizations lacks the columns group_number"):
        resolve(asked, organizations.drop(columns="group_number"))
    with pytest.raises(BadParameter, match=r"accept is 1\.5"):
        resolve(asked, organizations, accept=1.5)
