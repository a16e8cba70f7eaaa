"""Files of weights: where they are, whether they are what they should be, and which model a task gets to use."""

from pathlib import Path

from inference.errors import ModelUnknown
from inference.model import Model, Task
from inference.models import MODELS, PREFERRED, find


def path_of(model: Model, folder: Path) -> Path:
    """Where the file of ``model`` is, or would be."""
    return folder / model.weights.file


def is_here(model: Model, folder: Path) -> bool:
    """Whether the file is there and as long as it should be; what is in it says ``verify``."""
    try:
        found = path_of(model, folder).stat()
    except OSError:
        return False
    return model.weights.size in (0, found.st_size)


def choose(task: Task, folder: Path, wanted: str = "") -> Model:
    """The model that ``task`` uses: the one that is ``wanted`` by name; else the first preferred whose file is here;
    else the first preferred. Raises ``ModelUnknown`` for a name that is unknown or does something else.
    """
    if wanted:
        return _doing(task, find(wanted, folder))
    order = [MODELS[name] for name in PREFERRED[task]]
    return next((model for model in order if is_here(model, folder)), order[0])


def _doing(task: Task, model: Model) -> Model:
    if model.task != task:
        raise ModelUnknown(f"{model.name} is for {model.task}, not for {task}")
    return model
