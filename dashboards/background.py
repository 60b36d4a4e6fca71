"""What goes on beside a server: jobs that people ask for, and purges that were interrupted."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from catalynx.errors import CatalynxError

if TYPE_CHECKING:
    from catalynx.settings import Settings


@contextmanager
def at_work(settings: Settings) -> Iterator[None]:
    """Finish interrupted purges, then work on jobs for as long as the block lasts, each in a process of its own."""
    from catalynx.jobs import Worker
    from catalynx.purging import finish_purges
    from catalynx.workflows import Workspace

    try:
        with Workspace(settings) as workspace:
            finish_purges(workspace)
    except CatalynxError as error:  # the pages say the same, and work as far as they can
        logging.getLogger("catalynx.jobs").warning("%s", error)
    with Worker(settings):
        yield
