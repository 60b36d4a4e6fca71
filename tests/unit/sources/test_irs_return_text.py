"""What the texts of a return mean."""

from __future__ import annotations

from datetime import date

import pytest

from catalynx.sources import irs_return_text as text


@pytest.mark.parametrize(("raw", "value"), [("12", 12.0), ("-3", -3.0), ("0", 0.0), ("1.50", 1.5), ("+7", 7.0)])
def test_amounts(raw, value):
    assert text.amount(raw) == value


@pytest.mark.parametrize("raw", ["", "NONE", "1e999", "NaN", "1,000", "9" * 16, "--1", "Infinity", "٣"])
def test_what_is_no_amount(raw):
    assert text.amount(raw) is None


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2015-06-30", date(2015, 6, 30)),
        ("2015-06-30-05:00", date(2015, 6, 30)),
        ("2015-06-31", None),
        ("201506", None),
        ("", None),
    ],
)
def test_days(raw, value):
    assert text.day(raw) == value


@pytest.mark.parametrize("raw", ["0001-01-01T00:00:00+10:00", "nonsense", "", None])
def test_what_is_no_moment(raw):
    assert text.moment(raw) is None


def test_a_moment_without_offset_is_utc():
    assert text.moment("2015-01-01T00:00:00") == text.moment("2014-12-31T19:00:00-05:00")


@pytest.mark.parametrize(
    ("raw", "value"), [("X", True), ("1", True), ("true", True), ("false", False), ("0", False), ("?", None)]
)
def test_boxes(raw, value):
    assert text.ticked(raw) is value


@pytest.mark.parametrize("raw", ["$5,000 FOR BOOKS", "5,000", "GRANT OF $ 250.00", "1,250,000"])
def test_purposes_that_say_an_amount(raw):
    assert text.says_an_amount(raw)


@pytest.mark.parametrize("raw", ["$0", "$0.00 PAID", "501(C)(3)", "IN 2015", "GENERAL SUPPORT", "ROUTE 66", "$"])
def test_purposes_that_say_none(raw):
    assert not text.says_an_amount(raw)


@pytest.mark.parametrize(
    "name",
    [
        "SEE ATTACHED SCHEDULE",
        "See attached",
        "SEE STATEMENT 12",
        "SEE SCH A",
        "SCHEDULE ATTACHED",
        "ATTACHED",
        "*ATTACHED LIST",
        "STATEMENT 5",
        "VARIOUS",
        "VARIOUS CHARITABLE ORGANIZATIONS",
        "NONE",
        "N/A",
        "SEE PART XV",
        "DETAILS ATTACHED",
        "Attachment A",
    ],
)
def test_pointers_are_no_names(name):
    assert text.points_elsewhere(name)


@pytest.mark.parametrize(
    "name",
    [
        "ATTACHMENT THEORY INSTITUTE",
        "SEEDS OF PEACE",
        "MULTIPLE SCLEROSIS SOCIETY",
        "STATEMENT ARTS",
        "SCHEDULE A VISIT INC",
        "PERFORMING ARTS",
        "NONESUCH SCHOOL",
        "UNKNOWN SOLDIER FUND",
        "LISTEN UP VERMONT",
        "SEE INTERNATIONAL",
        "NAPLES ZOO",
        "PER SCHOLAS",
    ],
)
def test_names_are_no_pointers(name):
    assert not text.points_elsewhere(name)


@pytest.mark.parametrize("status", ["I", "i", "INDIVIDUAL", "Individuals", "IND."])
def test_statuses_of_private_persons(status):
    assert text.says_individual(status)


@pytest.mark.parametrize("status", ["PC", "", "N/A", "INDEPENDENT", "509(A)(1)", "PUBLIC"])
def test_other_statuses(status):
    assert not text.says_individual(status)


@pytest.mark.parametrize(
    "raw",
    [
        "a.b@c.example",
        "802-555-0101",
        "(802) 555 0101",
        "8025550101",
        "1-802-555-0101 EXT 12",
        "ATTN: JANE INVENTED",
        "c/o John Invented",
    ],
)
def test_contacts_are_blanked(raw):
    assert text.without_contacts(f"BEFORE, {raw}, AFTER") == "BEFORE, [contact], AFTER"


@pytest.mark.parametrize("raw", ["501(C)(3) ONLY", "$25,000 TO $1,000,000", "MARCH 1 AND SEPTEMBER 30, 2015", "ZIP 05641-1234"])
def test_other_figures_stay(raw):
    assert text.without_contacts(raw) == raw


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("FIRST NATIONAL BANK NA", True), ("INVENTED TRUST CO", True), ("JANE BANKS", False), ("N A SMITH", False)],
)
def test_institutions(name, is_one):
    assert text.names_an_institution(name) is is_one


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("A", "B"), "A B"),
        (("A", None), "A"),
        ((None, "B"), "B"),
        (("A  X\n", None), "A X"),
        ((None, None), None),
        (("", ""), None),
    ],
)
def test_two_lines_become_one(lines, name):
    assert text.joined(*lines) == name
