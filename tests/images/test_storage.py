"""Both kinds of storage keep the same promises: every case runs against a directory and against a real S3 server."""

import os
import stat
import threading
import uuid
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from images.directory import FOLDERS_LOCK, UNFINISHED, UNFINISHED_SECONDS, DirectoryStorage
from images.s3 import MULTIPART_BYTES, Bucket, S3Storage
from images.storage import KeyRefused, Missing, Storage, StorageFault, storage


@pytest.fixture(params=["directory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "directory":
        return DirectoryStorage(tmp_path / "storage")
    bucket: Bucket = request.getfixturevalue("s3_server")
    return S3Storage(replace(bucket, prefix=f"some/{uuid.uuid4().hex}"))


def test_bytes_come_back(store: Storage) -> None:
    store.put("originals/a/b/c", b"\x00\xff bytes", "image/png")
    assert store.get("originals/a/b/c") == b"\x00\xff bytes"
    assert store.exists("originals/a/b/c")


def test_nothing_is_a_value_too(store: Storage) -> None:
    store.put("originals/a/b/c", b"", "image/png")
    assert store.get("originals/a/b/c") == b""


def test_a_file_goes_in_and_a_stream_comes_out(store: Storage, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"x" * 300_000)
    store.put("originals/a/b/c", tmp_path / "source", "image/png")
    with closing(store.open("originals/a/b/c")) as stream:
        assert stream.read(7) == b"x" * 7
        assert len(stream.read()) == 300_000 - 7


def test_more_than_one_part(store: Storage, tmp_path: Path) -> None:
    data = os.urandom(2**20) * (MULTIPART_BYTES // 2**20 + 2)
    (tmp_path / "source").write_bytes(data)
    store.put("originals/a/b/file", tmp_path / "source", "image/png")
    store.put("originals/a/b/bytes", data, "image/png")
    assert store.get("originals/a/b/file") == data
    assert store.get("originals/a/b/bytes") == data


def test_the_last_put_wins(store: Storage) -> None:
    store.put("renditions/a/b/c", b"one", "image/png")
    store.put("renditions/a/b/c", b"two", "image/png")
    assert store.get("renditions/a/b/c") == b"two"


def test_what_is_not_there(store: Storage) -> None:
    store.put("originals/a/b/c", b"x", "image/png")
    for key in ("originals/a/b/d", "originals/a/b", "originals/a/b/c/d"):
        assert not store.exists(key)
        with pytest.raises(Missing):
            store.get(key)
        with pytest.raises(Missing):
            store.open(key)


def test_delete_what_lies_below_a_prefix(store: Storage) -> None:
    for key in ("a/1/x", "a/1/y", "a/1/deep/z", "a/12/x", "a/2/x"):
        store.put(f"renditions/{key}", b"x", "image/webp")
    assert store.delete_prefix("renditions/a/1") == 3
    assert not store.exists("renditions/a/1/deep/z")
    assert store.exists("renditions/a/12/x")
    assert store.delete_prefix("renditions/a/1") == 0
    assert store.delete_prefix("renditions/a/2/x") == 1
    assert store.delete_prefix("renditions/nobody") == 0
    assert store.delete_prefix("renditions") == 1


@pytest.mark.parametrize(
    "key",
    ["", "/", "/etc/passwd", "a//b", "a/", "../a", "a/../b", "a/..", "a\0b", "a\\b", "a/.hidden", "a b", "x" * 600],
)
def test_keys_that_our_code_would_not_make(store: Storage, key: str) -> None:
    for use in (store.get, store.open, store.exists, store.delete_prefix):
        with pytest.raises(KeyRefused):
            use(key)
    with pytest.raises(KeyRefused):
        store.put(key, b"x", "image/png")


def test_readers_see_the_old_or_the_new_whole(store: Storage) -> None:
    sizes = {200_000, 300_000}
    store.put("renditions/a/b/c", b"x" * 200_000, "image/png")
    writer = threading.Thread(
        target=lambda: [store.put("renditions/a/b/c", b"x" * size, "image/png") for size in sorted(sizes) * 10]
    )
    writer.start()
    seen = set()
    while writer.is_alive():
        seen.add(len(store.get("renditions/a/b/c")))
    writer.join()
    assert seen <= sizes


def test_put_and_delete_at_once(store: Storage) -> None:
    """A folder that is removed as empty while a file is on its way into it doesn't lose the file."""
    faults: list[Exception] = []

    def put_often() -> None:
        for _ in range(30):
            try:
                store.put("renditions/a/b/kept", b"x", "image/png")
            except Exception as fault:
                faults.append(fault)

    writer = threading.Thread(target=put_often)
    writer.start()
    while writer.is_alive():
        store.delete_prefix("renditions/a/b")
    writer.join()
    store.put("renditions/a/b/kept", b"x", "image/png")
    assert faults == []
    assert store.exists("renditions/a/b/kept")


def test_a_source_that_is_gone(store: Storage, tmp_path: Path) -> None:
    with pytest.raises((StorageFault, FileNotFoundError)):
        store.put("originals/a/b/c", tmp_path / "nowhere", "image/png")
    assert not store.exists("originals/a/b/c")


def test_only_a_directory_has_a_path(store: Storage) -> None:
    store.put("originals/a/b/c", b"x", "image/png")
    path = store.path("originals/a/b/c")
    assert path is None if isinstance(store, S3Storage) else path and path.read_bytes() == b"x"


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    root = tmp_path / "storage"
    DirectoryStorage(root).put("originals/a/b/c", b"x", "image/png")
    for place in (root, *root.rglob("*")):
        assert stat.S_IMODE(place.stat().st_mode) == (0o700 if place.is_dir() else 0o600)


def test_no_empty_folder_and_no_half_file_stays(tmp_path: Path) -> None:
    store = DirectoryStorage(tmp_path / "storage")
    store.put("originals/a/b/c", b"x", "image/png")
    store.delete_prefix("originals/a/b")
    assert {place.name for place in (tmp_path / "storage").rglob("*")} == {UNFINISHED, FOLDERS_LOCK}


def test_what_a_crash_left_is_swept_after_a_day(tmp_path: Path) -> None:
    folder = tmp_path / UNFINISHED
    folder.mkdir()
    for name, age in (("old", UNFINISHED_SECONDS + 60), ("young", 60)):
        (folder / name).write_bytes(b"half")
        moment = (folder / name).stat().st_mtime - age
        os.utime(folder / name, (moment, moment))
    DirectoryStorage(tmp_path)
    assert [file.name for file in folder.iterdir()] == ["young"]


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "originals").write_bytes(b"a file where a folder should be")
    with pytest.raises(StorageFault):
        DirectoryStorage(tmp_path).put("originals/a/b/c", b"x", "image/png")


def test_a_wrong_secret_is_a_fault_with_a_reason(s3_server: Bucket) -> None:
    with pytest.raises(StorageFault, match="SignatureDoesNotMatch"):
        S3Storage(replace(s3_server, secret_key="wrong")).put("originals/a/b/c", b"x", "image/png")


def test_a_bucket_that_does_not_exist(s3_server: Bucket) -> None:
    with pytest.raises(StorageFault, match="NoSuchBucket"):
        S3Storage(replace(s3_server, name="nowhere")).put("originals/a/b/c", b"x", "image/png")


def test_a_server_that_does_not_answer() -> None:
    with pytest.raises(StorageFault):
        S3Storage(Bucket("any", endpoint="http://127.0.0.1:9", access_key="a", secret_key="b")).get("originals/a")


def test_the_type_travels_to_the_bucket(s3_server: Bucket) -> None:
    store = S3Storage(s3_server)
    store.put("originals/a/b/typed", b"x", "image/avif")
    assert store._client.head_object(Bucket=s3_server.name, Key="originals/a/b/typed")["ContentType"] == "image/avif"


def test_a_secret_is_not_printed(s3_server: Bucket) -> None:
    assert s3_server.secret_key not in repr(s3_server)


def test_settings_choose(settings: object, s3_server: Bucket, tmp_path: Path) -> None:
    for name, value in {
        "S3_BUCKET": s3_server.name,
        "S3_ENDPOINT": s3_server.endpoint,
        "S3_ACCESS_KEY": s3_server.access_key,
        "S3_SECRET_KEY": s3_server.secret_key,
        "S3_PREFIX": "chosen",
    }.items():
        setattr(settings, name, value)
    storage().put("originals/a/b/c", b"x", "image/png")
    assert S3Storage(s3_server).get("chosen/originals/a/b/c") == b"x"
    settings.S3_BUCKET, settings.STORAGE_DIR = "", tmp_path  # type: ignore[attr-defined]
    assert storage().path("originals/a/b/c") == tmp_path / "originals/a/b/c"
    assert storage() is storage()
