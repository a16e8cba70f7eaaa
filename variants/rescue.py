"""What is answered in the place of a picture that cannot be made."""

from urllib.parse import quote

from images import errors as faults
from variants import errors
from variants.address import PREFIX, Address
from variants.errors import BadOption
from variants.facts import AccountFacts, ImageFacts, VariantFacts
from variants.negotiate import PROTECTING
from variants.notation import body, url
from variants.order import variant_of
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


def redirects(account: AccountFacts, variant: VariantFacts | None, wanted: str) -> bool:
    """Whether browsers are to be sent to the original; never where the options or a policy hide something of it."""
    if account.policy is not None:
        return False
    try:
        chain = body.check_chain(variant.options) if variant else url.parse(wanted).chain
    except BadOption:
        return False
    return serving_of(chain).redirects and not any(PROTECTING & step.keys() for step in chain)


def original_at(account: AccountFacts, image: ImageFacts, address: Address) -> str | None:
    """Where browsers find the original of an image that could not be made into what they wanted, if they may see it."""
    if image.require_signed_urls or not account.flexible_variants:
        return None
    if not redirects(account, variant_of(account, address), address.wanted):
        return None
    return f"{PREFIX}/{account.hash}/{quote(address.image_id)}/raw=true"
