"""What is answered in the place of a picture that cannot be made."""

from images import errors as faults
from variants import errors
from variants.errors import BadOption
from variants.facts import VariantFacts
from variants.negotiate import PROTECTING
from variants.notation import body, url
from variants.serving import serving_of

# A fault of the picture, its server or the renderer: another picture may stand in. What a visitor may not see, or wrote
# wrongly, is refused whatever the account has set.
LOST: tuple[type[Exception], ...] = (
    faults.ImageNotFound,
    faults.Missing,
    faults.FetchRefused,
    faults.NotAnImage,
    faults.CannotDecode,
    errors.CannotDecode,
)
RESCUED: tuple[type[Exception], ...] = (
    *LOST,
    faults.FileTooLarge,
    faults.PictureTooLarge,
    faults.AnimationTooLong,
    faults.BoxBusy,
    errors.TooLarge,
    errors.CannotEncode,
    errors.Busy,
    errors.TimedOut,
)


def redirects(variant: VariantFacts | None, wanted: str) -> bool:
    """Whether browsers are to be sent to the original; never where the options hide something of it."""
    try:
        chain = body.check_chain(variant.options) if variant else url.parse(wanted).chain
    except BadOption:
        return False
    return serving_of(chain).redirects and not any(PROTECTING & step.keys() for step in chain)
