"""Look at pictures with a model in this process: prepare, run what has one shape together, interpret."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.model import Array, Model, Prepared
from inference.results import Picture, Result

Run = Callable[[NDArray[Any]], dict[str, Array]]
"""``Session.run``: a batch in, outputs by name with the batch axis out."""


def look(model: Model, run: Run, pictures: Sequence[Picture]) -> list[Result]:
    """What ``model`` says of every picture, in their order. Pictures whose inputs have one shape share a run."""
    prepared = [model.architecture.prepare(picture, model.weights) for picture in pictures]
    inputs = [one for several in prepared for one in several]
    outputs = iter(answers(run, inputs))
    return [
        model.architecture.interpret([next(outputs) for _ in several], several, model.weights) for several in prepared
    ]


def answers(run: Run, inputs: Sequence[Prepared]) -> list[dict[str, Array]]:
    """The outputs by name for every input, without the batch axis; one run for all of a shape."""
    shapes = defaultdict(list)
    for place, one in enumerate(inputs):
        shapes[one.tensor.shape].append(place)
    found: list[dict[str, Array]] = [{}] * len(inputs)
    for places in shapes.values():
        outputs = run(np.stack([inputs[place].tensor for place in places]))
        for row, place in enumerate(places):
            found[place] = {name: values[row] for name, values in outputs.items()}
    return found
