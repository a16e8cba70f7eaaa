"""The corpus against a running server: ``python tests/support/corpus_run.py [credentials.json] [--every N]``.

Uploads every good and every bad file through the API, asks for renditions, and compares with what the corpus says.
Without credentials it starts a server of its own, with everything in a temporary directory. What it uploads it removes.
"""

import argparse
import json
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import corpus
import pyvips
from corpus_checks import CORPUS, bad, good
from corpus_client import Client, Deviation

AT_ONCE = 2


@contextmanager
def listening() -> Iterator[tuple[bytes, list[Any]]]:
    """An address that nobody may contact, and who did."""
    visitors: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def wait() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                visitors.append(address)
                connection.close()

        threading.Thread(target=wait, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}".encode(), visitors
        server.shutdown(socket.SHUT_RDWR)


def run(credentials: dict[str, str], every: int = 1) -> tuple[Counter[str], list[str]]:
    """Every ``every``-th file; how often what happened, and the deviations."""
    client, counts, deviations = Client(credentials), Counter[str](), []
    with (
        closing(client),
        listening() as (canary, visitors),
        client.options_allowed(),
        ThreadPoolExecutor(AT_ONCE) as threads,
    ):

        def one(kind: str, entry: dict[str, Any]) -> tuple[str, str]:
            try:
                outcome = good(client, entry) if kind == "good" else bad(client, entry, canary)
            except (Deviation, pyvips.Error) as deviation:
                return f"{kind}: DEVIATES", f"{kind}/{entry['file']}: {deviation}"
            return f"{kind}: {outcome}", ""

        entries = [(kind, entry) for kind in ("good", "bad") for entry in corpus.entries(CORPUS / kind)[::every]]
        for outcome, deviation in threads.map(lambda pair: one(*pair), entries):
            counts[outcome] += 1
            deviations += [deviation] if deviation else []
        client.lives()
        deviations += [f"the forbidden address was contacted {len(visitors)} times"] if visitors else []
    return counts, deviations


@contextmanager
def own_server() -> Iterator[dict[str, str]]:
    """Credentials of a server that is started for this run."""
    from platform_server import Platform

    directory = Path(tempfile.mkdtemp(prefix="corpus-"))
    platform = Platform(directory)
    try:
        yield credentials_of(platform.facts, platform.start().url)
    finally:
        platform.stop()
        shutil.rmtree(directory, ignore_errors=True)


def credentials_of(facts: dict[str, str], url: str) -> dict[str, str]:
    """What credentials.json would hold for an instance of ``platform_server``."""
    return facts | {"api_base": f"{url}/client/v4", "delivery_base": url}


def main() -> int:
    """Run, print, and say by the exit code whether everything was as expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("credentials", nargs="?", type=Path, help="credentials.json of a running server")
    parser.add_argument("--every", type=int, default=1, help="every n-th file only")
    asked = parser.parse_args()
    if not CORPUS.is_dir():
        parser.error(f"there is no corpus at {CORPUS}")
    started = time.monotonic()
    if asked.credentials:
        counts, deviations = run(json.loads(asked.credentials.read_text(encoding="utf-8")), asked.every)
    else:
        with own_server() as credentials:
            counts, deviations = run(credentials, asked.every)
    for outcome, count in sorted(counts.items()):
        print(f"{count:5}  {outcome}")
    print(f"{counts.total():5}  files in {time.monotonic() - started:.0f} s, {len(deviations)} deviations")
    print("\n".join(deviations))
    return 1 if deviations else 0


if __name__ == "__main__":
    sys.exit(main())
