"""The gaze network from its parameter file."""

import re
from pathlib import Path
from typing import Any

import forward
import numpy as np
import pytest
import vxm_writer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from vxm_writer import Entries, numbers

from inference.convert import convert
from inference.errors import CannotConvert
from inference.session import Tuning, open_session

MEAN = np.array([123.675, 116.28, 103.53]).reshape(3, 1, 1)


def converted(content: bytes, folder: Path) -> Path:
    source, target = folder / "fastgaze.vxm", folder / "model.onnx"
    source.write_bytes(content)
    convert(source, "gaze", target)
    return target


def saliency(model: Path, picture: NDArray[np.float32]) -> NDArray[Any]:
    return open_session(model, Tuning(threads=1)).run(picture)["saliency"]


def noise(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(4).integers(0, 256, shape).astype(np.float32)


@pytest.mark.parametrize("shape", [(1, 3, 128, 160), (2, 3, 77, 203)])
def test_real_parameters_give_what_the_real_model_gives(shape: tuple[int, ...], shared: Path, tmp_path: Path) -> None:
    real = shared / "models" / "fastgaze.onnx"
    model = converted(vxm_writer.file(vxm_writer.published(real)), tmp_path)
    got, wanted = saliency(model, noise(*shape)), saliency(real, noise(*shape))
    assert got.shape == wanted.shape == (shape[0], 1, shape[2] // 16, shape[3] // 16)
    assert wanted.std() > 0.01
    np.testing.assert_allclose(got, wanted, atol=1e-5)


def array(entries: Entries, key: str) -> NDArray[Any]:
    shape = np.frombuffer(entries[f"{key}.shape"], "<i4")
    return np.frombuffer(entries[key], "<f4").reshape(shape).astype(float)


def test_every_kind_of_layer_computes_what_it_should(tmp_path: Path) -> None:
    entries = vxm_writer.network(vxm_writer.small())
    picture = noise(1, 3, 22, 31)
    x = forward.conv(picture - MEAN, array(entries, "0w")) + array(entries, "0b").reshape(-1, 1, 1)
    x = np.maximum(x, 0)[:, :, :22, :30].reshape(1, 4, 11, 2, 15, 2).max(axis=(3, 5))
    x = forward.leaky(forward.conv(x, array(entries, "2w")) + array(entries, "2b"), 0.3)
    bell = np.exp(-(np.arange(-2, 3) ** 2) / 2)
    rows = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)), mode="edge")
    kernel = np.outer(bell, bell) / bell.sum() ** 2
    wanted = np.lib.stride_tricks.sliding_window_view(rows, (5, 5), axis=(2, 3)) * kernel
    got = saliency(converted(vxm_writer.file(entries), tmp_path), picture)
    np.testing.assert_allclose(got, wanted.sum(axis=(4, 5)), atol=1e-4)


def test_a_slope_for_each_channel(tmp_path: Path) -> None:
    weight, bias, slope = np.eye(3).reshape(3, 3, 1, 1), np.zeros(3), np.array([0.0, 0.5, 1.0])
    layers = [vxm_writer.convolution(0, weight, bias, slope)]
    layers.append(vxm_writer.convolution(1, np.ones((1, 3, 1, 1)), np.full(1, 300.0)))
    got = saliency(converted(vxm_writer.file(vxm_writer.network(layers)), tmp_path), np.zeros((1, 3, 1, 1), "f4"))
    np.testing.assert_allclose(got.item(), 300 - 0.5 * 116.28 - 103.53, rtol=1e-5)


def changed(**entries: bytes) -> bytes:
    """The small network with other entries; ``_`` at the front of a key stands for nothing."""
    return vxm_writer.file(vxm_writer.network(vxm_writer.small()) | {k.lstrip("_"): v for k, v in entries.items()})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "fastgaze.vxm is not a .vxm file"),
        (b"PK\x03\x04", "is not a .vxm file"),
        (vxm_writer.SIGNATURE, "damaged"),
        (changed()[:-1], "damaged"),
        (vxm_writer.SIGNATURE + b"\xff\xff\xff\xff", "damaged"),
        (vxm_writer.SIGNATURE + b"\x01\0\0\0\xff\xff\xff\xff", "damaged"),
        (vxm_writer.file({}), "no entry layerCount"),
        (changed(layerCount=numbers(0)), "says that it has 0 layers"),
        (changed(layerCount=numbers(5)), "no entry 4Type"),
        (changed(layerCount=numbers(1)), "last layer has 4 channels"),
        (changed(layerCount=b"abc"), "no whole numbers"),
        (changed(_1Type=numbers(9)), "Layer 1 is of the unknown kind 9"),
        (changed(_0Act=numbers(2)), "activation of layer 0 is of the unknown kind 2"),
        (changed(_1Pool=numbers(0)), "1Pool is 0"),
        (changed(_3KernelSize=numbers(4)), "4 taps"),
        (changed(_3Std=numbers(0)), "deviation of 0"),
        (changed(_2alpha=b"\0" * 8, **{"_2alpha.shape": numbers(2)}), "2alpha has 2 values for 1 channels"),
        (changed(_0w=b"\0" * 8), "0w is no array of float32"),
        (changed(**{"_0w.dtype": b"float16"}), "0w is no array of float32"),
        (changed(**{"_0w.shape": numbers(-4, -3, 3, 3)}), "0w is no array of float32"),
        (changed(**{"_0w.shape": numbers(3, 4, 3, 3)}), "0.weight has the shape"),
        (changed(_0b=b"\0\0\xc0\x7f" * 4), "no numbers"),
        (changed(_0b=b"\1\0\x80\x7f" * 4), "no numbers"),  # NaNs that signal
        (changed(**vxm_writer.array("1w", np.ones((1, 4, 1, 1)))), "no place for: 1.weight"),
    ],
)
def test_other_files_are_refused_with_a_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(CannotConvert, match=re.escape(said)):
        converted(content, tmp_path)
    assert not (tmp_path / "model.onnx").exists()


@given(data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_found_or_does_no_harm(data: st.DataObject, tmp_path: Path) -> None:
    content = bytearray(changed())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        model = converted(bytes(content), tmp_path)
    except CannotConvert:
        return
    assert saliency(model, noise(1, 3, 32, 32)).shape[:2] == (1, 1)
