"""Whether models work: every one that is here, in this process; or those that tasks use, in the running service."""

import time
from collections.abc import Callable
from typing import get_args

import numpy as np

from inference.client import Remote
from inference.configuration import Configuration
from inference.errors import InferenceFault
from inference.model import Model, Task
from inference.models import known
from inference.pool import Pool
from inference.results import Picture, Result
from inference.session import Tuning
from inference.weights import choose, is_here

SIZE = 640
WARM_SECONDS = 1800
"""TensorRT builds for minutes."""
Look = Callable[[str, Picture], Result]


def check(configuration: Configuration) -> int:
    """Load every model whose weights are here and look at noise with it; exit status 1 when one fails or none is."""
    pool = Pool(configuration.models, Tuning(configuration.provider, configuration.threads))
    here = [model for model in known(pool.folder).values() if is_here(model, pool.folder)]
    if not here:
        print(f"no weights of a known model are in {pool.folder}")
        return 1
    fine = [_tried(model, pool.look) for model in here]
    for warning in pool.warnings():
        print(f"WARNING: {warning}")
    pool.close()
    return 0 if all(fine) else 1


def warm(configuration: Configuration) -> int:
    """Have the service at ``listen`` look at noise with what each task uses; exit status 1 when one cannot."""
    url = configuration.listen if configuration.socket else f"http://{configuration.listen}"
    wanted = [choose(task, configuration.models) for task in get_args(Task)]
    here = [model for model in wanted if is_here(model, configuration.models)]
    if not here:
        print(f"no weights that a task would use are in {configuration.models}")
    remote = Remote([url], configuration.token, total=WARM_SECONDS)
    fine = [_tried(model, remote.look) for model in here]
    return 0 if all(fine) else 1


def _tried(model: Model, look: Look) -> bool:
    picture = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 3), np.uint8)
    begun = time.perf_counter()
    try:
        look(model.name, picture)
    except InferenceFault as fault:
        print(f"{model.name:<28}{model.task:<10}FAILED: {fault}")
        return False
    print(f"{model.name:<28}{model.task:<10}works, {(time.perf_counter() - begun) * 1e3:.0f} ms with loading")
    return True
