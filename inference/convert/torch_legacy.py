"""The form of ``torch.save`` before PyTorch 1.6: five pickles, then for each storage its count and its numbers."""

import io
from collections.abc import Callable, Mapping
from typing import IO, Any

import numpy as np

from inference.convert import tensors
from inference.convert.instructions import Machine
from inference.convert.tensors import Storage
from inference.errors import CannotConvert
from inference.model import Array

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
DAMAGED = "The file is damaged: its numbers are not those that its list of weights names."


def read(file: IO[bytes]) -> tuple[Any, Callable[[Storage], Array]]:
    """What the pickle tells, and what gives the numbers of a storage. Raises ``CannotConvert``."""
    content = io.BytesIO(file.read())
    order = byte_order(content)
    storages: dict[str, Storage] = {}

    def found(told: Any) -> Storage:
        storage = tensors.storage(told)
        return storages.setdefault(storage.key, storage)

    told = Machine(tensors.NAMES, found).run(content)
    keys = plain(content)
    if not isinstance(keys, list):
        raise CannotConvert(DAMAGED)
    kept = numbers(content, [storages.get(str(key)) for key in keys], order)
    if len(kept) < len(storages):
        raise CannotConvert(DAMAGED)
    return told, lambda storage: kept[storage.key]


def byte_order(content: IO[bytes]) -> str:
    """NumPy's sign for how numbers are written; reads the three pickles at the start. Raises ``CannotConvert``."""
    if plain(content) != MAGIC or plain(content) != PROTOCOL:
        raise CannotConvert("The pickle is not a file of torch.save.")
    machine = plain(content)
    return ">" if isinstance(machine, dict) and machine.get("little_endian") is False else "<"


def plain(content: IO[bytes]) -> Any:
    """The value of a pickle that names nothing."""
    return Machine({}, tensors.storage).run(content)


def numbers(content: io.BytesIO, storages: list[Storage | None], order: str) -> Mapping[str, Array]:
    """The numbers of the storages, which lie here one behind the other. Raises ``CannotConvert``."""
    kept: dict[str, Array] = {}
    whole = content.getbuffer()
    at = content.tell()
    for storage in storages:
        if storage is None or at + 8 + storage.size > len(whole):
            raise CannotConvert(DAMAGED)
        if int.from_bytes(whole[at : at + 8], "little" if order == "<" else "big") != storage.count:
            raise CannotConvert(DAMAGED)
        kept[storage.key] = np.frombuffer(whole, np.dtype(order + storage.kind), storage.count, at + 8)
        at += 8 + storage.size
    return kept
