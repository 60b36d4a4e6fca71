"""``catalynx …``: each command opens the workspace, calls the library, and prints.

Exit codes: 0 done, 1 a defect or a report that failed, 2 the call was wrong, 3 a published file is, 4 the workspace is,
130 stopped by Ctrl-C. Errors are one line; ``--debug`` shows where they came from.
"""

from __future__ import annotations

import os
import sys

import typer

from catalynx.cli.application import app
from catalynx.cli.showing import clean
from catalynx.errors import CatalynxError

__all__ = ["app", "main"]

STOPPED = 130


def main() -> None:
    """Run the command line and end with a meaningful exit code."""
    words = [word for word in sys.argv[1:] if word != "--debug"]
    if len(words) < len(sys.argv[1:]):
        sys.exit(_run(words))
    try:
        code = _run(words)
    except CatalynxError as error:
        _end(str(error), error.exit_code)
    except OSError as error:
        _end(f"{error.filename or 'the system'}: {error.strerror or error}. Nothing more was done.", 4)
    except Exception as error:  # noqa: BLE001 (the last door: what nobody foresaw is said in one line, and shown with --debug)
        _end(f"a defect: {type(error).__name__}: {error}. Run it again with --debug to see where, and report that.", 1)
    sys.exit(code)


def _run(words: list[str]) -> int:
    """Run one command; return its exit code. Errors of the call itself are said here."""
    given = sys.stdout
    try:
        code = app(args=words, prog_name="catalynx", standalone_mode=False)
        sys.stdout.flush()
    except SystemExit:
        if sys.stdout is not given:
            # So typer ends when the reader of a pipe, such as `head`, has seen enough.
            return 0
        raise
    except (typer.Abort, KeyboardInterrupt):
        code = STOPPED
    except BrokenPipeError:
        # The same, found out at the last line; nothing more may be written when Python closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except typer.TyperException as error:
        _say_how(error)
        return 2
    if code == STOPPED:
        print("catalynx: stopped.", file=sys.stderr)
    return code if isinstance(code, int) else 0


def _say_how(error: typer.TyperException) -> None:
    """Say in one line what is wrong with the call; a call without a command gets the help."""
    message = error.format_message()
    if "\n" in message:
        print(message, file=sys.stderr)
        return
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "catalynx"
    print(f"catalynx: {clean(message).rstrip('. ')}. `{path} --help` shows how.", file=sys.stderr)


def _end(message: str, code: int) -> None:
    print(f"catalynx: {' '.join(clean(message).split())}", file=sys.stderr)
    sys.exit(code)
