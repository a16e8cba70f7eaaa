"""The queue before a model, with a real network that sums its pictures."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tiny_networks
from onnx import TensorProto

from inference.batch import Lane, Limits, Wanted, always
from inference.errors import Abandoned, Busy, InferenceFault, PictureRefused, Unavailable, WeightsDamaged
from inference.model import Architecture, Array, Model, Prepared, Weights
from inference.results import Picture, Result, Saliency
from inference.session import Session, open_session

POISON, RIDDLE = 13, 14
"""Pictures that begin with these cannot be prepared, and cannot be interpreted."""
WAIT = 60


def prepare(picture: Picture, weights: Weights) -> Sequence[Prepared]:
    if picture[0, 0, 0] == POISON:
        raise PictureRefused("poison")
    halves = [picture, picture[::2]] if picture.shape[1] == 2 else [picture]
    return [Prepared(half.transpose(2, 0, 1).astype(np.float32)) for half in halves]


def interpret(outputs: Sequence[Mapping[str, Array]], prepared: Sequence[Prepared], weights: Weights) -> Result:
    if prepared[0].tensor[0, 0, 0] == RIDDLE:
        raise ZeroDivisionError("riddle")
    return Saliency(np.array([[float(out["sum"]) for out in outputs]], np.float32))


MODEL = Model(Architecture("sums", "saliency", prepare, interpret), Weights("sums", "sums.onnx", "", 0, "none"))


class Place:
    """A lane whose network is loaded when ``open`` is set, and the batches it ran."""

    def __init__(self, file: Path, limits: Limits) -> None:
        self.open, self.batches = threading.Event(), list[int]()
        self._file, self.interrupt = file, False
        self._threads = ThreadPoolExecutor(64)
        self.lane = Lane(MODEL, self._opened, limits, lambda model, pictures, seconds: self.batches.append(pictures))

    def _opened(self) -> Session:
        self.open.wait(WAIT)
        if self.interrupt:
            self.interrupt = False
            raise KeyboardInterrupt
        return open_session(self._file)

    def ask(self, picture: Picture, wanted: Wanted = always) -> Future[Result]:
        """Look at a picture in a thread of its own."""
        self.lane.enter()
        return self._threads.submit(self.lane.look, picture, wanted)

    def wait_until_prepared(self, jobs: int) -> None:
        deadline = time.monotonic() + WAIT
        while self.lane.ready < jobs and time.monotonic() < deadline:
            time.sleep(0.005)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Place]]:
    places = []

    def making(batch: int = 8, queue: int = 64, exported: int | str = "n", kind: int = TensorProto.FLOAT) -> Place:
        file = tiny_networks.sums(tmp_path / f"sums-{len(places)}.onnx", exported, kind)
        places.append(Place(file, Limits(batch, queue)))
        return places[-1]

    yield making
    for place in places:
        place.open.set()
        place.lane.close()


def picture(value: int, height: int = 4, width: int = 3) -> Picture:
    return np.full((height, width, 3), value, np.uint8)


def total(result: Result) -> list[float]:
    assert isinstance(result, Saliency)
    return [float(value) for value in result.values[0]]


def test_what_queued_shares_a_run(make: Callable[..., Place]) -> None:
    place = make()
    answers = [place.ask(picture(value)) for value in range(1, 6)]
    place.wait_until_prepared(5)
    place.open.set()
    assert [total(answer.result(WAIT)) for answer in answers] == [[36.0 * value] for value in range(1, 6)]
    assert place.batches == [5]


def test_a_batch_has_a_limit(make: Callable[..., Place]) -> None:
    place = make(batch=2)
    answers = [place.ask(picture(value)) for value in range(5)]
    place.wait_until_prepared(2)
    place.open.set()
    assert [total(answer.result(WAIT)) for answer in answers] == [[36.0 * value] for value in range(5)]
    assert sum(place.batches) == 5
    assert max(place.batches) == 2


def test_pictures_of_one_shape_share_a_run_the_oldest_first(make: Callable[..., Place]) -> None:
    place = make()
    shapes = [(4, 3), (5, 3), (4, 3), (5, 3), (4, 3)]
    answers = []
    for height, width in shapes:
        answers.append(place.ask(picture(1, height, width)))
        place.wait_until_prepared(len(answers))
    place.open.set()
    assert [total(answer.result(WAIT)) for answer in answers] == [[h * w * 3.0] for h, w in shapes]
    assert place.batches == [3, 2]


def test_a_picture_may_need_several_inputs(make: Callable[..., Place]) -> None:
    place = make()
    answers = [place.ask(picture(value, width=2)) for value in (1, 2)]
    place.wait_until_prepared(2)
    place.open.set()
    assert [total(answer.result(WAIT)) for answer in answers] == [[24, 12], [48, 24]]
    assert place.batches == [2]


def test_a_network_for_one_picture_gets_one(make: Callable[..., Place]) -> None:
    place = make(exported=1)
    answers = [place.ask(picture(value)) for value in range(4)]
    place.open.set()
    assert [total(answer.result(WAIT)) for answer in answers] == [[36.0 * value] for value in range(4)]
    assert place.batches == [1, 1, 1, 1]


def test_half_precision_goes_in_and_out_as_single(make: Callable[..., Place]) -> None:
    place = make(kind=TensorProto.FLOAT16)
    place.open.set()
    assert total(place.ask(picture(3)).result(WAIT)) == [108.0]


@pytest.mark.parametrize(("bad", "fault"), [(POISON, PictureRefused), (RIDDLE, InferenceFault)])
def test_who_fails_fails_alone(make: Callable[..., Place], bad: int, fault: type[Exception]) -> None:
    place = make()
    answers = [place.ask(picture(value)) for value in (1, bad, 2)]
    place.open.set()
    with pytest.raises(fault):
        answers[1].result(WAIT)
    assert [total(answers[place].result(WAIT)) for place in (0, 2)] == [[36.0], [72.0]]


def test_a_picture_that_breaks_a_run_breaks_its_own_alone(make: Callable[..., Place], tmp_path: Path) -> None:
    place = make()
    tiny_networks.picky(tmp_path / "sums-0.onnx", below=100)
    answers = [place.ask(picture(value)) for value in (1, 2, 200, 3)]
    place.wait_until_prepared(4)
    place.open.set()
    with pytest.raises(InferenceFault):
        answers.pop(2).result(WAIT)
    assert [total(answer.result(WAIT)) for answer in answers] == [[36.0], [72.0], [108.0]]


def test_a_full_queue_is_busy(make: Callable[..., Place]) -> None:
    place = make(queue=3)
    answers = [place.ask(picture(1)) for _ in range(3)]
    with pytest.raises(Busy):
        place.ask(picture(1))
    place.open.set()
    assert [total(answer.result(WAIT)) for answer in answers] == [[36.0]] * 3


def test_who_does_not_wait_any_more_takes_no_place(make: Callable[..., Place]) -> None:
    place = make(batch=1, queue=3)
    first = place.ask(picture(1))
    place.wait_until_prepared(1)
    for answer in [place.ask(picture(2), lambda: False) for _ in range(2)]:
        with pytest.raises(Abandoned):
            answer.result(WAIT)
    third = place.ask(picture(3))
    place.open.set()
    assert [total(answer.result(WAIT)) for answer in (first, third)] == [[36.0], [108.0]]
    assert sum(place.batches) == 2


def test_who_leaves_while_it_waits_for_its_run_is_left_out(make: Callable[..., Place]) -> None:
    place = make(batch=2)
    first = place.ask(picture(1))
    place.wait_until_prepared(1)
    second = place.ask(picture(2), lambda: False)
    with pytest.raises(Abandoned):
        second.result(WAIT)
    third = place.ask(picture(3))
    place.wait_until_prepared(2)
    place.open.set()
    assert [total(answer.result(WAIT)) for answer in (first, third)] == [[36.0], [108.0]]
    assert place.batches == [2]


def test_who_leaves_while_it_is_looked_at_changes_nothing(make: Callable[..., Place]) -> None:
    place = make()
    answer = place.ask(picture(1), lambda: False)
    place.open.set()
    assert total(answer.result(WAIT)) == [36.0]


def test_who_is_interrupted_while_it_loads_leaves_the_rest_to_others(make: Callable[..., Place]) -> None:
    place = make()
    place.interrupt = True
    place.open.set()
    with pytest.raises(KeyboardInterrupt):
        place.ask(picture(1)).result(WAIT)
    assert total(place.ask(picture(2)).result(WAIT)) == [72.0]


def test_who_is_interrupted_while_it_runs_tells_those_who_ran_with_it(
    make: Callable[..., Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = make()
    answers = [place.ask(picture(value)) for value in (1, 2, 3)]
    place.wait_until_prepared(3)
    with monkeypatch.context() as patch:
        patch.setattr(Session, "run", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        place.open.set()
        faults = [answer.exception(WAIT) for answer in answers]
    assert sorted(type(fault).__name__ for fault in faults) == ["InferenceFault", "InferenceFault", "KeyboardInterrupt"]
    assert total(place.ask(picture(2)).result(WAIT)) == [72.0]


def test_weights_that_cannot_be_loaded_fail_all_who_wait(make: Callable[..., Place], tmp_path: Path) -> None:
    place = make()
    (tmp_path / "sums-0.onnx").write_bytes(b"no network")
    answers = [place.ask(picture(1)) for _ in range(3)]
    place.open.set()
    for answer in answers:
        with pytest.raises(WeightsDamaged):
            answer.result(WAIT)
    with pytest.raises(WeightsDamaged):
        place.ask(picture(1))


def test_closing_finishes_what_waits(make: Callable[..., Place]) -> None:
    place = make()
    answers = [place.ask(picture(1)) for _ in range(20)]
    place.open.set()
    place.lane.close()
    assert [total(answer.result(WAIT)) for answer in answers] == [[36.0]] * 20


def test_stopping_tells_who_waits(make: Callable[..., Place]) -> None:
    place = make(batch=1)
    answers = [place.ask(picture(1)) for _ in range(5)]
    threading.Timer(0.05, place.open.set).start()
    place.lane.stop(Unavailable("stopping"))
    for answer in answers:
        with pytest.raises(Unavailable):
            answer.result(WAIT)


def test_many_threads_get_their_own_answers(make: Callable[..., Place]) -> None:
    place = make(batch=4, queue=1000)
    place.open.set()
    wrong = []

    def ask(start: int) -> None:
        for value in range(start, start + 40):
            place.lane.enter()
            result = place.lane.look(picture(value % 12, height=1 + value % 5))
            if total(result) != [(value % 12) * 9.0 * (1 + value % 5)]:
                wrong.append(value)

    threads = [threading.Thread(target=ask, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert wrong == []
    assert sum(place.batches) == 320
