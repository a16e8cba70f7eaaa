"""OpenStack Swift as an S3 server in one process: real signature checks, real storage, nothing to install beside PyPI.

``python tests/support/swift_server.py DIR PORT`` serves S3 on 127.0.0.1:PORT (0: any free port) with its data below
DIR and prints ``ready http://127.0.0.1:<port>``. Path style, region us-east-1, access key ``test:tester``, secret
``testing``; the bucket is for the caller to create. DIR must take extended attributes. For tests, not for production.
"""

import logging
import os
import socket
import sys
import time
import warnings
from pathlib import Path
from typing import Any

ACCESS_KEY = "test:tester"
SECRET_KEY = "testing"
HOST = "127.0.0.1"
PARTS = ("account", "container", "object")
BEFORE = ("catch_errors", "gatekeeper", "healthcheck")
AFTER = ("copy", "slo", "dlo", "versioned_writes", "symlink")
PLAIN = (*BEFORE, "listing_formats", "bulk", *AFTER)
PIPELINE = (*BEFORE, "cache", "listing_formats", "bulk", "s3api", "tempauth", *AFTER, "proxy-server")

SWIFT_CONF = "[swift-hash]\nswift_hash_path_suffix = tintype\n[storage-policy:0]\nname = one\ndefault = yes\n"
PART_CONF = """\
[DEFAULT]
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
workers = 0
[app:main]
use = egg:swift#{part}
"""
PROXY_CONF = """\
[DEFAULT]
swift_dir = {folder}
workers = 0
[pipeline:main]
pipeline = {pipeline}
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:cache]
paste.filter_factory = swift_server:cache_factory
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = us-east-1
{plain}
"""


class Memory:
    """What Swift wants of memcached, in this process."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Any, float]] = {}

    def get(self, key: str, raise_on_error: bool = False) -> Any:
        value, until = self._kept.get(key, (None, 0.0))
        return value if until > time.time() else None

    def set(self, key: str, value: Any, serialize: bool = True, time: float = 0, **_: Any) -> None:
        self._kept[key] = (value, _until(time))

    def incr(self, key: str, delta: int = 1, time: float = 0) -> int:
        value = max(0, int(self.get(key) or 0) + delta)
        self._kept[key] = (value, _until(time))
        return value

    def decr(self, key: str, delta: int = 1, time: float = 0) -> int:
        return self.incr(key, -delta, time)

    def delete(self, key: str, server_key: str | None = None) -> None:
        self._kept.pop(key, None)

    def set_multi(self, mapping: dict[str, Any], server_key: str, serialize: bool = True, time: float = 0) -> None:
        for key, value in mapping.items():
            self.set(key, value, time=time)

    def get_multi(self, keys: list[str], server_key: str) -> list[Any]:
        return [self.get(key) for key in keys]


def _until(moment: float) -> float:
    """memcached's rule: a small number is a duration, a large one a date, 0 is for ever."""
    if not moment:
        return float("inf")
    return time.time() + moment if moment < 30 * 24 * 3600 else moment


def cache_factory(_: dict[str, str], **options: str) -> Any:
    """Paste filter: give every request the one ``Memory``."""
    memory = Memory()

    def filter_app(app: Any) -> Any:
        def call(environ: dict[str, Any], start_response: Any) -> Any:
            environ["swift.cache"] = memory
            return app(environ, start_response)

        return call

    return filter_app


def main(folder: Path, port: int) -> None:
    """Serve until killed."""
    warnings.simplefilter("ignore")
    import eventlet
    from swift.common import constraints, storage_policy, utils

    utils.monkey_patch()
    _write_configuration(folder)
    utils.set_swift_dir(str(folder))
    storage_policy.reload_storage_policies()
    constraints.reload_constraints()
    links = {part: eventlet.listen((HOST, 0)) for part in PARTS}
    for part, link in links.items():
        _write_ring(folder, part, link.getsockname()[1])
    for part, link in links.items():
        eventlet.spawn(_serve, folder, part, link)
    entry = eventlet.listen((HOST, port), reuse_port=False)
    eventlet.spawn(_announce, entry)
    _serve(folder, "proxy", entry)


def _announce(entry: socket.socket) -> None:
    """Say that it is ready once it answers, so after all parts are loaded."""
    import http.client

    address = entry.getsockname()
    link = http.client.HTTPConnection(*address)
    link.request("GET", "/healthcheck")
    link.getresponse().read()
    link.close()
    print(f"ready http://{HOST}:{address[1]}", flush=True)


def _serve(folder: Path, part: str, link: socket.socket) -> None:
    """The way Swift serves, less its logging and its forks."""
    from eventlet import wsgi
    from swift.common.http_protocol import SwiftHttpProtocol
    from swift.common.wsgi import loadapp

    app = loadapp(str(folder / f"{part}.conf"), global_conf={"log_name": part})
    wsgi.server(
        link, app, logging.getLogger("silent"), protocol=SwiftHttpProtocol, capitalize_response_headers=False,
        log_output=False,
    )  # fmt: skip


def _write_configuration(folder: Path) -> None:
    (folder / "devices" / "one").mkdir(parents=True, exist_ok=True)
    (folder / "swift.conf").write_text(SWIFT_CONF)
    plain = "\n".join(f"[filter:{name}]\nuse = egg:swift#{name}" for name in PLAIN)
    proxy = PROXY_CONF.format(folder=folder, pipeline=" ".join(PIPELINE), plain=plain)
    (folder / "proxy.conf").write_text(proxy)
    for part in PARTS:
        (folder / f"{part}.conf").write_text(PART_CONF.format(folder=folder, part=part))


def _write_ring(folder: Path, part: str, port: int) -> None:
    from swift.common.ring import RingBuilder

    builder = RingBuilder(2, 1, 0)
    builder.add_dev({"region": 1, "zone": 1, "ip": HOST, "port": port, "device": "one", "weight": 1.0})
    builder.rebalance()
    builder.get_ring().save(str(folder / f"{part}.ring.gz"))


if __name__ == "__main__":
    os.environ["TZ"] = "UTC+0"
    logging.disable()
    main(Path(sys.argv[1]).resolve(), int(sys.argv[2]))
