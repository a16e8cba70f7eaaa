"""What is known of the pictures of a rendition, on its way to the child that renders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from variants import notes
from variants.findings import Findings, Sought
from variants.options.gravity import Point

Notes = dict[tuple[str, Sought], bytes]
"""By the id of the image ("" is the one that is delivered) and what was looked for."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The notes, and the points that people chose, by the id of the image."""

    notes: Notes = field(default_factory=dict)
    points: Mapping[str, Point] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, Any]:
        """What the child is told; the notes themselves go as files, in their order."""
        return {"seen": [list(key) for key in self.notes], "points": {**self.points}}


NOTHING = Sight()


def received(arguments: Mapping[str, Any], files: Sequence[str]) -> dict[str, Findings]:
    """In the child: what was seen in each image. The notes are the last of the ``files``."""
    found: dict[str, dict[Sought, bytes]] = {image_id: {} for image_id in arguments.get("points", {})}
    keys = arguments.get("seen", ())
    for (image_id, task), file in zip(keys, files[len(files) - len(keys) :], strict=True):
        found.setdefault(image_id, {})[task] = Path(file).read_bytes()
    points = {image_id: tuple(point) for image_id, point in arguments.get("points", {}).items()}
    return {image_id: notes.read(one, points.get(image_id)) for image_id, one in found.items()}
