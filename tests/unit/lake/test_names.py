"""Normal forms of organisations' names, on names as they stand in the BMF, the CC0 grant lists and the NEH awards."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.lake.names import (
    ParsedName,
    is_not_a_name,
    is_person,
    linking_words,
    normal_city,
    normal_name,
    normalise,
    parse,
    recipient_key,
    states_named,
    without_initials,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("U.S. Term Limits Foundation", "US TERM LIMITS FOUNDATION"),
        ("D.C. Preparatory Academy", "D C PREPARATORY ACADEMY"),
        ("DC Bar Foundation", "THE DISTRICT OF COLUMBIA BAR FOUNDATION"),
        ("Middlebury College", "PRESIDENT & FELLOWS OF MIDDLEBURY COLLEGE"),
        ("Washington Latin School", "CORPORATION OF THE WASHINGTON LATIN SCHOOL"),
        ("The Trustees of the University of Pennsylvania", "University of Pennsylvania"),
        ("St. Michael's College", "SAINT MICHAELS COLLEGE"),
        ("National Women‘s Law Center", "NATIONAL WOMENS LAW CENTER"),
        ("B’nai B’rith Youth Organization, Inc.", "BNAI BRITH YOUTH ORGANIZATION"),
        ("Children's Hospital", "CHILDREN S HOSPITAL"),
        ("Agape Foundation, The", "AGAPE FOUNDATION"),
        ("Park-McCullough House Association", "PARK MCCULLOUGH HOUSE ASSOC INC"),
        ("Burlington City Arts Foundation; Inc.", "BURLINGTON CITY ARTS FOUNDATION INC"),
        ("America's Voice Educational Fund", "AMERICAS VOICE EDUCATION FUND"),
        ("Institute for Asian Pacific American Leadership and Advancement",
         "INSTITUTE FOR ASIAN PACIFIC AMERICAN LEADERSHIP & ADVANCEMENT"),
        ("Vermont Journalism Trust, LTD", "VERMONT JOURNALISM TRUST"),
        ("Federation for American Scientists", "FEDERATION OF AMERICAN SCIENTISTS"),
        ("Centre for International Theatre", "CTR FOR INTL THEATER"),
        ("WCA PTO", "WCA PARENT TEACHER ORGANIZATION"),
        ("Fundación Café", "FUNDACION CAFE"),
        ("Dance/USA", "DANCE USA"),
        ("Center for a New American Security", "CENTER FOR NEW AMERICAN SECURITY INC"),
    ],
)  # fmt: skip
def test_spellings_of_one_name_have_one_form(one: str, other: str) -> None:
    assert normal_name(one) == normal_name(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("University of Washington", "Washington University"),
        ("University of Wyoming", "University of Wyoming Foundation"),
        ("Shelburne Farms", "Shelburne Museum"),
        ("Trout Unlimited", "Trout"),
        ("Theater Company", "Theater"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert normal_name(one) != normal_name(other)


def test_nothing_but_a_legal_form_is_kept() -> None:
    assert normal_name("Inc.") == "INC"
    assert normal_name("The") == "THE"
    assert normal_name("…") == ""


def test_normalise_keeps_the_index_and_missing_names() -> None:
    names = pd.Series(["The Cato Institute", None, "CATO INST"], index=[7, 3, 5])
    assert normalise(names).tolist()[::2] == ["CATO INSTITUTE"] * 2
    assert normalise(names).isna().tolist() == [False, True, False]
    assert normalise(names).index.tolist() == [7, 3, 5]


@given(st.text(max_size=60))
def test_the_normal_form_of_a_normal_form_is_itself_in_letters_and_digits(name: str) -> None:
    form = normal_name(name)
    assert form == form.upper()
    assert all(sign.isalnum() or sign == " " for sign in form)
    assert form == " ".join(form.split())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Center for Child and Family Health (Durham NC)", ParsedName("CENTER CHILD FAMILY HEALTH", city="DURHAM", state="NC")),
        ("FSW (Bridgeport; CT)", ParsedName("FSW", city="BRIDGEPORT", state="CT")),
        ("Adas Israel Congregation (D.C.)", ParsedName("ADAS ISRAEL CONGREGATION", state="DC")),
        ("St. Joseph School (Bronx)", ParsedName("SAINT JOSEPH SCHOOL", city="BRONX")),
        ("Alaska Community Action on Toxics (ACAT)", ParsedName("ALASKA COMMUNITY ACTION TOXICS")),
        ("Haleakala, Inc. d/b/a The Kitchen", ParsedName("HALEAKALA", also=("KITCHEN",))),
        ("Enactus (formerly Students in Free Enterprise)", ParsedName("ENACTUS", also=("STUDENTS FREE ENTERPRISE",))),
        ("Oakland Redesign Fund, c/o East Bay Community", ParsedName("OAKLAND REDESIGN FUND")),
        ("Neighbor.ly Co., A Project of The Miami Foundation", ParsedName("MIAMI FOUNDATION", sponsored=True)),
        ("New Israel Fund/Congregation Kol Haneshama", ParsedName("NEW ISRAEL FUND CONGREGATION KOL HANESHAMA", joint=True)),
        ("Textile Museum of D.C.", ParsedName("TEXTILE MUSEUM", also=("TEXTILE MUSEUM DC",), state="DC")),
    ],
)
def test_parse_takes_a_name_apart(name: str, expected: ParsedName) -> None:
    assert parse(name) == expected


def test_a_place_at_the_end_is_told_and_the_whole_name_kept() -> None:
    parsed = parse("Wiki Society of Washington, DC")
    assert (parsed.key, parsed.state) == ("WIKI SOCIETY WASHINGTON", "DC")
    assert "WIKI SOCIETY WASHINGTON DC" in parsed.also


@pytest.mark.parametrize(
    "name",
    ["Jurgen Theiss", "Eduardo A. Velasquez", "Catherine H. Zuckert", "Carnes Lord", "Samson M. Kimenyi", "Dr. Amos Guiora"],
)
def test_persons_are_told(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize(
    "name",
    ["Tulane University", "Tax Foundation", "Judicial Watch", "Martha Graham Dance Company", "John Muir Trust", "KIND",
     "Alan Guttmacher Institute"],
)  # fmt: skip
def test_organisations_are_not_taken_for_persons(name: str) -> None:
    assert not is_person(name)


def test_what_is_no_name_is_told() -> None:
    assert all(
        is_not_a_name(normal_name(name)) for name in ("Unknown", "See attached schedule", "N/A", "Individual - Elicia Sanchez")
    )
    assert not any(is_not_a_name(normal_name(name)) for name in ("Cato Institute", "4-H", "50CAN"))


def test_cities_and_states() -> None:
    assert normal_city("N Bennington") == normal_city("North Bennington")
    assert normal_city("WASHINGTON DC") == normal_city("Washington")
    assert normal_city("St. Johnsbury") == normal_city("SAINT JOHNSBURY")
    assert states_named("WEST VIRGINIA WILDERNESS COALITION") == ["WV"]
    assert states_named("VERMONT LAND TRUST") == ["VT"]
    assert states_named("WASHINGTON LEGAL FOUNDATION") == []


def test_small_helps() -> None:
    assert without_initials("COALITION LABOR UNION WOMEN CLUW") == "COALITION LABOR UNION WOMEN"
    assert without_initials("SHELBURNE FARMS") == "SHELBURNE FARMS"
    assert linking_words("Community of Hope (for all)") == ("OF",)


def test_recipient_key_takes_the_given_ein_first() -> None:
    keys = recipient_key(
        pd.Series(["The Cato Institute", "CATO INST.", "Cato Institute", None, None, "…"]),
        pd.Series(["DC", "DC", None, "DC", None, "DC"]),
        pd.Series([None, "000000000", "237432162", None, "12-345", None]),
    )
    assert keys.tolist()[:3] == ["CATO INSTITUTE|DC", "CATO INSTITUTE|DC", "ein:237432162"]
    assert keys.isna().tolist() == [False, False, False, True, True, True]
