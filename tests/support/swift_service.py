"""Start the S3 server of the tests and make a bucket in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from images.s3 import Bucket

SCRIPT = Path(__file__).with_name("swift_server.py")


def takes_attributes(folder: Path) -> bool:
    """Whether the file system of ``folder`` keeps extended attributes, which Swift needs."""
    try:
        os.setxattr(folder, "user.probe", b"1")
    except OSError:
        return False
    return True


@contextmanager
def running(folder: Path) -> Iterator[Bucket]:
    """A bucket on a server whose data lie in ``folder``; the server ends with the block."""
    command = [sys.executable, str(SCRIPT), str(folder), "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        word, _, address = server.stdout.readline().strip().partition(" ")
        assert word == "ready", f"Swift did not start: {' '.join(command)}"
        bucket = Bucket("tintype", endpoint=address, access_key="test:tester", secret_key="testing")
        _make(bucket)
        yield bucket
    finally:
        server.kill()
        server.communicate()


def _make(bucket: Bucket) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
    )
    client.create_bucket(Bucket=bucket.name)
    client.close()
