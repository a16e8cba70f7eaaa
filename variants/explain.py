"""``explain``: why a picture is cut as it is: what was seen in it, the window that is shown, and the rule that won.

It speaks of the first transformation, and shows all of the picture. Places are shares of the upright original.
"""

from collections.abc import Iterator
from typing import Any

import pyvips

from variants import sightings
from variants.findings import Findings, Found, Shares
from variants.operations.marks import Mark, marked
from variants.options.kinds import Flag
from variants.options.option import Option, Options
from variants.plan import Plan
from variants.source import Original
from variants.transform import Scene, from_file, plan_of

OPTIONS = (
    Option(
        "explain",
        Flag(),
        "Shows the whole picture instead, with what was seen in it, the window that would be cut out and the rule that "
        "chose it; with format=json the same as text. For who manages the account: the URL must be signed.",
        example=True,
        default=False,
        group="output",
    ),
)
LONGEST = 1024  # pixels of a side
NAMED = "gravity names the place"
WINDOW, REGION, FACE, OBJECT, POINT = "#e11d48", "#f59e0b", "#16a34a", "#2563eb", "#9333ea"
DOUBTFUL = "#64748b"  # hidden where something is to be hidden, else passed over
CROSS = 0.012  # half of the mark of a point, as a share


def explained(
    original: Original, options: Options, scene: Scene, seen: Findings
) -> tuple[pyvips.Image, dict[str, Any]]:
    """The marked picture, and the same in words: members of JSON. Raises the faults of ``transform.plan_of``."""
    plan = plan_of(original, options, scene, seen)
    whole = options.other({"width": LONGEST, "height": LONGEST})
    image = from_file(original, (whole,), scene).images[0]
    return marked(image, _marks(plan, seen)), _told(plan, seen)


def _told(plan: Plan, seen: Findings) -> dict[str, Any]:
    aim = None if plan.point is None else sightings.point(plan.point)
    return {
        "rule": _rule(plan),
        "point": aim,
        "region": sightings.place(plan.region),
        "window": sightings.place(plan.window),
        "faces": sightings.boxes(seen.faces),
        "objects": sightings.boxes(seen.objects),
        "doubtful": sightings.boxes(seen.doubtful),
    }


def _marks(plan: Plan, seen: Findings) -> Iterator[Mark]:
    for one in seen.doubtful:
        yield Mark(Shares(*one[:4]), f"{_label(one)} ?", DOUBTFUL)
    for face in seen.faces or ():
        yield Mark(Shares(*face[:4]), _label(face), FACE)
    for one in seen.objects or ():
        yield Mark(Shares(*one[:4]), _label(one), OBJECT)
    if plan.narrowed:
        yield Mark(plan.region, "region", REGION)
    if plan.point:
        x, y = plan.point
        yield Mark(Shares(x - CROSS, y - CROSS, x + CROSS, y + CROSS), "", POINT)
    yield Mark(plan.window, _rule(plan), WINDOW)


def _rule(plan: Plan) -> str:
    return plan.aim.rule if plan.aim else NAMED


def _label(found: Found) -> str:
    return f"{found.label} {found.score:.2f}"
