"""What the process is told: by flags, or by environment variables of the same names, for containers."""

import argparse
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROVIDERS = ("cpu", "cuda", "tensorrt")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}


@dataclass(frozen=True, slots=True)
class Configuration:
    """``memory`` and ``max_rss`` in bytes, 0: no bound. ``threads`` of a run, 0: one per core."""

    listen: str
    models: Path
    provider: str = "cpu"
    memory: int = 0
    threads: int = 0
    batch: int = 0
    queue: int = 64
    max_rss: int = 0
    socket_mode: int = 0o600
    nice: int = 0
    token: str = ""

    @property
    def socket(self) -> Path | None:
        """The unix socket to listen on; None for TCP."""
        kind, _, path = self.listen.partition(":")
        return Path(path) if kind == "unix" else None

    @property
    def host(self) -> str:
        """The address to listen on, for TCP."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port to listen on, for TCP."""
        return int(self.listen.rpartition(":")[2])

    @property
    def most(self) -> int:
        """Pictures of one run at most. A CPU takes longer per picture the more there are: they outgrow its caches."""
        return self.batch or (1 if self.provider == "cpu" else 32)

    @property
    def is_open(self) -> bool:
        """Whether anybody on the network may ask."""
        return self.socket is None and self.host not in LOOPBACK and not self.token


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag, and the environment variable that stands in for it."""

    name: str
    kind: Callable[[str], Any]
    default: str
    text: str

    def add_to(self, parser: argparse.ArgumentParser) -> None:
        """Teach ``parser`` this flag."""
        variable = f"INFERENCE_{self.name.upper().replace('-', '_')}"
        default = os.environ.get(variable, "").strip() or self.default
        text = f"{self.text} [{variable}; default {self.default or 'none'}]"
        parser.add_argument(f"--{self.name}", type=self.kind, default=default, help=text)


def number_of_bytes(text: str) -> int:
    """1500000, 512M, 4G."""
    found = re.fullmatch(r"(\d{1,15})([KMG]?)(?:i?B)?", text.strip(), re.IGNORECASE | re.ASCII)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bytes, such as 1500000, 512M or 4G")
    return int(found[1]) * UNITS[found[2].upper()]


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number between ``low`` and ``high``, both included."""

    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text.strip(), re.ASCII) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {low} to {high}")
        return int(text)

    return read


def address(text: str) -> str:
    """unix:PATH or HOST:PORT."""
    host, _, port = text.rpartition(":")
    if text.startswith("unix:") and len(os.fsencode(text[5:])) in range(1, 108):
        return text
    if not text.startswith("unix:") and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is neither unix:PATH (107 bytes at most) nor HOST:PORT")


def provider(text: str) -> str:
    """cpu, cuda or tensorrt."""
    if text not in PROVIDERS:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(PROVIDERS)}")
    return text


def mode(text: str) -> int:
    """Permissions in octal: nobody but owner and group may be given any."""
    if not re.fullmatch(r"0?[0-7][0-7]0", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} are no permissions such as 600 or 660")
    return int(text, 8)


FLAGS = (
    Flag("listen", address, "unix:inference.sock", "unix:PATH or HOST:PORT"),
    Flag("models", Path, "models", "the folder of weights"),
    Flag("provider", provider, "cpu", "cpu, cuda or tensorrt"),
    Flag("memory", number_of_bytes, "2G", "bytes of all loaded models together; 0: no bound"),
    Flag("threads", whole(0, 1024), "0", "threads of one run on the CPU; 0: one per core"),
    Flag("batch", whole(0, 1024), "0", "pictures of one run at most; 0: 1 on the CPU, 32 on a GPU"),
    Flag("queue", whole(1, 10_000), "64", "pictures that are looked at by one model or wait for it at most"),
    Flag("max-rss", number_of_bytes, "0", "resident bytes above which the worker is replaced; 0: never"),
    Flag("socket-mode", mode, "600", "permissions of the unix socket"),
    Flag("nice", whole(0, 19), "0", "how far to stand back for other processes"),
)


def token() -> str:
    """The secret that callers must show, of INFERENCE_TOKEN or the file INFERENCE_TOKEN_FILE; empty for none."""
    file = os.environ.get("INFERENCE_TOKEN_FILE", "").strip()
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get("INFERENCE_TOKEN", "").strip()
