"""The shared table of geometry: every row is rendered, and pixels tell which part of the source is shown where."""

import json
from pathlib import Path
from typing import Any

import numpy
import pytest
from rendering import pixels, rendered, saved

from variants import focus
from variants.findings import Findings, Found
from variants.geometry import Size
from variants.table import make

LOW, SPAN = 20, 215
TABLE = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "geometry.json"
TABLES = json.loads(TABLE.read_text())["rows"] if TABLE.is_file() else []
ROWS = [row for row in TABLES if row["kind"] == "fit"]
FACES = [row for row in TABLES if row["kind"] == "face"]


def test_the_table_is_there(shared: Path) -> None:
    assert len(ROWS) > 100
    assert len(FACES) > 20
    assert len(ROWS) + len(FACES) == len(TABLES)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_row(row: dict[str, Any], tmp_path: Path) -> None:
    expect = row["expect"]
    boxes = [box for box in (expect["crop_box"], expect["crop_box_also"]) if box]
    shown = [_differences(row, box, tmp_path) for box in boxes or [[0, 0, *row["source"]]]]
    for size, _ in shown:
        assert _is_allowed(size, expect), size
    if boxes:
        assert min(difference for _, difference in shown) <= 0, [difference for _, difference in shown]


@pytest.mark.parametrize("row", FACES, ids=[row["id"] for row in FACES])
def test_face_row(row: dict[str, Any], tmp_path: Path) -> None:
    expect, (width, height) = row["expect"], row["image"]
    seen = _faces(row)
    left, top, across, down = expect["crop_box_original"]
    source = saved(_slope(width, height, [left, top, across, down]), tmp_path / "source.png", compression=1)
    made = rendered(source, f"gravity=face,zoom={row['zoom']}", seen=seen)
    assert abs(made.width - across) <= expect["tolerance"]
    assert abs(made.height - down) <= expect["tolerance"]
    image = pixels(made).astype(float)
    slack = 1 + expect["tolerance"]  # what the row allows in pixels of the source, and one for rounding
    columns, rows = _inside(0, made.width, made.width), _inside(0, made.height, made.height)
    assert _miss(image[:, columns, 0].mean(axis=0), columns, 0, made.width, across) <= SPAN * slack / across
    assert _miss(image[rows, :, 1].mean(axis=1), rows, 0, made.height, down) <= SPAN * slack / down


@pytest.mark.parametrize("row", FACES, ids=[row["id"] for row in FACES])
def test_the_focal_point_of_a_face_row(row: dict[str, Any]) -> None:
    expect, (width, height) = row["expect"], row["expect"]["inference_size"]
    aim = focus.aim(_faces(row), make({"gravity": "face"}), Size(width, height), Size(1, 1))
    x, y = aim.point if aim else (0.5, 0.5)
    assert (x * width, y * height) == pytest.approx(expect["focal_point"], abs=0.5)
    if expect["outer_box"]:
        left, top, right, bottom = focus.outer(_faces(row).faces or ())
        found = (left * width, top * height, right * width, bottom * height)
        assert found == pytest.approx(expect["outer_box"], abs=1e-6)


def _faces(row: dict[str, Any]) -> Findings:
    width, height = row["expect"]["inference_size"]
    return Findings(
        faces=tuple(
            Found(left / width, top / height, right / width, bottom / height, 1, "face")
            for left, top, right, bottom in row["boxes"]
        )
    )


def _differences(row: dict[str, Any], box: list[float], folder: Path) -> tuple[tuple[int, int], float]:
    """Size of the result, and by how many levels it misses ``box`` beyond what is tolerated."""
    source = saved(_slope(*row["source"], box), folder / "source.png", compression=1)
    made = rendered(source, row["options"])
    image = pixels(made).astype(float)
    left, top, width, height = row["expect"]["content_box"] or [0, 0, made.width, made.height]
    if row["expect"]["content_box"]:
        assert _is_white_outside(image, left, top, width, height)
    columns, rows = _inside(left, width, made.width), _inside(top, height, made.height)
    content = image[numpy.ix_(rows, columns)]
    across = _miss(content[:, :, 0].mean(axis=0), columns, left, width, box[2])
    down = _miss(content[:, :, 1].mean(axis=1), rows, top, height, box[3])
    return (made.width, made.height), max(across, down)


def _slope(width: int, height: int, box: list[float]) -> Any:
    """Red tells the place across, green the place down, both counted inside ``box``."""
    left, top, box_width, box_height = box
    x = LOW + SPAN * (numpy.arange(width) + 0.5 - left) / box_width
    y = LOW + SPAN * (numpy.arange(height) + 0.5 - top) / box_height
    red, green = numpy.meshgrid(x, y)
    slope = numpy.stack([red, green, numpy.zeros_like(red)], axis=-1)
    return numpy.clip(numpy.floor(slope + 0.5), 0, 255).astype("uint8")


def _inside(start: float, length: float, side: int) -> list[int]:
    """Pixels that lie wholly inside the content; at least its middle one."""
    first, last = int(numpy.ceil(start - 0.01)), int(numpy.floor(start + length + 0.01))
    inside = list(range(max(0, first + (first > 0)), min(side, last - (last < side))))
    return inside or [min(side - 1, int(start + length / 2))]


def _miss(found: Any, places: list[int], start: float, length: float, box_length: float) -> float:
    """Levels by which the worst pixel is off, beyond one pixel of the result, one of the source, and rounding."""
    expected = LOW + SPAN * (numpy.array(places) + 0.5 - start) / length
    tolerated = SPAN / length + SPAN / box_length + 2
    return float(numpy.abs(found - expected).max() - tolerated)


def _is_white_outside(image: Any, left: float, top: float, width: float, height: float) -> bool:
    outside = numpy.ones(image.shape[:2], bool)
    outside[max(0, int(top) - 1) : int(top + height) + 2, max(0, int(left) - 1) : int(left + width) + 2] = False
    return bool((image[outside][:, :3] == 255).all())


def _is_allowed(size: tuple[int, int], expect: dict[str, Any]) -> bool:
    return any(
        max(abs(size[0] - allowed[0]), abs(size[1] - allowed[1])) <= expect["tolerance"]
        for allowed in (expect["size"], *expect["also"])
    )
