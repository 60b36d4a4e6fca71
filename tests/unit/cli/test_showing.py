"""Tables take the room there is, break between words, and take nothing in data for a command to the terminal."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from catalynx.cli import showing
from catalynx.cli.showing import Heading, clean, count, plain, print_json, print_list, print_table

HEADINGS = [
    Heading("#", right=True),
    Heading("name", words=True),
    Heading("ask", right=True),
    Heading("effort", right=True, spare=1),
]
ROWS = [
    ["1", "Promotion of the Humanities Division of Preservation and Access", "$36,500", "216–576 h"],
    ["10", "Hewlett", "$162,500", "unknown"],
]


def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int) -> list[str]:
    monkeypatch.setattr(showing.out, "width", width)
    print_table("Two", HEADINGS, ROWS)
    return capsys.readouterr().out.splitlines()


def test_numbers_stand_to_the_right(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    title, heading, first, second = printed(capsys, monkeypatch, 120)
    assert title == "Two"
    assert first.index("$36,500") + len("$36,500") == second.index("$162,500") + len("$162,500") == heading.index("ask") + 3
    assert (first[:2], second[:2]) == (" 1", "10")


@pytest.mark.parametrize("width", [42, 50, 60, 80])
def test_names_break_between_words(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    lines = printed(capsys, monkeypatch, width)
    assert max(map(len, lines[:-1] if lines[-1].startswith("Left out") else lines)) <= width
    words = {word for line in lines for word in line.split()}
    assert set(ROWS[0][1].split()) <= words


def test_what_there_is_no_room_for_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "effort" in printed(capsys, monkeypatch, 60)[1]
    narrow = printed(capsys, monkeypatch, 45)
    assert "effort" not in narrow[1]
    assert narrow[-1].startswith("Left out for lack of room: effort.")


def test_a_path_stays_whole(capsys: pytest.CaptureFixture[str]) -> None:
    print_list([("ok", "x", "/a" * 200), ("NOT OK", "longer", "b")])
    assert capsys.readouterr().out.splitlines() == ["ok      x       " + "/a" * 200, "NOT OK  longer  b"]


@pytest.mark.parametrize(
    ("given", "kept"), [("a\x1b[31mb", "a[31mb"), ("\x9b31m", "31m"), ("a\rb\0", "ab"), ("é\tx\n", "é\tx\n")]
)
def test_nothing_steers_the_terminal(given: str, kept: str) -> None:
    assert clean(given) == kept


def test_nothing_is_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("[red]T[/red] :smile:", [Heading("[b]h")], [["[link=x]y[/link]"]])
    assert capsys.readouterr().out.split() == ["[red]T[/red]", ":smile:", "[b]h", "[link=x]y[/link]"]


@pytest.mark.parametrize(("number", "text"), [(0, "0 files"), (1, "1 file"), (1200, "1,200 files")])
def test_counts(number: int, text: str) -> None:
    assert count(number, "file") == text


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (pd.NA, None), (pd.NaT, None), (float("nan"), None), (np.float64("nan"), None), (None, None), (np.int64(3), 3), (np.bool_(True), True),
        (pd.Timestamp("2027-03-14"), "2027-03-14"), (datetime(2027, 3, 14, 9, 30), "2027-03-14T09:30:00"), (date(2027, 3, 14), "2027-03-14"),
        (np.array(["a", None], dtype=object), ["a", None]), ({"a": (1, pd.NA)}, {"a": [1, None]}), ("text", "text"), (0, 0), (False, False),
    ],
)  # fmt: skip
def test_values_become_json(value: object, json: object) -> None:
    found = plain(value)
    assert found == json
    assert type(found) is type(json)


def test_a_number_that_json_does_not_know_is_no_json() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        print_json({"a": float("inf")})
