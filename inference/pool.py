"""Several models in one process under a memory budget: loaded on first need, the least recently used go first."""

import logging
import threading
import time
import weakref
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from inference import arena, memory
from inference.batch import Lane, Limits, Wanted, Watcher, always
from inference.errors import ModelMissing, Unavailable
from inference.model import Model
from inference.models import find
from inference.picture import check
from inference.results import Picture, Result
from inference.session import Session, Tuning, open_session, ready
from inference.weights import path_of, verify

LOADED_PER_STORED = 2
"""Bytes in memory per byte of the file, at most: a network keeps its weights, and some packed for its kernels."""
AGAIN_SECONDS = 10.0
"""So long a file that could not be loaded is not tried again, unless it changes."""

log = logging.getLogger(__name__)
Stamp = tuple[int, int, int]


@dataclass(slots=True, eq=False)
class Held:
    """A model that is loaded, or is being loaded: its queue, the file it came from, the bytes it counts for."""

    lane: Lane
    stamp: Stamp
    bytes: int
    since: float = field(default_factory=time.monotonic)

    def is_of(self, model: Model, stamp: Stamp) -> bool:
        """Whether this is the model and its file as they are now, and loading is not to be tried again."""
        failed_long_ago = self.lane.fault is not None and time.monotonic() - self.since > AGAIN_SECONDS
        return self.lane.model == model and self.stamp == stamp and not failed_long_ago


class Pool:
    """Looks at pictures with the models in ``folder``. ``budget``: bytes of all loaded models together, 0: no bound;
    the one that is needed is loaded even when it alone is larger.
    """

    def __init__(
        self,
        folder: Path,
        tuning: Tuning = Tuning(),  # noqa: B008 - it cannot be changed
        limits: Limits = Limits(),  # noqa: B008
        budget: int = 0,
        watcher: Watcher = lambda model, pictures, seconds: None,
    ) -> None:
        self.folder, self.tuning = folder, tuning
        self._limits, self._budget, self._watcher = limits, budget, watcher
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._lock = threading.Lock()
        self._missing = ready(tuning.provider)
        self._free = memory.device_free() if tuning.provider != "cpu" and not self._missing else None
        self._end = weakref.finalize(self, _stop_all, self._held)
        if self._missing:
            log.warning("%s", self._missing)

    def look(self, name: str, picture: Picture, wanted: Wanted = always) -> Result:
        """What the model ``name`` says of a picture (height x width x 3, uint8, RGB). ``wanted``: see ``Lane.look``.

        Raises ``PictureRefused``, ``ModelUnknown``, ``ModelMissing``, ``WeightsDamaged``, ``Busy``.
        """
        check(picture)
        model = find(name, self.folder)
        stamp = _stamp(model, self.folder)
        with self._lock:
            lane = self._lane(model, stamp)
            lane.enter()
        return lane.look(picture, wanted)

    def loaded(self) -> dict[str, Held]:
        """The models that are loaded or are being loaded, by name, the least recently used first."""
        with self._lock:
            return dict(self._held)

    def warnings(self) -> list[str]:
        """What the operator should know, in sentences."""
        sessions = [(name, held.lane.session) for name, held in self.loaded().items()]
        slow = [f"{name} runs on {one.provider}, not as asked" for name, one in sessions if one and not one.as_asked]
        return [self._missing, *slow] if self._missing else slow

    def close(self) -> None:
        """Let all models go; who waits gets ``Unavailable``."""
        self._end()

    def _lane(self, model: Model, stamp: Stamp) -> Lane:
        held = self._held.get(model.name)
        if held is None or not held.is_of(model, stamp):
            # With the lock held: the lane takes pictures at once, and the first that is ready does the loading.
            lane = Lane(model, partial(self._open, model, held), self._limits, self._watcher)
            held = self._held[model.name] = Held(lane, stamp, stamp[0] * LOADED_PER_STORED)
        self._held.move_to_end(model.name)
        return held.lane

    def _open(self, model: Model, former: Held | None) -> Session:
        if former:
            former.lane.close()
        while victim := self._victim(model.name):
            log.info("unloading %s to make room for %s", victim.lane.model.name, model.name)
            victim.lane.close()
            arena.give_back()
        begun = time.perf_counter()
        verify(model, self.folder)
        session = open_session(path_of(model, self.folder), self.tuning)
        log.info("loaded %s in %.0f ms, %s", model.name, (time.perf_counter() - begun) * 1e3, session.provider)
        return session

    def _victim(self, newcomer: str) -> Held | None:
        """The model to unload next; None when there is room, or nothing left to unload."""
        with self._lock:
            others = [held for name, held in self._held.items() if name != newcomer and held.lane.session]
            if not self._budget or self._used(newcomer) <= self._budget:
                return None
            if not others:
                log.warning("%s alone needs more than the budget of %d bytes", newcomer, self._budget)
                return None
            victim = min(others, key=lambda held: held.lane.inside > 0)  # of equals the first: the least recently used
            return self._held.pop(victim.lane.model.name)

    def _used(self, newcomer: str) -> int:
        """Bytes that models take once ``newcomer`` is loaded: on a GPU as it says, with what runs took besides."""
        counted = sum(held.bytes for held in self._held.values())
        needed = self._held[newcomer].bytes if newcomer in self._held else 0
        free = memory.device_free() if self._free else None
        if self._free is None or free is None:
            return counted
        return max(counted, self._free - free + needed)


def _stamp(model: Model, folder: Path) -> Stamp:
    """Tells one file of weights from another: size, time, inode. Raises ``ModelMissing``."""
    path = path_of(model, folder)
    try:
        found = path.stat()
    except OSError:
        raise ModelMissing(f"the weights of {model.name} are not here: {path}") from None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _stop_all(held: OrderedDict[str, Held]) -> None:
    while held:
        held.popitem()[1].lane.stop(Unavailable("the process that looks at pictures stops"))
