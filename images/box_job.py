"""A job of the box, and the reply or fault that comes back for it."""

import importlib
import logging
import os
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from images.box_process import Child
from images.errors import JobFailed

logger = logging.getLogger(__name__)

# The only classes that a child can have raised here: a child is not trusted.
FAULT_MODULES = frozenset({"images.errors", "variants.errors"})


Original = Path | bytes


@dataclass(frozen=True)
class Reply:
    """What a job answered."""

    facts: dict[str, Any]
    body: bytes


@dataclass(eq=False)
class Ticket:
    """A job on its way through the box. ``child`` and ``cancelled`` belong to the box and change under its lock."""

    job: str
    arguments: dict[str, Any]
    original: Original | None
    seconds: float
    pixels: int
    others: Sequence[Original] = ()
    future: Future[Reply] = field(default_factory=Future)
    child: Child | None = None
    cancelled: bool = False

    def __post_init__(self) -> None:
        # From now on only the box ends the future; cancelling goes through ``Box.cancel``.
        self.future.set_running_or_notify_cancel()

    def ask(self, child: Child, deadline: float) -> Reply:
        """Have ``child`` do the job. Raises the job's own fault, or what ``Child.ask`` raises."""
        originals = (self.original, *self.others)
        paths = [None if isinstance(one, bytes) else os.path.abspath(one) if one else "" for one in originals]
        request = {"job": self.job, "arguments": self.arguments, "originals": paths}
        descriptors: list[int] = []
        try:
            descriptors.extend(_in_memory(one) for one in originals if isinstance(one, bytes))
            header, body = child.ask(request, descriptors, deadline)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        if "fault" in header:
            raise _fault(header)
        if not isinstance(header.get("facts"), dict):
            raise ValueError("a child answered without facts")
        return Reply(header["facts"], body)


def _in_memory(original: bytes) -> int:
    """A file that lies in memory alone and holds ``original``; the caller closes it."""
    descriptor = os.memfd_create("original")
    view = memoryview(original)
    while view:
        view = view[os.write(descriptor, view) :]
    return descriptor


def _fault(header: dict[str, Any]) -> Exception:
    """The fault that a child named, when its class is one of ours; else ``JobFailed``."""
    module, _, name = str(header["fault"]).partition(":")
    kind = getattr(importlib.import_module(module), name, None) if module in FAULT_MODULES else None
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        logger.error("a job in the box failed: %s", header.get("trace") or header.get("text"))
        return JobFailed(f"{header['fault']}: {header.get('text', '')}")
    fault = Exception.__new__(kind)
    fault.args = (str(header.get("text", "")),)
    vars(fault).update(header["details"] if isinstance(header.get("details"), dict) else {})
    return fault
