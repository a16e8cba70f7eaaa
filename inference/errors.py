"""What can go wrong while a picture is looked at.

InferenceFault
├── ModelUnknown       no model has that name
├── ModelMissing       the model is known, its weights are not here
│   └── RowRefused     a row of models.json says what cannot be
├── WeightsDamaged     a file of weights is not what its checksum says, or no model at all
├── CannotConvert      a file of weights cannot be made into a model
├── PictureRefused     not a picture that can be looked at
├── Busy               too much is asked for already; try again
├── Abandoned          nobody waits for the answer any more
└── Unavailable        the service does not answer
"""


class InferenceFault(Exception):
    """Base of all faults of this package; ``str()`` is a sentence for the user."""


class ModelUnknown(InferenceFault):
    """No model has that name."""


class ModelMissing(InferenceFault):
    """The model is known, its weights are not here."""


class RowRefused(ModelUnknown):
    """A row of models.json says what cannot be."""


class WeightsDamaged(InferenceFault):
    """A file of weights is not what its checksum says, or no model at all."""


class CannotConvert(InferenceFault):
    """A file of weights cannot be made into a model: it is damaged, of another kind, or ``onnx`` is not installed."""


class PictureRefused(InferenceFault):
    """Not a picture that can be looked at."""


class Busy(InferenceFault):
    """Too much is asked for already; try again."""


class Abandoned(InferenceFault):
    """Nobody waits for the answer any more."""


class Unavailable(InferenceFault):
    """The service does not answer."""
