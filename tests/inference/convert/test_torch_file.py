"""Files of torch.save: what is read, and that nothing in them is ever executed."""

import io
import os
import pickle
import struct
import subprocess
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch_writer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch_writer import Writer, archive, legacy, legacy_file, zipped

from inference.convert import torch_file
from inference.errors import CannotConvert

STATE = {
    "conv.weight": np.arange(54, dtype="f4").reshape(2, 3, 3, 3),
    "conv.bias": np.array([0.5, -1.5], "f8"),
    "norm.count": np.array(11, "i8"),
    "half": np.linspace(-1, 1, 7, dtype="f2"),
    "turned": np.arange(6, dtype="f4").reshape(2, 3).T,
    "none": np.empty((0, 4), "f4"),
}
FORMS = {"zip": zipped, "legacy": legacy}


def read(content: bytes, folder: Path) -> dict[str, Any]:
    file = folder / "weights.pth"
    file.write_bytes(content)
    return torch_file.read(file)


@pytest.mark.parametrize("form", FORMS)
def test_every_tensor_comes_out_as_it_went_in(form: str, tmp_path: Path) -> None:
    got = read(FORMS[form](STATE), tmp_path)
    assert list(got) == list(STATE)
    for name, value in STATE.items():
        assert got[name].dtype == value.dtype
        np.testing.assert_array_equal(got[name], value)


def test_numbers_of_a_big_endian_machine(tmp_path: Path) -> None:
    got = read(zipped(STATE, order="big"), tmp_path)
    np.testing.assert_array_equal(got["conv.weight"], STATE["conv.weight"])


@pytest.mark.parametrize("form", FORMS)
def test_names_lose_what_training_on_several_gpus_adds(form: str, tmp_path: Path) -> None:
    got = read(FORMS[form]({f"module.{name}": value for name, value in STATE.items()}), tmp_path)
    assert list(got) == list(STATE)


def test_a_checkpoint_gives_its_state_dict(tmp_path: Path) -> None:
    writer = Writer()
    inside = writer.state(STATE)
    code = b"}(" + writer.text("epoch") + b"K\x07" + writer.text("state_dict") + inside + b"u"
    assert list(read(archive(code, writer.storages), tmp_path)) == list(STATE)


def test_tensors_may_share_a_storage(tmp_path: Path) -> None:
    whole = np.arange(12, dtype="f4")
    assert list(read(zipped({"part": whole[:4].reshape(2, 2)}), tmp_path)["part"].ravel()) == [0, 1, 2, 3]


class Shell:
    """Pickles as a call of ``os.system``."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self.command,)


def hostile(made: Path, protocol: int) -> bytes:
    """A program that makes a file when it is unpickled, without its header and end."""
    content = pickle.dumps(OrderedDict(weight=Shell(f"echo > {made}")), protocol=protocol)
    subprocess.run(
        [sys.executable, "-c", "import pickle, sys; pickle.load(sys.stdin.buffer)"], input=content, check=True
    )
    assert made.exists(), "the program does no harm: the test would say nothing"
    made.unlink()
    return content[2:-1]


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("form", FORMS)
def test_a_program_in_the_pickle_is_not_run(form: str, protocol: int, tmp_path: Path) -> None:
    made = tmp_path / "made"
    code = hostile(made, protocol)
    content = archive(code, []) if form == "zip" else legacy_file(code, [])
    with pytest.raises(CannotConvert, match=r"holds more than weights.*system.*Nothing of it was executed"):
        read(content, tmp_path)
    assert not made.exists()


@pytest.mark.parametrize("pickled", [0, 1, 2])
def test_a_program_before_the_weights_is_not_run_either(pickled: int, tmp_path: Path) -> None:
    made = tmp_path / "made"
    code = hostile(made, 2)
    starts = [pickle.dumps(value, protocol=2) for value in (0x1950A86A20F9469CFC6C, 1001)]
    with pytest.raises(CannotConvert, match="Nothing of it was executed"):
        read(b"".join(starts[:pickled]) + torch_writer.program(code), tmp_path)
    assert not made.exists()


@pytest.mark.parametrize(
    "code",
    [
        b"cbuiltins\neval\n",
        b"ctorch\nload\n",
        b"ccollections\nOrderedDict.__init__\n",
        b"ccollections\nabc.sys\n",
        b"X\x02\x00\x00\x00osX\x06\x00\x00\x00system\x93",
        b"(S'echo'\nios\nsystem\n",
        b"(cos\nsystem\nS'echo'\no",
        b"\x82\x01",
        b"Pname\n",
        b"ccollections\nOrderedDict\n)\x81",
        b"\x8c\x01a\x8c\x01b\x93",
    ],
)
def test_other_names_and_instructions_are_refused(code: bytes, tmp_path: Path) -> None:
    with pytest.raises(CannotConvert, match="Nothing of it was executed"):
        read(archive(code, []), tmp_path)


@pytest.mark.parametrize(
    "code",
    [
        b"K\x01K\x02R",
        b"ctorch\nFloatStorage\n)R",
        b"ctorch._utils\n_rebuild_tensor_v2\n)R",
        b"ctorch._utils\n_rebuild_tensor_v2\n(K\x01K\x00)))tR",
        b"(K\x01K\x02tQ",
        b"K\x01Q",
        b"u",
        b"t",
        b"}]K\x01s",
        b"K\x01K\x02K\x03s",
        b"}]]s",
        b"j\xff\xff\xff\xff",
        b"h\x05",
        b"",
        b"X\xff\xff\xff\x7fabc",
        b"J\x01",
        b"\xff",
        b"e",
        b"K\x01(K\x02e",
    ],
)
def test_a_program_that_makes_no_sense_is_called_damaged(code: bytes, tmp_path: Path) -> None:
    with pytest.raises(CannotConvert, match="damaged"):
        read(archive(code, []), tmp_path)


def rebuilt(shape: bytes, steps: bytes, start: bytes = b"K\x00", count: bytes = b"K\x04") -> bytes:
    """One tensor of a storage of four float32, described as one likes."""
    storage = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu" + count + b"tQ"
    tensor = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + start + shape + steps + b"\x89NtR"
    return b"}X\x01\x00\x00\x00w" + tensor + b"s"


FOUR = [np.arange(4, dtype="f4")]


def test_a_tensor_described_by_hand_is_read(tmp_path: Path) -> None:
    got = read(archive(rebuilt(b"K\x02\x85", b"K\x02\x85", b"K\x01"), FOUR), tmp_path)
    assert list(got["w"]) == [1, 3]


@pytest.mark.parametrize(
    "code",
    [
        rebuilt(b"K\x05\x85", b"K\x01\x85"),
        rebuilt(b"K\x04\x85", b"K\x01\x85", b"K\x01"),
        rebuilt(b"K\x02\x85", b"K\x04\x85"),
        rebuilt(b"K\x05\x85", b"K\x00\x85"),
        rebuilt(b"J\xff\xff\xff\xff\x85", b"K\x01\x85"),
        rebuilt(b"K\x02\x85", b"J\xff\xff\xff\xff\x85", b"K\x03"),
        rebuilt(b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x87", b"K\x01K\x01K\x01\x87"),
        rebuilt(b"K\x02\x85", b")"),
        rebuilt(b"X\x02\x00\x00\x00ab", b"K\x01K\x01\x86"),
        rebuilt(b"K\x04\x85", b"K\x01\x85", count=b"J\xff\xff\xff\x7f"),
        rebuilt(b"K\x04\x85", b"K\x01\x85", count=b"K\x08"),
        rebuilt(b"K\x02\x85", b"K\x01\x85", count=b"K\x03"),
    ],
)
def test_a_tensor_that_reaches_beyond_its_numbers_is_refused(code: bytes, tmp_path: Path) -> None:
    with pytest.raises(CannotConvert):
        read(archive(code, FOUR), tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a file of torch.save"),
        (b"\x89PNG\r\n\x1a\n", "not a file of torch.save"),
        (b"PK\x03\x04 and no archive", "no data.pkl"),
        (pickle.dumps([1, 2], protocol=2), "not a file of torch.save"),
        (archive(b"}", []), "no weights by name"),
        (archive(b"]", []), "no weights by name"),
        (archive(b"}X\x01\x00\x00\x00aK\x01s", []), "no weights by name"),
        (archive(rebuilt(b"K\x04\x85", b"K\x01\x85"), []), "damaged"),
        (archive(rebuilt(b"K\x04\x85", b"K\x01\x85"), FOUR, kind=zipfile.ZIP_DEFLATED), "compressed"),
        (zipped(STATE)[:-40], "no data.pkl"),
        (zipped(STATE).replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xc9", 1), "no data.pkl"),
        (legacy(STATE)[:-4], "damaged"),
        (legacy(STATE)[:500], "damaged"),
        (legacy({"w": FOUR[0]})[:-24] + struct.pack("<q", 2**60) + FOUR[0].tobytes(), "damaged"),
    ],
)
def test_other_files_are_refused_with_a_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(CannotConvert, match=said):
        read(content, tmp_path)


def test_an_archive_without_the_pickle(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("readme.txt", "hello")
    with pytest.raises(CannotConvert, match="no data.pkl"):
        read(buffer.getvalue(), tmp_path)


def test_sizes_are_bounded(tmp_path: Path) -> None:
    file = tmp_path / "large.pth"
    file.touch()
    os.truncate(file, torch_file.MOST_BYTES + 1)
    with pytest.raises(CannotConvert, match="larger than 1024 MiB"):
        torch_file.read(file)


@given(form=st.sampled_from([zipped, legacy]), data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_found_or_does_no_harm(form: Any, data: st.DataObject, tmp_path: Path) -> None:
    content = bytearray(form(STATE))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        got = read(bytes(content), tmp_path)
    except CannotConvert:
        return
    assert all(isinstance(value, np.ndarray) for value in got.values())
