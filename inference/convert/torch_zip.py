"""The form of ``torch.save`` since PyTorch 1.6: an archive with one pickle and one member for each storage.

Members are stored as they are, so nothing can grow while it is unpacked.
"""

import io
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from typing import IO, Any

import numpy as np

from inference.convert import tensors
from inference.convert.instructions import Machine
from inference.convert.tensors import Storage
from inference.errors import CannotConvert
from inference.model import Array

LONGEST_PICKLE = 16 << 20
DAMAGED = (zipfile.BadZipFile, KeyError, ValueError, EOFError, RuntimeError, OSError, struct.error)
"""What ``zipfile`` raises where an archive is damaged or needs what it does not know."""
ORDERS = {b"little": "<", b"big": ">"}


def read(file: IO[bytes]) -> tuple[Any, Callable[[Storage], Array]]:
    """What the pickle tells, and what gives the numbers of a storage. Raises ``CannotConvert``."""
    archive, folder = opened(file)
    pickle = io.BytesIO(_member(archive, f"{folder}data.pkl", LONGEST_PICKLE))
    told = Machine(tensors.NAMES, tensors.storage).run(pickle)
    order = _order(archive, f"{folder}byteorder")

    @cache
    def numbers(storage: Storage) -> Array:
        content = _member(archive, f"{folder}data/{storage.key}", storage.size)
        if len(content) < storage.size:
            raise CannotConvert("The file is damaged: a tensor has fewer numbers than it should.")
        return np.frombuffer(content, np.dtype(order + storage.kind), storage.count)

    return told, numbers


def opened(file: IO[bytes]) -> tuple[zipfile.ZipFile, str]:
    """The archive, and the folder inside it that everything lies in. Raises ``CannotConvert``."""
    try:
        archive = zipfile.ZipFile(file)
        folder = next(name for name in archive.namelist() if name.endswith("/data.pkl")).removesuffix("data.pkl")
    except (*DAMAGED, StopIteration) as fault:
        raise CannotConvert("The archive holds no data.pkl: it is damaged, or not written by torch.save.") from fault
    if sum(member.file_size for member in archive.infolist()) > tensors.MOST_BYTES:
        raise CannotConvert(f"The archive holds more than {tensors.MOST_BYTES >> 20} MiB.")
    return archive, folder


def _order(archive: zipfile.ZipFile, name: str) -> str:
    """How numbers are written; PyTorch before 2.1 does not say and means little-endian."""
    if name not in archive.namelist():
        return "<"
    told = _member(archive, name, 16)
    if told not in ORDERS:
        raise CannotConvert("The file is damaged: its byte order is unknown.")
    return ORDERS[told]


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        member = archive.getinfo(name)
        if member.compress_type != zipfile.ZIP_STORED or member.file_size > most:
            raise CannotConvert(f"{name} in the archive is compressed or too long: not written by torch.save.")
        return archive.read(member)
    except DAMAGED as fault:
        raise CannotConvert(f"The file is damaged: {name} cannot be read.") from fault
