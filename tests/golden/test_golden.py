"""Every option's example against its golden picture: exact size, DSSIM and mean colour."""

from pathlib import Path

import pytest
import pyvips

import golden
from variants.options.option import Option
from variants.quality.dssim import dssim

MOST_DSSIM = 0.01
MOST_LEVELS = 2.0  # by which a channel may be off in the mean of all pixels
LARGEST = 6000  # bytes of a file
FAILED = golden.FOLDER / "failed"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("golden")


@pytest.mark.parametrize("option", golden.CASES, ids=[option.name for option in golden.CASES])
def test_picture(option: Option, folder: Path) -> None:
    path = golden.kept(option)
    assert path.is_file(), "make it: PYTHONPATH=. python tests/support/golden.py; then look at it"
    found, wanted = golden.made(option, folder), pyvips.Image.new_from_file(str(path))
    try:
        assert (found.width, found.height, found.bands) == (wanted.width, wanted.height, wanted.bands)
        assert (found - wanted).abs().avg() <= MOST_LEVELS
        assert dssim(found, wanted) <= MOST_DSSIM
    except AssertionError:
        golden.write(found, FAILED / f"{option.name}.found.png")
        golden.write(wanted, FAILED / f"{option.name}.golden.png")
        raise


def test_no_picture_is_left_over() -> None:
    names = {path.stem for path in golden.FOLDER.glob("*.png")}
    assert names == {option.name for option in golden.CASES}


def test_files_are_small() -> None:
    assert all(path.stat().st_size <= LARGEST for path in golden.FOLDER.glob("*.png"))
