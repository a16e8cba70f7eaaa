"""What can go wrong on the way from an original to a rendition.

VariantFault
├── BadOption             a value that an option does not take (names option, value, expected)
├── TooLarge              the picture or the result is above a limit
├── CannotDecode          the original cannot be read
├── CannotEncode          the result cannot be written
├── Unconvertible         between SVG and pixels, where that is impossible or switched off
├── Busy                  no child free in time; try again
├── TimedOut              the render took longer than it may
├── NotSeen               the picture must be looked at, and the inference service or the model is away
├── PolicyForbids         the policy of the account hides something, and the original itself was asked for
├── PolicyUnreadable      the policy of the account cannot be read: nothing is delivered
├── OverlayNotFound       an image that is to be drawn is not there
├── VariantNotFound       the account has no variant of that name
├── AddressMalformed      a delivery path that names no image or no variant
├── AccountUnknown        no account has this hash
├── FlexibleOff           options in the URL, but the account has not switched them on
├── SourceMalformed       a transformation by URL whose source is no URL
├── SourceNotFound        … whose source is nowhere to be fetched
├── OriginRefused         … whose source is at a host that the account has not allowed
├── AlreadyTransformed    … that was asked for by a transformation
├── Expired               the moment in the options has passed
└── MethodRefused         delivery answers GET, HEAD and OPTIONS only
"""


class VariantFault(Exception):
    """Base of all faults of this app; ``str()`` is a sentence for the user."""


class BadOption(VariantFault):
    """A value that an option does not take."""

    def __init__(self, option: str, value: object, expected: str) -> None:
        super().__init__(f"{option}: expected {expected}, got {value!r}")
        self.option, self.value, self.expected = option, value, expected


class TooLarge(VariantFault):
    """The picture or the result is above a limit."""


class CannotDecode(VariantFault):
    """The original cannot be read."""


class CannotEncode(VariantFault):
    """The result cannot be written."""


class Unconvertible(VariantFault):
    """From pixels to SVG, or from SVG to pixels where the account has switched that off."""


class Busy(VariantFault):
    """No render child was free in time."""


class TimedOut(VariantFault):
    """The render took longer than it may."""


class NotSeen(VariantFault):
    """The picture must be looked at, and the inference service or the model is away."""


class PolicyForbids(VariantFault):
    """The policy of the account hides something of every picture, and the original itself was asked for."""


class PolicyUnreadable(VariantFault):
    """The variant that is the policy of the account is gone, cannot be read, or hides nothing."""


class OverlayNotFound(VariantFault):
    """An image that is to be drawn is not there (any more)."""

    def __init__(self, image_id: str) -> None:
        super().__init__(f"the image to draw was not found: {image_id[:100]!r}")


class VariantNotFound(VariantFault):
    """The account has no variant of that name."""


class AddressMalformed(VariantFault):
    """A delivery path that names no image or no variant."""


class AccountUnknown(VariantFault):
    """No account has the hash in the path."""


class FlexibleOff(VariantFault):
    """Options stand in the URL, but the account has not switched flexible variants on."""


class SourceMalformed(VariantFault):
    """The source of a transformation by URL is no URL."""


class SourceNotFound(VariantFault):
    """The source of a transformation by URL is nowhere to be fetched."""


class OriginRefused(VariantFault):
    """The source of a transformation by URL is at a host that the account has not allowed."""


class AlreadyTransformed(VariantFault):
    """A transformation asks for the result of another one."""


class Expired(VariantFault):
    """The moment in the options has passed."""


class MethodRefused(VariantFault):
    """Delivery answers GET, HEAD and OPTIONS only."""


class VariantTaken(VariantFault):
    """The account has a variant of that name."""


class VariantRefused(VariantFault):
    """A variant cannot be called so, or must stay."""


class TooManyVariants(VariantFault):
    """The account has as many variants as it may."""
