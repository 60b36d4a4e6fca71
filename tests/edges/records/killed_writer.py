"""Forks writers and kills them: ``killed_writer.py URL ROUNDS SECONDS``; prints what each had acknowledged.

A program of its own, because the packages are loaded once here and each writer is a fork. A writer saves new profiles and
new versions of the last one, and acknowledges ``ID VERSION`` after each save returned. It lives for up to SECONDS after
its first acknowledgement, or, with SECONDS below zero, after its start, so that it dies while it opens the records.
``ROUND`` in the URL becomes the number of the round.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time

from catalynx.records.profile import make_profile
from catalynx.records.store import open_records


def write(url: str, acknowledge: int) -> None:
    with open_records(url) as records:
        while True:
            saved = records.save_profile(make_profile({"organization_name": "Killed", "mission_statement": "x" * 3_000}))
            os.write(acknowledge, f"{saved.profile_id} {saved.version}\n".encode())
            saved = records.save_profile(saved.revised(city="Barre"))
            os.write(acknowledge, f"{saved.profile_id} {saved.version}\n".encode())


def one_round(url: str, seconds: float) -> bytes:
    said, says = os.pipe()
    writer = os.fork()
    if writer == 0:
        os.close(said)
        write(url, says)
    os.close(says)
    first = b"" if seconds < 0 else os.read(said, 4096)
    time.sleep(random.uniform(0, abs(seconds)))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    rest = iter(lambda: os.read(said, 65536), b"")
    acknowledged = first + b"".join(rest)
    os.close(said)
    return acknowledged


def main(url: str, rounds: str, seconds: str) -> None:
    for number in range(int(rounds)):
        sys.stdout.write(one_round(url.replace("ROUND", str(number)), float(seconds)).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
