"""State dicts of PyTorch, read without PyTorch and without executing what the file says.

Two forms: a zip archive (``torch.save`` since 1.6) and pickles with the numbers behind them (before).
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from inference.convert import torch_legacy, torch_zip
from inference.convert.tensors import MOST_BYTES, Storage, Tensor
from inference.errors import CannotConvert
from inference.model import Array

ZIP = b"PK\x03\x04"
PICKLE = b"\x80"
Numbers = Callable[[Storage], Array]


def read(path: Path) -> dict[str, Array]:
    """The tensors by name, without the ``module.`` of training on several GPUs; a checkpoint's ``state_dict``.

    Raises ``CannotConvert`` when the file is no state dict, names or executes anything else, is damaged or too large;
    ``OSError`` when it cannot be read.
    """
    if path.stat().st_size > MOST_BYTES:
        raise CannotConvert(f"{path.name} is larger than {MOST_BYTES >> 20} MiB.")
    with path.open("rb") as file:
        start = file.read(len(ZIP))
        file.seek(0)
        if start == ZIP:
            return arrays(*torch_zip.read(file))
        if start[:1] == PICKLE:
            return arrays(*torch_legacy.read(file))
    raise CannotConvert(f"{path.name} is not a file of torch.save.")


def arrays(told: Any, numbers: Numbers) -> dict[str, Array]:
    """The tensors of what a pickle told. Raises ``CannotConvert``."""
    tensors = {key.removeprefix("module."): value for key, value in _named(told).items() if isinstance(value, Tensor)}
    if not tensors:
        raise CannotConvert("The file holds no weights by name. Save model.state_dict() with torch.save.")
    if sum(tensor.size for tensor in tensors.values()) > MOST_BYTES:
        raise CannotConvert(f"The tensors have more than {MOST_BYTES >> 20} MiB together.")
    return {key: tensor.of(numbers(tensor.storage)) for key, tensor in tensors.items()}


def _named(told: Any) -> Mapping[str, Any]:
    inner = told.get("state_dict", told) if isinstance(told, dict) else {}
    return {str(key): value for key, value in inner.items()} if isinstance(inner, dict) else {}
