"""Files as ``torch.save`` writes them, made without PyTorch: instruction by instruction as real files show them."""

import io
import pickle
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

STORAGES = {"f8": "Double", "f4": "Float", "f2": "Half", "i8": "Long", "u1": "Byte", "b1": "Bool"}
State = Mapping[str, NDArray[Any]]


class Writer:
    """Writes the pickle of a state dict; texts and names that come again are taken from the memo, as pickles do."""

    def __init__(self, last: bytes = b"") -> None:
        self._memo: dict[bytes, int] = {}
        self._last = last  # of a persistent id: older files say whether the storage is a view
        self.storages: list[NDArray[Any]] = []

    def once(self, code: bytes) -> bytes:
        if code in self._memo:
            return b"j" + struct.pack("<I", self._memo[code])
        number = self._memo[code] = len(self._memo)
        return code + b"r" + struct.pack("<I", number)

    def text(self, value: str) -> bytes:
        return self.once(b"X" + struct.pack("<I", len(value.encode())) + value.encode())

    def name(self, module: str, member: str) -> bytes:
        return self.once(f"c{module}\n{member}\n".encode())

    def ordered(self) -> bytes:
        return self.name("collections", "OrderedDict") + b")R"

    def tensor(self, value: NDArray[Any]) -> bytes:
        """A tensor over a storage of its own that holds what the array is a view of."""
        whole = value.base if value.base is not None and value.base.ndim == 1 else value.ravel()
        self.storages.append(whole)
        kind = self.name("torch", f"{STORAGES[value.dtype.str[1:]]}Storage")
        key, device = self.text(str(len(self.storages) - 1)), self.text("cpu")
        told = b"(" + self.text("storage") + kind + key + device + number(whole.size) + self._last + b"tQ"
        steps = sizes(tuple(step // value.itemsize for step in value.strides))
        rebuild = self.name("torch._utils", "_rebuild_tensor_v2")
        return rebuild + b"(" + told + number(0) + sizes(value.shape) + steps + b"\x89" + self.ordered() + b"tR"

    def state(self, state: State) -> bytes:
        """An OrderedDict of tensors that has its modules' versions as an attribute."""
        start = self.ordered()  # before its items: what is written first goes into the memo
        items = b"".join(self.text(name) + self.tensor(value) for name, value in state.items())
        return start + b"(" + items + b"u" + b"}" + self.text("_metadata") + self.ordered() + b"sb"


def number(value: int) -> bytes:
    return b"K" + bytes([value]) if 0 <= value < 256 else b"J" + struct.pack("<i", value)


def sizes(values: tuple[int, ...]) -> bytes:
    return b"(" + b"".join(map(number, values)) + b"t" if values else b")"


def program(code: bytes) -> bytes:
    return b"\x80\x02" + code + b"."


def archive(code: bytes, storages: list[NDArray[Any]], order: str = "little", kind: int = zipfile.ZIP_STORED) -> bytes:
    """The zip form: ``data.pkl``, ``byteorder``, the numbers, ``version``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as file:
        file.writestr("model/data.pkl", program(code))
        file.writestr("model/byteorder", order)
        for index, numbers in enumerate(storages):
            file.writestr(f"model/data/{index}", stored(numbers, order))
        file.writestr("model/version", "3\n")
    return buffer.getvalue()


def stored(numbers: NDArray[Any], order: str) -> bytes:
    return numbers.astype(numbers.dtype.newbyteorder("<" if order == "little" else ">")).tobytes()


def zipped(state: State, order: str = "little") -> bytes:
    """A state dict as PyTorch writes it since 1.6."""
    writer = Writer()
    return archive(writer.state(state), writer.storages, order)


def legacy(state: State) -> bytes:
    """A state dict as PyTorch wrote it before 1.6."""
    writer = Writer(last=b"N")
    return legacy_file(writer.state(state), writer.storages)


def legacy_file(code: bytes, storages: list[NDArray[Any]]) -> bytes:
    machine = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    keys = [str(index) for index in range(len(storages))]
    pickles = [pickle.dumps(value, protocol=2) for value in (0x1950A86A20F9469CFC6C, 1001, machine)]
    numbers = [struct.pack("<q", values.size) + stored(values, "little") for values in storages]
    return b"".join([*pickles, program(code), pickle.dumps(keys, protocol=2), *numbers])


def identity(count: int) -> dict[str, NDArray[np.float32]]:
    """A BatchNorm that changes nothing, as nearly as float32 can say."""
    ones, zeros = np.ones(count, np.float32), np.zeros(count, np.float32)
    return {"weight": ones, "bias": zeros, "running_mean": zeros, "running_var": ones - np.float32(1e-5)}
