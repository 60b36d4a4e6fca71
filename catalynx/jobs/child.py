"""The process in which one job runs: told what to do on standard input, tells how far it is on standard output.

Standard input stays open for as long as its worker lives; when it closes, this process ends with all that it started.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from catalynx.errors import CatalynxError
from catalynx.jobs.kinds import Order, kind_of
from catalynx.jobs.processes import die_with_parent


def main() -> None:
    """Do the job that the first line of standard input says."""
    told = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print must not be taken for what we tell
    asked = json.loads(_first_line())
    die_with_parent()

    def tell(**said: Any) -> None:
        told.write(json.dumps(said) + "\n")
        told.flush()

    def say(what: str, done: int, total: int) -> None:
        tell(what=what, done=done, total=total)

    from catalynx.settings import load_settings

    try:
        settings = load_settings()
        order = Order(asked["job_id"], asked["profile_id"], asked["parameters"])
        left = kind_of(asked["kind"]).run(settings, order, say)
        tell(outputs=[str(path.resolve().relative_to(settings.home)) for path in left])
    except CatalynxError as error:
        tell(error=str(error))
    except OSError as error:
        tell(error=f"{error.filename or 'the system'}: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001 (the last door: what nobody foresaw is said in one line, and the job fails)
        tell(error=f"a defect: {type(error).__name__}: {error}")


def _first_line() -> bytes:
    """Read one line without taking more from standard input than it has, which is watched afterwards."""
    line = bytearray()
    while (sign := os.read(0, 1)) not in (b"", b"\n"):
        line += sign
    if not line:
        sys.exit(1)
    return bytes(line)


if __name__ == "__main__":
    main()
