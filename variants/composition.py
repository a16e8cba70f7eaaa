"""Several pictures and texts, and a list of operations on them: what the Images binding sends. Runs in the box.

Every operation acts at once on what came before it; the last state of picture 0 is the result.
"""

from typing import Any

import pyvips

from images.decode import sniff
from variants import source
from variants.encoders import ENCODERS
from variants.encoders.writing import written
from variants.errors import BadOption
from variants.findings import NONE, Findings
from variants.limits import Limits
from variants.notation import url
from variants.operations.lettering import lettered
from variants.operations.overlay import laid
from variants.options.lettering import Words
from variants.options.option import Options
from variants.render import LONGEST_CHAIN, joined, named_errors
from variants.sighted import received
from variants.table import make
from variants.transform import Frames, Scene, again, from_file, layer

RAW = {"rgb": 3, "rgba": 4}
UNCHANGED = make({})
WHITE = [255, 255, 255]


class Canvas:
    """One of the pictures: a file until something acts on it, frames in memory from then on.

    ``seen`` is what was seen in the file.
    """

    def __init__(
        self, original: source.Original | Words, font: str | None, scene: Scene, seen: Findings = NONE
    ) -> None:
        self._original, self._font, self._scene, self._seen = original, font, scene, seen
        self._now: Frames | None = None

    def transform(self, options: Options) -> None:
        """One transformation."""
        if self._now is not None:
            self._keep(again(self._now, options, self._scene))
        elif isinstance(self._original, source.Original):
            self._keep(from_file(self._original, (options,), self._scene, self._seen))
        else:
            self._keep(again(Frames([lettered(self._original, self._font)]), options, self._scene))

    def draw(self, other: "Canvas", options: Options) -> None:
        """Lay the first frame of ``other``, as it is now, on every frame."""
        drawing, now = layer(other.now().images[0], options), self.now()
        self._keep(Frames([laid(frame.copy(interpretation="srgb"), drawing) for frame in now.images], now.seen))

    def now(self) -> Frames:
        """As they are now, in sRGB and upright."""
        if self._now is None:
            self.transform(UNCHANGED)
        return self._now or Frames([])

    def _keep(self, frames: Frames) -> None:
        self._now = Frames([frame.copy_memory() for frame in frames.images], frames.seen)


def job(arguments: dict[str, Any], *originals: str) -> tuple[dict[str, Any], bytes]:
    """The box's job.

    ``arguments``: inputs (for each picture its place among ``originals``, or a text), operations (see ``_act``),
    output (canonical options), format (a key of ``ENCODERS``, "rgb" or "rgba"), animated, limits; and those of a
    ``Sight`` of pictures by number, whose notes are the last of ``originals``. Answers width, height and format.
    Raises the faults of ``render.render``, ``BadOption``, ``NotAnImage``.
    """
    limits = Limits(**arguments["limits"])
    seen = received(arguments, originals)
    scene = Scene(limits)
    for given in arguments["inputs"]:
        if "file" in given:
            sniff(originals[given["file"]])  # what is no picture is told apart from a damaged one
    with named_errors():
        canvases = [
            _canvas(given, originals, arguments["animated"] and at == 0, scene, seen.get(str(at), NONE))
            for at, given in enumerate(arguments["inputs"])
        ]
        for operation in arguments["operations"]:
            _act(operation, canvases)
        (output,) = url.parse(arguments["output"]).chain
        if output.background:
            canvases[0].transform(make({"background": output.background}))
        return _written(canvases[0].now().images, arguments["format"], output, limits)


def _canvas(given: dict[str, Any], originals: tuple[str, ...], animated: bool, scene: Scene, seen: Findings) -> Canvas:
    if "text" in given:
        font = given.get("font_file")
        return Canvas(Words(*given["text"]), None if font is None else originals[font], scene)
    path = originals[given["file"]]
    return Canvas(source.opened(path, animated=animated, most=scene.limits.max_pixels), None, scene, seen)


def _act(operation: dict[str, Any], canvases: list[Canvas]) -> None:
    """``{"target": n, "options": canonical text}`` transforms picture n; ``{"target": n, "drawn": m, "drawing": …}``
    lays picture m on it, with options of group ``draw`` by name."""
    target = canvases[operation["target"]]
    if "drawn" in operation:
        target.draw(canvases[operation["drawn"]], make(operation["drawing"]))
    else:
        target.transform(url.parse(operation["options"], longest=LONGEST_CHAIN).chain[0])


def _written(frames: list[pyvips.Image], form: str, output: Options, limits: Limits) -> tuple[dict[str, Any], bytes]:
    image = joined(frames if form not in RAW and ENCODERS[form].animates else frames[:1])
    facts = {"width": image.width, "height": frames[0].height, "format": form}
    if form in RAW:
        return facts, _samples(image, RAW[form])
    if form == "avif" and image.width * image.height > limits.avif_max_area:
        form = "webp"
    if max(facts["width"], facts["height"]) > ENCODERS[form].longest:
        raise BadOption("output_format", form, f"a format that holds {facts['width']} x {facts['height']} pixels")
    made = written(image, output, (form,), limits)
    return facts | {"format": made.format}, made.body


def _samples(image: pyvips.Image, bands: int) -> bytes:
    """Rows of interleaved bytes: red, green, blue and, with four bands, alpha."""
    if bands == 4:
        image = image if image.hasalpha() else image.bandjoin(255)
    elif image.hasalpha():
        image = image.flatten(background=WHITE)
    body: bytes = image.write_to_memory()
    return body
