"""What a pickle of PyTorch says of its tensors, and how they become arrays (``torch.serialization``)."""

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference.convert.instructions import Name
from inference.errors import CannotConvert
from inference.model import Array

MOST_BYTES = 1 << 30
"""Of a file, and of its tensors together. A RetinaFace with a ResNet-50 body has 110 MB."""
KINDS = {
    "torch.DoubleStorage": "f8",
    "torch.FloatStorage": "f4",
    "torch.HalfStorage": "f2",
    "torch.LongStorage": "i8",
    "torch.IntStorage": "i4",
    "torch.ShortStorage": "i2",
    "torch.CharStorage": "i1",
    "torch.ByteStorage": "u1",
    "torch.BoolStorage": "?",
}
"""Storage → NumPy's code of its numbers."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A run of ``count`` numbers that lies elsewhere in the file, under ``key``."""

    key: str
    kind: str
    count: int

    @property
    def size(self) -> int:
        """Bytes."""
        return self.count * np.dtype(self.kind).itemsize


@dataclass(frozen=True, slots=True)
class Tensor:
    """A view of a storage: the number it begins at, its shape, and the step along each axis, in numbers."""

    storage: Storage
    start: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return math.prod(self.shape) * np.dtype(self.storage.kind).itemsize

    def of(self, numbers: Array) -> Array:
        """The view of all numbers of the storage. Raises ``CannotConvert`` when it reaches beyond them."""
        if not math.prod(self.shape):
            return np.empty(self.shape, numbers.dtype)
        last = self.start + sum((size - 1) * step for size, step in zip(self.shape, self.steps, strict=True))
        if last >= len(numbers) or math.prod(self.shape) > len(numbers):
            raise CannotConvert("The file is damaged: a tensor reaches beyond its numbers.")
        steps = [step * numbers.itemsize for step in self.steps]
        return np.lib.stride_tricks.as_strided(numbers[self.start :], self.shape, steps, writeable=False)


def storage(told: Any) -> Storage:
    """The storage that a persistent id stands for: ("storage", type, key, device, count) and in older files a view."""
    what, kind, key, _, count, *view = told
    if what != "storage" or not isinstance(kind, Name) or any(view):
        raise ValueError("not a storage of its own")
    return Storage(str(key), KINDS[kind.text], _counted(count))


def tensor(numbers: Any, start: Any, shape: Any, steps: Any, *_: Any) -> Tensor:
    """A tensor from the arguments of ``torch._utils._rebuild_tensor_v2``; gradients and hooks are dropped."""
    if not isinstance(numbers, Storage) or len(shape) != len(steps):
        raise TypeError("not a tensor")
    return Tensor(numbers, _counted(start), tuple(map(_counted, shape)), tuple(map(_counted, steps)))


def parameter(data: Any, *_: Any) -> Any:
    """What ``torch._utils._rebuild_parameter`` is given: the tensor itself."""
    return data


def _counted(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


NAMES: Mapping[str, Callable[..., Any] | None] = {
    "collections.OrderedDict": OrderedDict,
    "torch._utils._rebuild_tensor_v2": tensor,
    "torch._utils._rebuild_parameter": parameter,
    **dict.fromkeys(KINDS),
}
"""All that a state dict may name."""
