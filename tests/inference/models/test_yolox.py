"""YOLOX's grid, letterbox and classes, against numbers worked out by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.errors import WeightsDamaged
from inference.model import Weights
from inference.models.yolox import COCO, cells, interpret, prepare
from inference.results import Detections, Picture

LABELS = ("cat", "dog", "owl")
WEIGHTS = Weights(
    name="one", file="", sha256="", size=0, licence="", longest=64, threshold=0.3, overlap=0.45, labels=LABELS
)
CELLS = 8 * 8 + 4 * 4 + 2 * 2
# Stride 16, row 1, column 2: the centre is at ((0.5 + 2) * 16, (0.25 + 1) * 16), the box 20 x 10.
PLACE = 8 * 8 + 1 * 4 + 2
BOX = (0.5, 0.25, np.log(20 / 16), np.log(10 / 16))
SQUARE = np.full((64, 64, 3), (1, 2, 3), np.uint8)


def rows(*boxes: tuple[int, tuple[float, ...], float, tuple[float, float, float]]) -> dict[str, NDArray[np.float32]]:
    """An output with some sure cells: place, box, how sure, how likely each class."""
    values = np.zeros((CELLS, 8), np.float32)
    for place, box, sure, classes in boxes:
        values[place] = (*box, sure, *classes)
    return {"output": values}


def read(outputs: dict[str, NDArray[np.float32]], picture: Picture = SQUARE) -> Detections:
    return interpret([outputs], prepare(picture, WEIGHTS), WEIGHTS)


def test_cells_go_by_stride_row_column() -> None:
    assert len(cells(416)) == 3549
    assert cells(64)[[0, 1, 8, 64, 80, -1]].tolist() == [
        [0, 0, 8],
        [1, 0, 8],
        [0, 1, 8],
        [0, 0, 16],
        [0, 0, 32],
        [1, 1, 32],
    ]


def test_a_row_becomes_a_box_of_its_likeliest_class() -> None:
    (found,) = read(rows((PLACE, BOX, 0.8, (0.1, 0.9, 0.2))))
    assert (found.left, found.top, found.right, found.bottom) == pytest.approx((30, 15, 50, 25), abs=1e-4)
    assert (found.label, found.score) == ("dog", pytest.approx(0.72))


def test_boxes_are_in_pixels_of_the_picture() -> None:
    """128 x 96 is looked at at half its size, at the top left of the square."""
    picture = np.full((96, 128, 3), 9, np.uint8)
    (prepared,) = prepare(picture, WEIGHTS)
    assert prepared.tensor.shape == (3, 64, 64)
    assert (prepared.tensor[:, :48] == 9).all()
    assert (prepared.tensor[:, 48:] == 114).all()
    (found,) = read(rows((PLACE, BOX, 0.8, (0, 1, 0))), picture)
    assert (found.left, found.top, found.right, found.bottom) == pytest.approx((60, 30, 100, 50), abs=1e-3)


def test_doubles_go_only_within_a_class() -> None:
    moved = (0.55, 0.25, *BOX[2:])
    same = rows((PLACE, BOX, 0.8, (0, 1, 0)), (PLACE + 1, (moved[0] - 1, *moved[1:]), 0.9, (0, 1, 0)))
    assert [one.score for one in read(same)] == pytest.approx([0.9])
    other = rows((PLACE, BOX, 0.8, (0, 1, 0)), (PLACE + 1, (moved[0] - 1, *moved[1:]), 0.9, (1, 0, 0)))
    assert [one.label for one in read(other)] == ["cat", "dog"]


def test_what_is_not_sure_is_left_out() -> None:
    assert read(rows((PLACE, BOX, 0.5, (0.1, 0.5, 0.2)))) == ()


def test_colours_are_turned_round_and_otherwise_as_they_are() -> None:
    (prepared,) = prepare(SQUARE, WEIGHTS)
    assert prepared.tensor[:, 0, 0].tolist() == [3, 2, 1]


def test_a_network_of_other_classes_is_told_from_it() -> None:
    with pytest.raises(WeightsDamaged, match="no YOLOX of 3 classes"):
        read({"output": np.zeros((CELLS, 85), np.float32)})


def test_the_usual_classes_are_eighty() -> None:
    assert len(set(COCO)) == len(COCO) == 80
    assert (COCO[0], COCO[15], COCO[-1]) == ("person", "cat", "toothbrush")
