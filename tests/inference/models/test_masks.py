"""U-2-Net, IS-Net, BiRefNet: what they are given and how their maps become masks."""

import numpy as np
import pytest

from inference.errors import WeightsDamaged
from inference.model import Architecture, Weights
from inference.models.birefnet import BIREFNET
from inference.models.isnet import ISNET
from inference.models.u2net import U2NET, U2NETP
from inference.results import Mask

WEIGHTS = Weights(name="one", file="", sha256="", size=0, licence="", longest=32, threshold=0.5)
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
PICTURE = np.full((40, 20, 3), (200, 100, 50), np.uint8)


def mask(architecture: Architecture, values: object) -> list[list[int]]:
    found = np.asarray(values, np.float32)[None]
    prepared = architecture.prepare(PICTURE, WEIGHTS)
    result = architecture.interpret([{"1959": found, "1960": found * 0}], prepared, WEIGHTS)
    assert isinstance(result, Mask)
    assert result.values.dtype == np.uint8
    return result.values.tolist()


@pytest.mark.parametrize(
    ("architecture", "mean", "deviation"),
    [(U2NET, *IMAGENET), (U2NETP, *IMAGENET), (BIREFNET, *IMAGENET), (ISNET, (0.5, 0.5, 0.5), (1, 1, 1))],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_picture_is_stretched_and_divided_by_its_greatest_value(
    architecture: Architecture, mean: tuple[float, ...], deviation: tuple[float, ...]
) -> None:
    (prepared,) = architecture.prepare(PICTURE, WEIGHTS)
    assert prepared.tensor.shape == (3, 32, 32)
    assert prepared.tensor.dtype == np.float32
    wanted = (np.array((1, 0.5, 0.25)) - mean) / deviation
    assert np.allclose(prepared.tensor, wanted[:, None, None], atol=1e-5)


@pytest.mark.parametrize("architecture", [U2NET, ISNET, BIREFNET])
def test_a_black_picture_is_no_division_by_zero(architecture: Architecture) -> None:
    (prepared,) = architecture.prepare(np.zeros((5, 9, 3), np.uint8), WEIGHTS)
    assert np.isfinite(prepared.tensor).all()


def test_the_small_network_gets_a_sharpened_picture() -> None:
    """At an edge the values go beyond those on both sides, but not beyond what a picture can hold."""
    picture = np.full((32, 32, 3), 100, np.uint8)
    picture[:, 16:] = 180
    plain, crisp = (one.prepare(picture, WEIGHTS)[0].tensor for one in (U2NET, U2NETP))
    assert plain.shape == crisp.shape
    assert np.allclose(plain[:, :, 1], plain[:, :, 10])
    across = crisp[0, 16]
    assert across[15] < across[1] - 0.05
    assert across[16] > across[30] - 1e-6


@pytest.mark.parametrize("architecture", [U2NET, U2NETP, ISNET])
def test_the_first_map_is_spread_from_its_least_to_its_greatest_value(architecture: Architecture) -> None:
    assert mask(architecture, [[0.1, 0.3], [0.5, 0.9]]) == [[0, 64], [128, 255]]


def test_logits_become_probabilities_first() -> None:
    values = mask(BIREFNET, [[-1000, 0], [np.log(3), 1000]])
    assert values == [[0, 128], [191, 255]]


@pytest.mark.parametrize("architecture", [U2NET, U2NETP, ISNET])
def test_where_nothing_is_likely_there_is_no_subject(architecture: Architecture) -> None:
    assert mask(architecture, [[0.1, 0.2], [0.3, 0.49]]) == [[0, 0], [0, 0]]
    assert mask(BIREFNET, [[-3, -2], [-1, -0.1]]) == [[0, 0], [0, 0]]


def test_a_flat_map_is_no_division_by_zero() -> None:
    assert mask(U2NET, [[0.7, 0.7], [0.7, 0.7]]) == [[0, 0], [0, 0]]


@pytest.mark.parametrize("architecture", [U2NET, ISNET, BIREFNET])
def test_a_map_of_several_channels_is_another_network(architecture: Architecture) -> None:
    prepared = architecture.prepare(PICTURE, WEIGHTS)
    with pytest.raises(WeightsDamaged, match="one channel"):
        architecture.interpret([{"output": np.zeros((3549, 85), np.float32)}], prepared, WEIGHTS)
