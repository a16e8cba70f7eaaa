"""Look at pictures with a model in this process: prepare, run what has one shape together, interpret."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.model import Array, Model, Prepared
from inference.results import Picture, Result

Run = Callable[[NDArray[Any], int], dict[str, Array]]
"""``Session.run``: a batch and how many outputs are wanted (0: all); outputs by name with the batch axis."""


def look(model: Model, run: Run, pictures: Sequence[Picture]) -> list[Result]:
    """What ``model`` says of every picture, in their order. Pictures whose inputs have one shape share a run."""
    prepared = [model.architecture.prepare(picture, model.weights) for picture in pictures]
    inputs = [one for several in prepared for one in several]
    outputs = iter(answers(run, inputs, model.architecture.outputs))
    return [
        model.architecture.interpret([next(outputs) for _ in several], several, model.weights) for several in prepared
    ]


def answers(run: Run, inputs: Sequence[Prepared], wanted: int = 0) -> list[dict[str, Array]]:
    """The first ``wanted`` outputs (0: all) by name for every input, without the batch axis; one run for a shape."""
    shapes = defaultdict(list)
    for place, one in enumerate(inputs):
        shapes[one.tensor.shape].append(place)
    found: list[dict[str, Array]] = [{}] * len(inputs)
    for places in shapes.values():
        tensors = [inputs[place].tensor for place in places]
        outputs = run(np.stack(tensors) if len(tensors) > 1 else tensors[0][None], wanted)
        for row, place in enumerate(places):
            found[place] = {name: values[row] for name, values in outputs.items()}
    return found
