"""What the tests of changes and their entries in the audit share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import text

from catalynx.records.models import Base
from catalynx.records.store import Records


@pytest.fixture
def everything() -> Callable[[Records], dict[str, list[tuple]]]:
    """Return the rows of every table but the audit."""

    def rows(records: Records) -> dict[str, list[tuple]]:
        with records.reading() as session:
            return {
                table.name: sorted(map(tuple, session.execute(table.select())), key=repr)
                for table in Base.metadata.sorted_tables
                if table.name != "audit"
            }

    return rows


@pytest.fixture
def without_audit() -> Callable[[Records], AbstractContextManager[None]]:
    """Take the audit's table away: whatever wants to write an entry fails."""

    @contextmanager
    def away(records: Records) -> Iterator[None]:
        with records._writer.begin() as connection:
            connection.execute(text("ALTER TABLE audit RENAME TO audit_away"))
        try:
            yield
        finally:
            with records._writer.begin() as connection:
                connection.execute(text("ALTER TABLE audit_away RENAME TO audit"))

    return away
