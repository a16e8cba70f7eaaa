"""What may not be done to animations: only their first frame is looked at, and what is hidden in it moves."""

from collections.abc import Iterable

from variants.errors import BadOption
from variants.operations import PIPELINE
from variants.options.option import Options


def check(chain: Iterable[Options]) -> None:
    """Raise ``BadOption`` where something is to be hidden or cut out by what was seen, in frames nobody looked at."""
    for options in chain:
        for step in PIPELINE:
            hiding = [option.name for option in step.options if option.protects]
            if hiding and step.acts(options) and step.needs(options):
                raise BadOption(
                    hiding[0], "an animation", "anim=false beside it, as only the first frame of one is looked at"
                )
