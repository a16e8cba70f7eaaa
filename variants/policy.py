"""The policy of an account: what one of its variants hides is hidden in everything that is delivered for the account.

Its steps run before those that are asked for, on the original as it is: whatever is cut out, enlarged or combined
afterwards shows no more than they left. They hold for the images that are drawn, too. A way to the original itself is
refused, and so is everything when the policy cannot be read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from variants import description, untouched
from variants.errors import BadOption, PolicyForbids, PolicyUnreadable
from variants.negotiate import PROTECTING, VECTOR, accepted_of
from variants.notation import body
from variants.operations import PIPELINE
from variants.operations.overlay import images, overlay
from variants.options.option import Options, merged

# What is drawn over a picture hides some of it, but must not be drawn on what is drawn, and so on.
DRAWS = frozenset(option.name for option in overlay.options)
HIDING = tuple(step for step in PIPELINE if any(option.protects for option in step.options))
UNREADABLE = (
    "the policy of this account cannot be read, so nothing is delivered; choose a variant that hides something in "
    "policy_variant, or none"
)


@dataclass(frozen=True, slots=True)
class Policy:
    """The variant's name and what it hides; without ``steps`` the variant cannot be read, is gone or hides nothing."""

    variant: str
    steps: tuple[Options, ...] = ()

    @property
    def drawn(self) -> tuple[str, ...]:
        """The ids of the images that its steps draw."""
        return images(self.steps)


def read(variant: str, options: Any) -> Policy:
    """The policy that the options of a variant, as it keeps them, are; None where there is no such variant."""
    try:
        chain = body.check_chain(options)
    except BadOption:
        return Policy(variant)
    steps = (step.other({name: step[name] for name in step if name in PROTECTING}) for step in chain)
    return Policy(variant, tuple(step for step in steps if _hides(step)))


def among(name: str, variants: Mapping[str, Any]) -> Policy | None:
    """The policy called ``name`` among the options of all variants; None where no name is set."""
    return read(name, variants.get(name)) if name else None


def steps_of(policy: Policy | None) -> tuple[Options, ...]:
    """What runs before everything that is asked for. Raises ``PolicyUnreadable``."""
    if policy is None:
        return ()
    if not policy.steps:
        raise PolicyUnreadable(UNREADABLE)
    return policy.steps


@lru_cache(maxsize=1024)
def on_drawings(steps: tuple[Options, ...]) -> tuple[Options, ...]:
    """What runs before everything else on an image that is drawn."""
    kept = (step.other({name: step[name] for name in step if name not in DRAWS}) for step in steps)
    return tuple(step for step in kept if step)


def check(chain: tuple[Options, ...], form: str, accept: str | None) -> None:
    """Raise ``PolicyForbids`` where ``chain`` asks for the original itself, which has the format ``form``, or about
    it."""
    options = merged(chain)
    if options.raw:
        raise _forbidden("raw")
    if options.format == description.FORMAT:
        raise _forbidden("format=json")
    if options.explain:
        raise _forbidden("explain")
    if form == VECTOR == options.format:
        raise _forbidden("format=svg")
    if form != VECTOR and untouched.is_wanted(options, form, False, accepted_of(accept)):
        raise _forbidden("skip-processing")


def _hides(step: Options) -> bool:
    return any(operation.acts(step) for operation in HIDING)


def _forbidden(asked: str) -> PolicyForbids:
    return PolicyForbids(f"{asked} is refused: a policy of this account hides something in every picture")
