"""The columns of the Business Master File extract as text → the columns of ``organizations``.

A code is changed once for each of its distinct texts. Care-of names and street addresses are not among what is read.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalynx.columns import arrow_schema
from catalynx.sources.reading import Batch, aside
from catalynx.sources.texts import constant, texts

NAME = "irs_bmf"
_AS_FILED = {
    "EIN": "ein", "NAME": "name", "SORT_NAME": "other_name", "SUBSECTION": "subsection", "AFFILIATION": "affiliation",
    "FOUNDATION": "foundation_code", "DEDUCTIBILITY": "deductibility", "STATUS": "status",
    "FILING_REQ_CD": "filing_requirement", "NTEE_CD": "ntee_code",
}  # fmt: skip
_AMOUNTS = {"ASSET_AMT": "assets_usd", "INCOME_AMT": "gross_receipts_usd", "REVENUE_AMT": "revenue_usd"}
_MONTHS = {"RULING": "ruling_month", "TAX_PERIOD": "tax_period_end"}
READ = (*_AS_FILED, *_AMOUNTS, *_MONTHS, "CITY", "STATE", "ZIP", "GROUP", "PF_FILING_REQ_CD")
"""The columns of the extract that are read."""
CODES = {
    "SUBSECTION", "AFFILIATION", "FOUNDATION", "DEDUCTIBILITY", "STATUS", "FILING_REQ_CD", "NTEE_CD", "RULING", "TAX_PERIOD",
    "STATE", "GROUP", "PF_FILING_REQ_CD",
}  # fmt: skip
"""Those whose texts come again and again: each is kept once a block, in a dictionary."""
CODE = pa.dictionary(pa.int32(), pa.string())
Note = Callable[[str, pa.Array, pa.Array, str], None]


def typed(batch: Batch, filed: dict[str, pa.Array], file: str, lines: np.ndarray) -> pa.Table:
    """Return rows of ``organizations`` made of the columns of ``READ``; what cannot be read is noted in `batch`."""
    seen = (filed["NAME"], filed["SORT_NAME"], filed["CITY"], filed["NTEE_CD"].dictionary)
    if any(pc.any(pc.ends_with(values, " ")).as_py() for values in seen):
        filed = {name: _trimmed(values) for name, values in filed.items()}
    numbers = _integers(lines, pa.int64()).cast(pa.string())
    places = pc.binary_join_element_wise(constant("line"), numbers, constant(" "))

    def note(column: str, wrong: pa.Array, values: pa.Array, reason: str) -> None:
        for index in pc.indices_nonzero(wrong).to_pylist():
            batch.set_aside.append(
                aside(NAME, "organizations", file, places[index].as_py(), reason, values[index].as_py(), column)
            )

    columns: dict[str, pa.Array] = {column: filed[name] for name, column in _AS_FILED.items()}
    columns |= {column: _by_distinct(filed[name], _month) for name, column in _MONTHS.items()}
    columns |= {column: _amounts(filed[name], column, note) for name, column in _AMOUNTS.items()}
    columns |= _address(filed["CITY"], filed["STATE"], filed["ZIP"])
    columns["group_number"] = _by_distinct(filed["GROUP"], _group)
    columns["ntee_major"] = _by_distinct(filed["NTEE_CD"], _major)
    columns["files_990pf"] = _flag(filed["PF_FILING_REQ_CD"].dictionary_decode(), note)
    columns |= {"source": _always(NAME, len(lines)), "file": _always(file, len(lines)), "place": places}
    return pa.table({name: columns[name] for name in arrow_schema("organizations").names})


def _trimmed(values: pa.Array) -> pa.Array:
    """Without blanks before and after; nothing but blanks is missing."""
    if values.type == CODE:
        return _by_distinct(values, _trimmed)
    return _unknown_where(pc.equal(trimmed := pc.utf8_trim_whitespace(values), constant("")), trimmed)


def _always(value: str, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(_integers(np.zeros(count, np.int32), pa.int32()), texts([value]))


def _integers(values: np.ndarray, kind: pa.DataType) -> pa.Array:
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])


def _by_distinct(values: pa.DictionaryArray, change: Callable[[pa.Array], pa.Array]) -> pa.DictionaryArray:
    """Apply `change` to the distinct texts only."""
    changed = change(values.dictionary)
    kept = changed.drop_null().unique()
    return pa.DictionaryArray.from_arrays(pc.index_in(changed, kept).take(values.indices), kept)


def _unknown_where(wrong: pa.Array, values: pa.Array) -> pa.Array:
    return pc.if_else(wrong, constant(None), values)


def _group(filed: pa.Array) -> pa.Array:
    return _unknown_where(pc.equal(filed, constant("0000")), filed)


def _major(filed: pa.Array) -> pa.Array:
    """``A51`` → ``A``; a code that begins with no letter has no major group."""
    first = pc.utf8_slice_codeunits(filed, 0, 1)
    return _unknown_where(pc.invert(pc.match_substring_regex(first, "[A-Z]")), first)


def _month(filed: pa.Array) -> pa.Array:
    """``200211`` → ``2002-11``; a text that is no month stays as it is, so that it is noted as unreadable."""
    months = pc.replace_substring_regex(filed, r"\A(.{4})(0[1-9]|1[0-2])\z", r"\1-\2")
    return _unknown_where(pc.equal(filed, constant("000000")), months)


def _address(city: pa.Array, state: pa.Array, zip_code: pa.Array) -> dict[str, pa.Array]:
    """A foreign address has no state: the country stands in CITY, and the city in STREET, which is not loaded."""
    abroad = pc.is_null(state)
    five = pc.utf8_slice_codeunits(zip_code, 0, 5)
    return {
        "city": _unknown_where(abroad, city),
        "state": state,
        "zip": _unknown_where(pc.or_kleene(abroad, pc.equal(five, constant("00000"))), five),
        "country": pc.if_else(abroad, city, constant("US")),
    }


def _amounts(values: pa.Array, column: str, note: Note) -> pa.Array:
    try:
        return values.cast(pa.int64()).cast(pa.float64())
    except pa.ArrowInvalid:
        wrong = pc.fill_null(pc.invert(pc.match_substring_regex(values, r"^-?\d{1,15}(\.\d+)?$")), False)
        note(column, wrong, values, f"{column} is not an amount")
        return pc.if_else(wrong, pa.scalar(None, pa.string()), values).cast(pa.float64())


def _flag(values: pa.Array, note: Note) -> pa.Array:
    """1 = files 990-PF, 0 = does not; the IRS describes no other code."""
    known = pc.is_in(values, texts(["0", "1", None]))
    wrong = pc.invert(known)
    note("files_990pf", wrong, values, "PF_FILING_REQ_CD is neither 0 nor 1")
    return pc.if_else(pc.and_(known, pc.is_valid(values)), pc.equal(values, constant("1")), pa.nulls(1, pa.bool_())[0])
