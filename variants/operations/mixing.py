"""saturation, greyscale and sepia: channels mixed by one matrix, the product of theirs.

The matrices are those of CSS Filter Effects, whose luma has the weights of ITU-R BT.709.
"""

import pyvips

from variants.operations.operation import Operation
from variants.options.kinds import Flag, Number
from variants.options.option import Option, Options
from variants.plan import Plan

Matrix = list[list[float]]
LUMA = [0.2126, 0.7152, 0.0722]
SEPIA: Matrix = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]]


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Alpha stays."""
    saturation = 0 if options.greyscale else options.saturation
    matrix = _times(_towards(SEPIA, options.sepia), _towards([LUMA] * 3, 1 - saturation))
    return mixed(image, matrix)


def mixed(image: pyvips.Image, matrix: Matrix) -> pyvips.Image:
    """Every colour multiplied by the matrix."""
    if image.hasalpha():
        matrix = [*([*row, 0] for row in matrix), [0, 0, 0, 1]]
    return image.recomb(pyvips.Image.new_from_array(matrix)).rint().cast("uchar")


def _towards(matrix: Matrix, amount: float) -> Matrix:
    """From the matrix that changes nothing (0) to ``matrix`` (1) and beyond."""
    return [
        [amount * value + (1 - amount) * (row == column) for column, value in enumerate(values)]
        for row, values in enumerate(matrix)
    ]


def _times(one: Matrix, other: Matrix) -> Matrix:
    return [
        [sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*other, strict=True)] for row in one
    ]


mixing = Operation(
    "mixing",
    run,
    lambda options: options.saturation != 1 or options.greyscale or bool(options.sepia),
    (
        Option(
            "saturation",
            Number(0, 100),
            "A factor: 0 is greyscale, 2 twice as colourful.",
            2,
            default=1,
            section="Colour",
        ),
        Option("greyscale", Flag(), "Shades of grey.", True, aliases=("grayscale",), default=False, section="Colour"),
        Option(
            "sepia", Number(0, 1), "How brown, like an old photograph; 1 is all of it.", 1, default=0, section="Colour"
        ),
    ),
)
