"""A focal point is two numbers inside the picture, or nothing."""

import pytest
from django.db import IntegrityError, transaction
from people import Person

from images import focal, removal
from images.errors import FieldInvalid
from images.models import Image


def test_a_point_is_read_from_json_and_from_text() -> None:
    assert focal.from_json({"x": 0.3, "y": 1}) == (0.3, 1.0)
    assert focal.from_text('{"y": 0.25, "x": 0}') == (0.0, 0.25)
    assert focal.from_json(None) is focal.from_text("null") is None


@pytest.mark.parametrize(
    "value",
    [{}, {"x": 0.5}, {"x": 0.5, "y": 1.01}, {"x": -0.1, "y": 0}, {"x": True, "y": 0}, {"x": "0.5", "y": 0.5},
     {"x": float("nan"), "y": 0}, {"x": 10**400, "y": 0}, {"x": 0, "y": 0, "z": 0}, [0.5, 0.5], "0.5x0.5", 0.5],
)  # fmt: skip
def test_what_lies_outside_or_is_no_point_is_refused(value: object) -> None:
    with pytest.raises(FieldInvalid, match="focalPoint: expected .* numbers from 0 to 1"):
        focal.from_json(value)


@pytest.mark.parametrize("text", ["", "0.5", "{", '{"x": NaN, "y": 0}', "[" * 100_000])
def test_text_that_writes_no_point_is_refused(text: str) -> None:
    with pytest.raises(FieldInvalid):
        focal.from_text(text)


def test_minus_nothing_is_nothing() -> None:
    assert str(focal.from_json({"x": -0.0, "y": 0})) == "(0.0, 0.0)"


def test_a_change_is_kept_checked_and_taken_back(owner: Person) -> None:
    image = Image.objects.create(account=owner.account, public_id="one", creator="ann")
    assert removal.change(image, focal_point=(0.25, 0.75)).focal_point == (0.25, 0.75)
    image.refresh_from_db()
    assert (image.focal_point, image.creator) == ((0.25, 0.75), "ann")
    with pytest.raises(FieldInvalid):
        removal.change(image, focal_point=(0.25, 2.0))
    assert removal.change(image, focal_point=None).focal_point is None
    image.refresh_from_db()
    assert image.focal_point is None


@pytest.mark.parametrize("columns", [{"focal_x": 0.5}, {"focal_y": 0.5}, {"focal_x": 0.5, "focal_y": 1.5}])
def test_no_row_holds_half_a_point_or_one_outside(owner: Person, columns: dict[str, float]) -> None:
    image = Image.objects.create(account=owner.account, public_id="one")
    with pytest.raises(IntegrityError), transaction.atomic():
        Image.objects.filter(pk=image.pk).update(**columns)
