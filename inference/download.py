"""Get a file of weights from an address or a directory: checked before it takes its place, resumed where it stopped."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pooch
from tqdm import tqdm

from inference.errors import ModelMissing, WeightsDamaged
from inference.model import Weights

CHUNK = 1 << 18
SECONDS_OF_SILENCE = 30
ALREADY_ALL = 416  # Range Not Satisfiable: nothing is left to ask for

pooch.get_logger().setLevel("WARNING")  # whoever pulls says what is pulled


def fetch(weights: Weights, folder: Path, source: str, progress: bool) -> None:
    """The file of ``weights`` from ``source`` into ``folder``, unless it is there and right.

    Raises ``ModelMissing`` when it does not come, ``WeightsDamaged`` when it is not what its checksum says.
    """
    if not source:
        raise ModelMissing(f"{weights.name} has no public address: take it from a mirror, convert it, or add the file")
    expected = f"sha256:{weights.sha256}" if weights.sha256 else f"md5:{weights.md5}"
    part = folder / f".{weights.file}.part"
    try:
        with _alone(folder):
            pooch.retrieve(source, expected, weights.file, folder, downloader=_downloader(part, progress))
    except (OSError, httpx.HTTPError) as fault:
        raise ModelMissing(f"{weights.name} did not come from {source}: {fault}") from fault
    except ValueError as fault:
        raise WeightsDamaged(f"what came from {source} is not {weights.name}: its checksum differs") from fault


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time pulls into a folder; the next finds the file there."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _downloader(part: Path, progress: bool) -> Callable[[str, str, object], None]:
    """What pooch calls with an address and the file to write, which it checks and moves into place."""

    def download(source: str, target: str, _: object) -> None:
        chunks = _received if source.startswith(("http://", "https://")) else _copied
        chunks(source, part, progress)
        part.replace(target)

    return download


def _received(url: str, part: Path, progress: bool) -> None:
    """Append to ``part`` what is left of the body at ``url``. An interruption leaves it for the next time."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=SECONDS_OF_SILENCE) as answer:
        if have and answer.status_code == ALREADY_ALL:
            return
        answer.raise_for_status()
        have = have if answer.status_code == httpx.codes.PARTIAL_CONTENT else 0
        total = have + int(answer.headers.get("content-length", 0)) or None
        _write(part, answer.iter_bytes(CHUNK), "ab" if have else "wb", have, total, progress)


def _copied(path: str, part: Path, progress: bool) -> None:
    with open(path, "rb") as file:
        chunks = iter(lambda: file.read(CHUNK), b"")
        _write(part, chunks, "wb", 0, Path(path).stat().st_size, progress)


def _write(part: Path, chunks: Iterator[bytes], mode: str, have: int, total: int | None, progress: bool) -> None:
    label = part.name.strip(".").removesuffix(".part")
    bar = tqdm(total=total, initial=have, unit="B", unit_scale=True, desc=label, disable=not progress)
    with open(part, mode) as file, bar:
        for chunk in chunks:
            file.write(chunk)
            bar.update(len(chunk))
