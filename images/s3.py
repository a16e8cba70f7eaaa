"""Storage in a bucket of any S3 server, by boto3.

Only what every S3 server does is used: PUT, GET, HEAD, multipart upload, listing and deletion of many at once.
Presigned POST and If-Match are not (OpenStack Swift has neither).
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.client import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from images.errors import Missing, StorageFault
from images.keys import check_key, covers

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

MULTIPART_BYTES = 16 * 2**20
DELETE_BATCH = 1000  # the most that one request may name
READ_ATTEMPTS = 3
ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
BROKEN_READ = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError)


@dataclass(frozen=True)
class Bucket:
    """A bucket and how it is reached. Without keys boto3 looks where it always looks (instance role, its own files)."""

    name: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    path_style: bool = True
    access_key: str = ""
    secret_key: str = field(default="", repr=False)


class S3Storage:
    """Objects in a bucket. One client serves all threads of a process."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket.name
        self._prefix = f"{bucket.prefix}/" if bucket.prefix else ""
        self._client = boto3.session.Session().client(
            "s3",
            endpoint_url=bucket.endpoint or None,
            region_name=bucket.region,
            aws_access_key_id=bucket.access_key or None,
            aws_secret_access_key=bucket.secret_key or None,
            config=_config(bucket),
        )
        self._transfer = TransferConfig(multipart_threshold=MULTIPART_BYTES, multipart_chunksize=MULTIPART_BYTES)

    def put(self, key: str, source: Path | bytes, mime: str) -> None:
        """Store ``source`` under ``key``: S3 shows an object when it is whole, a multipart upload too."""
        name = self._name(key)
        with _named_faults(key), BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
            size = len(source) if isinstance(source, bytes) else source.stat().st_size
            if size < MULTIPART_BYTES:
                self._client.put_object(Bucket=self.bucket, Key=name, Body=stream, ContentType=mime)
            else:
                kind = {"ContentType": mime}
                self._client.upload_fileobj(stream, self.bucket, name, ExtraArgs=kind, Config=self._transfer)

    def get(self, key: str) -> bytes:
        """All bytes of ``key``; a connection that breaks while reading is tried again. Raises ``Missing``."""
        with _named_faults(key):
            for _ in range(READ_ATTEMPTS - 1):
                with contextlib.suppress(*BROKEN_READ):
                    return self._read(key)
            return self._read(key)

    def open(self, key: str) -> BinaryIO:
        """A stream of the bytes of ``key``. Raises ``Missing``."""
        with _named_faults(key):
            return cast(BinaryIO, self._client.get_object(Bucket=self.bucket, Key=self._name(key))["Body"])

    def path(self, key: str) -> Path | None:
        """None: the object is not on this machine."""
        return None

    def exists(self, key: str) -> bool:
        """Whether ``key`` is there."""
        try:
            with _named_faults(key):
                self._client.head_object(Bucket=self.bucket, Key=self._name(key))
        except Missing:
            return False
        return True

    def delete_prefix(self, prefix: str) -> int:
        """Remove ``prefix`` and everything below ``prefix/``, a thousand objects a request."""
        name = self._name(prefix)
        gone = 0
        with _named_faults(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=name, PaginationConfig={"PageSize": DELETE_BATCH}
            )
            for page in pages:
                found = [entry["Key"] for entry in page.get("Contents", ()) if covers(name, entry["Key"])]
                gone += self._delete(found)
        return gone

    def _delete(self, names: list[str]) -> int:
        if not names:
            return 0
        objects: list[ObjectIdentifierTypeDef] = [{"Key": name} for name in names]
        answer = self._client.delete_objects(Bucket=self.bucket, Delete={"Objects": objects, "Quiet": True})
        for error in answer.get("Errors", ()):
            raise StorageFault(f"storage: could not delete {error.get('Key')}: {error.get('Message')}")
        return len(names)

    def _read(self, key: str) -> bytes:
        body = self._client.get_object(Bucket=self.bucket, Key=self._name(key))["Body"]
        with contextlib.closing(body):
            return body.read()

    def _name(self, key: str) -> str:
        return self._prefix + check_key(key)


def _config(bucket: Bucket) -> Config:
    return Config(
        connect_timeout=3,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 4},
        max_pool_connections=64,
        tcp_keepalive=True,
        s3={"addressing_style": "path" if bucket.path_style else "auto"},
    )


@contextlib.contextmanager
def _named_faults(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in ABSENT:
            raise Missing(f"nothing is stored under {key}") from error
        raise StorageFault(f"storage: {code}: {error}") from error
    except (BotoCoreError, boto3.exceptions.Boto3Error) as error:
        raise StorageFault(f"storage: {error}") from error
