"""A converted model in the place where models are looked for, once it has looked at a picture."""

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from inference.convert import convert
from inference.look import look
from inference.model import Model, Weights
from inference.results import Picture
from inference.session import open_session

TRIAL = (480, 640)  # height and width in pixels


def install(source: Path, model: Model, folder: Path) -> Weights:
    """Make the file of ``model`` in ``folder`` of the weights in ``source``; its row, with what the file really is.

    Nothing is put there before the model has looked at one picture here. Raises ``CannotConvert`` as ``convert`` does,
    ``WeightsDamaged`` when what comes out cannot be run or read, ``OSError`` when ``folder`` cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".convert-", dir=folder) as inner:
        made = Path(inner) / model.weights.file
        convert(source, model.architecture.name, made)
        look(model, open_session(made).run, [trial()])
        content = made.read_bytes()
        made.replace(folder / model.weights.file)
    return replace(model.weights, sha256=hashlib.sha256(content).hexdigest(), size=len(content), md5="", url="")


def trial() -> Picture:
    """A picture to try a model with: colours that run into each other."""
    height, width = TRIAL
    rows, columns = np.mgrid[0:height, 0:width]
    colours = rows * 255 // height, columns * 255 // width, (rows + columns) % 256
    return np.stack(colours, axis=-1).astype(np.uint8)
