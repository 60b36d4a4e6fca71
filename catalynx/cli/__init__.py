"""``catalynx …``: each command opens the workspace, calls the library, and prints.

Exit codes: 0 done, 1 a defect, 2 the call was wrong, 3 a published file is, 4 the workspace is. Errors are one line;
``--debug`` shows where they came from.
"""

from __future__ import annotations

import sys

from catalynx.cli.application import app
from catalynx.errors import CatalynxError

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line and end with a meaningful exit code."""
    debug = "--debug" in sys.argv
    try:
        app(args=[word for word in sys.argv[1:] if word != "--debug"], prog_name="catalynx")
    except CatalynxError as error:
        if debug:
            raise
        print(f"catalynx: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has seen enough.
        sys.stderr.close()
        sys.exit(0)
