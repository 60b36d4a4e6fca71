"""Lines and paths of returns by their version, and the rows of a constructed return of a private foundation."""

from __future__ import annotations

import pytest

from catalynx.lake.return_lines import LINES, line_of, path_of
from catalynx.sources.irs_return_xpaths import FORM_990PF


@pytest.mark.parametrize(("year", "line"), [
    (2015, "Part XI line 7: distributable amount"), (2020, "Part XI line 7: distributable amount"),
    (2021, "distributable amount"), (2022, "Part X line 7: distributable amount"), (None, "distributable amount"),
])  # fmt: skip
def test_parts_moved_when_one_was_taken_out(year: int | None, line: str) -> None:
    assert line_of("distributable_usd", year) == line


@pytest.mark.parametrize("column", LINES)
def test_each_line_has_a_path_of_its_version(column: str) -> None:
    for version in ("2012v2.1", "2015v3.0", "2022v5.0"):
        path = path_of("990PF", column, version)
        assert path is not None
        assert path.removeprefix("IRS990PF/") in FORM_990PF[column]
    assert path_of("990PF", column, "2012v2.1") != path_of("990PF", column, "2015v3.0")


def test_paths_of_both_ages_do_not_mix() -> None:
    assert path_of("990PF", "distributable_usd", "2012v2.1") == "IRS990PF/DistributableAmount/DistributableAmountAsAdjusted"
    assert path_of("990PF", "distributable_usd", "2015v2.1") == "IRS990PF/DistributableAmountGrp/DistributableAsAdjustedAmt"
    new = "IRS990PF/SupplementaryInformationGrp/ApplicationSubmissionInfoGrp/SubmissionDeadlinesTxt"
    assert path_of("990PF", "application_deadlines", "2016v3.0") == new
    old = path_of("990PF", "application_deadlines", "2011v1.2")
    assert old == "IRS990PF/SupplementaryInformation/AppicationSubmissionInfo/SubmissionDeadlines"
    assert path_of("990PF", "distributable_usd", None) is None
