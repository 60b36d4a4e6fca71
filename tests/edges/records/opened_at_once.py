"""Opens records that are not there yet from several processes at one moment: ``opened_at_once.py URL PROCESSES``."""

from __future__ import annotations

import os
import sys

import alembic.command  # noqa: F401  loaded before the fork, so that the processes meet in the migration

from catalynx.records.profile import make_profile
from catalynx.records.store import open_records


def main(url: str, processes: str) -> int:
    ready, starts = os.pipe()
    children = []
    for number in range(int(processes)):
        child = os.fork()
        if child == 0:
            os.close(starts)
            os.read(ready, 1)  # all go on when the parent closes its end
            with open_records(url) as records:
                records.save_profile(make_profile({"organization_name": "One of several", "profile_id": f"p{number}"}))
            os._exit(0)
        children.append(child)
    os.close(starts)
    return sum(os.waitpid(child, 0)[1] != 0 for child in children)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
