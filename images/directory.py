"""Storage in a directory: a file per key, written beside its place and moved there when it is whole."""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from images.errors import Missing, StorageFault
from images.keys import check_key

# Half-written files lie here, in the file system of their goal. No key can name it: segments start without a dot.
UNFINISHED = ".unfinished"
UNFINISHED_SECONDS = 24 * 3600
# Held shared while a file is put into its folder, alone while empty folders are removed, by all processes.
FOLDERS_LOCK = ".folders"


class DirectoryStorage:
    """Objects as files below ``root``, readable by their owner alone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with _named_faults(str(root)):
            _sweep(root / UNFINISHED)

    def put(self, key: str, source: Path | bytes, mime: str) -> None:
        """Store ``source`` under ``key``. ``mime`` is not kept: a file has no headers."""
        goal = self._file(key)
        unfinished = self.root / UNFINISHED / uuid4().hex
        with _named_faults(key, reading=False):
            try:
                _write(unfinished, source)
                with self._folders(fcntl.LOCK_SH):
                    _make_folder(goal.parent)
                    os.replace(unfinished, goal)
                _sync_folder(goal.parent)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise

    def get(self, key: str) -> bytes:
        """All bytes of ``key``. Raises ``Missing``."""
        with _named_faults(key):
            return self._file(key).read_bytes()

    def open(self, key: str) -> BinaryIO:
        """A stream of the bytes of ``key``. Raises ``Missing``."""
        with _named_faults(key):
            return self._file(key).open("rb")

    def path(self, key: str) -> Path | None:
        """The file of ``key``, there or not."""
        return self._file(key)

    def exists(self, key: str) -> bool:
        """Whether ``key`` is there."""
        return self._file(key).is_file()

    def delete_prefix(self, prefix: str) -> int:
        """Remove ``prefix`` and everything below it, folders left empty too."""
        top = self._file(prefix)
        with _named_faults(prefix, reading=False):
            gone = sum(_unlink(file) for file in _files(top))
            if self.root.is_dir():
                with self._folders(fcntl.LOCK_EX):
                    _remove_folders(top)
                    self._remove_empty_parents(top.parent)
        return gone

    @contextlib.contextmanager
    def _folders(self, mode: int) -> Iterator[None]:
        """Hold the lock on the folders, shared or alone."""
        lock = os.open(self.root / FOLDERS_LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, mode)
            yield
        finally:
            os.close(lock)

    def _file(self, key: str) -> Path:
        return self.root / check_key(key)

    def _remove_empty_parents(self, folder: Path) -> None:
        while folder != self.root:
            try:
                folder.rmdir()
            except FileNotFoundError:
                pass
            except OSError:
                return
            folder = folder.parent


def _write(file: Path, source: Path | bytes) -> None:
    """Write ``source`` to the new ``file`` and see it on the disk."""
    _make_folder(file.parent)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
        if isinstance(source, bytes):
            sink.write(source)
        else:
            with source.open("rb") as stream:
                shutil.copyfileobj(stream, sink, 1 << 20)
        sink.flush()
        os.fsync(sink.fileno())


def _make_folder(folder: Path) -> None:
    """``folder`` and its parents with mode 0700 (``mkdir(parents=True)`` would give the parents the default mode)."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return  # deleted since: nothing to keep
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _files(top: Path) -> Iterator[Path]:
    if not top.is_dir():
        yield top
        return
    for folder, _, names in os.walk(top):
        yield from (Path(folder, name) for name in names)


def _unlink(file: Path) -> int:
    try:
        file.unlink()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return 0  # gone since, or a folder that came since
    return 1


def _remove_folders(top: Path) -> None:
    """Remove the empty folders at and below ``top``; one that got a new file meanwhile stays."""
    for folder, _, _ in os.walk(top, topdown=False):
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _sweep(folder: Path) -> None:
    """Drop what a crash left half-written a day ago or earlier."""
    if not folder.is_dir():
        return
    oldest = time.time() - UNFINISHED_SECONDS
    for file in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if file.stat().st_mtime < oldest:
                file.unlink()


@contextlib.contextmanager
def _named_faults(key: str, *, reading: bool = True) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if reading and isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
            raise Missing(f"nothing is stored under {key}") from error
        raise StorageFault(f"storage: {error.strerror or error} ({key})") from error
