"""What every operation leaves: 8-bit sRGB, with alpha as the fourth band or without it."""

from dataclasses import replace
from typing import Any

import pytest
from rendering import checks, drawn
from seen import everything

from variants.notation import body
from variants.operations import PIPELINE
from variants.operations.operation import Operation
from variants.options.option import Option, Options
from variants.plan import nothing, plan
from variants.transform import layer

WIDTH, HEIGHT = 160, 120
# What has to stand beside an example, and where the example is for larger pictures.
BESIDE: dict[str, dict[str, Any]] = {"trim": {"trim": "4;6;8;10"}, "trim.width": {"trim.width": 90}}
BESIDE |= {"trim.height": {"trim.height": 90}}
# The same operation by other ways through it.
OTHERS: tuple[dict[str, Any], ...] = (
    {"width": 200, "fit": "contain"},
    {"fit": "pad", "width": 50, "height": 50, "background": "#ff000080"},
    {"background": "#ff000080"},
    {"radius": "20", "background": "#ff8800"},
    {"radius": "20", "border": "3;#ff000080"},
    {"rotate": 20, "background": "#ff8800"},
    {"padding": "3", "background": "#ff8800"},
    {"unsharp": "4;1.5;0"},
    {"blur": 3},
    {"greyscale": True, "negative": True, "tint": "#3366cc"},
    *({"draw": [{"image": "logo", "composite": mode}]} for mode in ("over", "in", "atop", "out", "xor", "lighter")),
)


def _examples() -> list[tuple[str, Options]]:
    """Every example of the pipeline's options, and the others."""
    found = [
        (option.name, body.check(_values(operation, option))) for operation in PIPELINE for option in operation.options
    ]
    return found + [(str(values), body.check(values)) for values in OTHERS]


def _values(operation: Operation, option: Option) -> dict[str, Any]:
    if option.group == "draw":
        return {operation.name: [{"image": "logo", option.name: option.example}]} if option.name != "text" else {}
    return BESIDE.get(option.name, {option.name: option.example})


@pytest.mark.parametrize("bands", [3, 4])
@pytest.mark.parametrize(("options"), [options for _, options in _examples()], ids=[name for name, _ in _examples()])
def test_every_operation_leaves_srgb(options: Options, bands: int) -> None:
    logo = drawn(checks(16, 12, bands=4))
    made = plan(WIDTH, HEIGHT, options, findings=everything())
    if options.draw or options.watermark:
        drawings = options.draw or body.check_chain({"draw": [{"image": "logo"}]})[0].draw
        made = replace(made, layers=lambda base: tuple(layer(logo, drawing) for drawing in drawings))
    assert (made.layers is nothing) == (not options.draw and not options.watermark)
    image = drawn(checks(WIDTH, HEIGHT, bands=bands))
    for operation in (operation for operation in PIPELINE if operation.acts(options)):
        image = operation.run(image, options, made)
        left = operation.name, image.format, image.interpretation, image.bands
        assert left in {(operation.name, "uchar", "srgb", 3), (operation.name, "uchar", "srgb", 4)}
        assert image.hasalpha() == (image.bands == 4)
    image.copy_memory()
