"""YuNet's grid and offsets, against numbers worked out by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.errors import WeightsDamaged
from inference.model import Weights
from inference.models.yunet import cells, interpret, prepare
from inference.results import Detections

WEIGHTS = Weights(name="one", file="", sha256="", size=0, licence="", longest=64, threshold=0.5, overlap=0.3)
PICTURE = np.full((64, 64, 3), (1, 2, 3), np.uint8)
STRIDE, ROW, COLUMN = 16, 1, 2
PLACE = ROW * (64 // STRIDE) + COLUMN


def answer(cls: float = 0.81, obj: float = 1.0) -> dict[str, NDArray[np.float32]]:
    """Outputs with one sure cell: a box of 20 x 30 around (39, 19), landmarks around it."""
    widths = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
    outputs = {
        f"{name}_{stride}": np.zeros(((64 // stride) ** 2, wide), np.float32)
        for name, wide in widths.items()
        for stride in (8, 16, 32)
    }
    outputs["cls_16"][PLACE], outputs["obj_16"][PLACE] = cls, obj
    outputs["bbox_16"][PLACE] = (7 / 16, 3 / 16, np.log(20 / 16), np.log(30 / 16))
    outputs["kps_16"][PLACE] = np.arange(10) / 16
    return outputs


def read(outputs: dict[str, NDArray[np.float32]]) -> Detections:
    return interpret([outputs], prepare(PICTURE, WEIGHTS), WEIGHTS)


def test_cells_go_by_stride_row_column_and_start_at_their_corner() -> None:
    table = cells(64, 96)
    assert len(table) == 8 * 12 + 4 * 6 + 2 * 3
    assert table[[0, 1, 12, 96, -1]].tolist() == [[0, 0, 8], [8, 0, 8], [0, 8, 8], [0, 0, 16], [64, 32, 32]]


def test_offsets_are_in_strides_from_the_corner() -> None:
    (face,) = read(answer())
    assert (face.left, face.top, face.right, face.bottom) == pytest.approx((29, 4, 49, 34), abs=1e-4)
    wanted = [(COLUMN * STRIDE + 2 * k, ROW * STRIDE + 2 * k + 1) for k in range(5)]
    assert np.allclose(face.landmarks, wanted)


def test_the_score_is_the_geometric_mean() -> None:
    (face,) = read(answer(0.81, 0.64))
    assert face.score == pytest.approx(0.72)
    assert read(answer(0.81, 0.25)) == ()


def test_colours_are_turned_round_and_otherwise_as_they_are() -> None:
    (prepared,) = prepare(PICTURE, WEIGHTS)
    assert prepared.tensor[:, 0, 0].tolist() == [3, 2, 1]


def test_another_network_is_told_from_it() -> None:
    with pytest.raises(WeightsDamaged, match="no YuNet: its outputs are loc"):
        read({"loc": np.zeros((1, 4), np.float32)})
    outputs = answer()
    outputs["kps_8"] = outputs["kps_8"][:-1]
    with pytest.raises(WeightsDamaged, match="kps"):
        read(outputs)
