"""The box with real children: whatever a job does, it costs that job and its child, and nothing else."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from boxes import LONG, in_thread, is_gone, job, make_box, ready, wait_for

from images.box import Box, run_async
from images.errors import BoxBusy, BoxCancelled, BoxDied, BoxTimeout, JobFailed, PictureTooLarge
from variants.errors import BadOption

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def box() -> Iterator[Box]:
    box = make_box()
    yield box
    box.close()


@pytest.fixture
def two() -> Iterator[Box]:
    """A box with two children."""
    box = make_box(children=2)
    yield box
    box.close()


# ── what goes in and out ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [0, 1, 100_000, 5_000_000])
def test_bytes_go_in_and_out(box: Box, size: int) -> None:
    data = os.urandom(size)
    reply = box.run(job("echo"), {"text": "é\0", "number": 1.5}, data)
    assert reply.body == data
    assert reply.facts["arguments"] == {"text": "é\0", "number": 1.5}


def test_a_path_goes_in(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ü [1].bin").write_bytes(b"content")
    monkeypatch.chdir(tmp_path)
    assert box.run(job("echo"), {}, Path("ü [1].bin")).body == b"content"


def test_several_originals_keep_their_order(box: Box, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    others = [b"22", tmp_path / "a", *(b"x" * size for size in range(60))]
    reply = box.run(job("echo_all"), {}, b"333", others=others)
    assert reply.facts["sizes"] == [3, 2, 1, *range(60)]
    assert reply.body == b"x" * 59


def test_a_large_answer(box: Box) -> None:
    assert len(box.run(job("big_answer"), {"bytes": 30_000_000}, None).body) == 30_000_000


def test_faults_come_back_as_themselves(box: Box) -> None:
    with pytest.raises(PictureTooLarge, match=r"^The picture is 7 x 7\.$"):
        box.run(job("refuse"), {}, None)
    with pytest.raises(BadOption, match="blur: expected a number, got 'x'") as caught:
        box.run(job("refuse_option"), {}, None)
    assert (caught.value.option, caught.value.expected) == ("blur", "a number")


def test_other_exceptions_are_named_but_not_made(box: Box, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(JobFailed, match="LookupError: no such thing"):
        box.run(job("stumble"), {}, None)
    assert "in stumble" in caplog.text
    with pytest.raises(JobFailed, match="no_such_module"):
        box.run("no_such_module:probe", {}, None)


def test_jobs_run_side_by_side(two: Box) -> None:
    ready(two, 2)
    calls = [in_thread(two.run, job("sleep"), {"seconds": 0.5}, None) for _ in range(2)]
    for thread, _ in calls:
        thread.join()
    assert len({outcome[0].facts["pid"] for _, outcome in calls}) == 2


# ── what may go wrong ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["crash", "leave", "babble"])
def test_a_child_that_dies_or_raves_costs_its_job(box: Box, name: str) -> None:
    with pytest.raises(BoxDied):
        box.run(job(name), {}, None)
    assert box.run(job("echo"), {}, b"next").body == b"next"


def test_kill_9_in_the_middle_of_a_job_fails_that_job_alone(two: Box) -> None:
    ready(two, 2)
    thread, outcome = in_thread(two.run, job("sleep"), LONG, None)
    wait_for(lambda: [ticket for ticket in two._running if ticket.child])
    victim = next(iter(two._running)).child
    assert victim is not None
    other, other_outcome = in_thread(two.run, job("sleep"), {"seconds": 0.5}, None)
    os.kill(victim.pid, signal.SIGKILL)
    thread.join()
    assert isinstance(outcome[0], BoxDied)
    other.join()
    assert other_outcome[0].facts["pid"] != victim.pid
    for _ in range(4):
        assert two.run(job("echo"), {}, b"x").body == b"x"


def test_an_idle_child_that_died_costs_nothing(box: Box) -> None:
    (pid,) = ready(box, 1)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: is_gone(pid))
    assert box.run(job("echo"), {}, b"x").body == b"x"


@pytest.mark.parametrize("name", ["sleep", "drip"])
def test_the_deadline_kills(box: Box, name: str) -> None:
    (pid,) = ready(box, 1)
    with pytest.raises(BoxTimeout, match=r"0\.5 seconds"):
        box.run(job(name), LONG, None, seconds=0.5)
    wait_for(lambda: is_gone(pid))
    assert box.run(job("echo"), {}, b"x").body == b"x"


def test_memory_is_bounded(box: Box) -> None:
    with pytest.raises(JobFailed, match="MemoryError"):
        box.run(job("hoard"), {"bytes": 2**31}, None)
    assert box.run(job("echo"), {}, b"x").body == b"x"


def test_a_child_that_has_grown_is_replaced(box: Box) -> None:
    first = box.run(job("hoard"), {"bytes": 2**24}, None).facts["pid"]
    second = box.run(job("hoard"), {"bytes": 2**29}, None).facts["pid"]
    third = box.run(job("hoard"), {"bytes": 2**24}, None).facts["pid"]
    assert first == second
    assert second != third


def test_a_child_that_does_not_start_is_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    box = make_box(preload=("no_such_module",))
    try:
        with pytest.raises(BoxDied, match="could be started"):
            box.run(job("nothing"), {}, None)
    finally:
        box.close()
    assert "did not start" in caplog.text


# ── what a child has and may ─────────────────────────────────────────────────────────────────────────────────────────


def test_children_know_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_SECRET_KEY", "a-secret-of-the-parent")
    box = make_box()
    try:
        facts = box.run(job("surroundings"), {}, b"x").facts
    finally:
        box.close()
    assert "a-secret-of-the-parent" not in str(facts["environment"])
    assert not {"S3_SECRET_KEY", "PATH", "DJANGO_SETTINGS_MODULE", "USER"} & set(facts["environment"])


def test_children_have_given_up_their_rights(box: Box, tmp_path: Path) -> None:
    facts = box.run(job("surroundings"), {}, None).facts
    assert facts["no_new_privs"] == "1"
    assert facts["limits"] == {"RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0}
    with pytest.raises(JobFailed, match="File too large"):
        box.run(job("write_file"), {"path": str(tmp_path / "written")}, None)
    assert not (tmp_path / "written").exists() or not (tmp_path / "written").read_bytes()


def test_children_inherit_nothing_open_and_keep_nothing_open(box: Box) -> None:
    with open(os.devnull) as extra:
        os.set_inheritable(extra.fileno(), True)
        before = box.run(job("surroundings"), {}, None).facts["descriptors"]
        for _ in range(20):
            box.run(job("echo"), {}, b"through memory")
        assert box.run(job("surroundings"), {}, None).facts["descriptors"] == before
    assert len(before) == 4  # input, output, errors, and the folder that is being listed


def test_children_load_no_django() -> None:
    code = (
        "import sys, images.decode, variants.render, images.box_child; print([m for m in sys.modules if 'django' in m])"
    )
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_full_queue_says_so() -> None:
    box = make_box(queue=2)
    try:
        ready(box, 1)
        running = box.submit(job("sleep"), LONG, None)
        wait_for(lambda: box._running)
        waiting = [box.submit(job("nothing"), {}, None) for _ in range(2)]
        with pytest.raises(BoxBusy, match="Too many"):
            box.submit(job("nothing"), {}, None)
        box.cancel(running)
        for ticket in waiting:
            assert ticket.future.result(20).facts == {}
    finally:
        box.close()


def test_who_waits_too_long_hears_busy() -> None:
    box = make_box(seconds=0.5)
    try:
        ready(box, 1)
        box.submit(job("sleep"), LONG, None, seconds=60)
        wait_for(lambda: box._running)
        with pytest.raises(BoxBusy, match="in time"):
            box.run(job("nothing"), {}, None)
        with pytest.raises(BoxBusy, match="in time"):
            asyncio.run(run_async(job("nothing"), {}, None, box=box))
    finally:
        box.close()


def test_pixels_in_flight_are_bounded(two: Box) -> None:
    ready(two, 2)
    first = two.submit(job("sleep"), {"seconds": 0.5}, None, pixels=60)
    second = two.submit(job("sleep"), {"seconds": 0.1}, None, pixels=60)
    third = two.submit(job("sleep"), {"seconds": 0.1}, None, pixels=500)
    wait_for(lambda: two._running)
    while not first.future.done():
        assert second not in two._running
        time.sleep(0.01)
    while not second.future.done():
        assert third not in two._running
        time.sleep(0.01)
    assert third.future.result(20), "one that is larger than the budget runs alone"


def test_a_waiting_job_can_be_cancelled(box: Box) -> None:
    box.submit(job("sleep"), LONG, None)
    wait_for(lambda: box._running)
    cancelled = threading.Event()
    thread, outcome = in_thread(box.run, job("nothing"), {}, None, cancelled=cancelled)
    wait_for(lambda: box._waiting)
    cancelled.set()
    thread.join()
    assert isinstance(outcome[0], BoxCancelled)


def test_a_running_job_can_be_cancelled(box: Box) -> None:
    (pid,) = ready(box, 1)
    cancelled = threading.Event()
    thread, outcome = in_thread(box.run, job("sleep"), LONG, None, cancelled=cancelled)
    wait_for(lambda: box._running)
    cancelled.set()
    thread.join()
    assert isinstance(outcome[0], BoxCancelled)
    wait_for(lambda: is_gone(pid))
    assert box.run(job("echo"), {}, b"x").body == b"x"


def test_asyncio_gets_replies_and_faults(two: Box) -> None:
    async def main() -> list[Any]:
        calls = [run_async(job("echo"), {}, bytes([number]), box=two) for number in range(8)]
        return await asyncio.gather(*calls, run_async(job("refuse"), {}, None, box=two), return_exceptions=True)

    *replies, fault = asyncio.run(main())
    assert [reply.body for reply in replies] == [bytes([number]) for number in range(8)]
    assert isinstance(fault, PictureTooLarge)


def test_cancelling_the_await_ends_the_job(box: Box) -> None:
    async def main(pid: int) -> None:
        running = asyncio.create_task(run_async(job("sleep"), LONG, None, box=box))
        while not box._running:
            await asyncio.sleep(0.01)
        waiting = asyncio.create_task(run_async(job("nothing"), {}, None, box=box))
        while not box._waiting:
            await asyncio.sleep(0.01)
        for task in (waiting, running):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert not box._waiting
        assert (await run_async(job("echo"), {}, b"x", box=box)).body == b"x"
        assert is_gone(pid)

    asyncio.run(main(ready(box, 1)[0]))


def test_closing_ends_everything() -> None:
    box = make_box(children=2)
    pids = ready(box, 2)
    running = [box.submit(job("sleep"), LONG, None) for _ in range(3)]
    wait_for(lambda: len(box._running) == 2)
    box.close()
    box.close()
    assert all(isinstance(ticket.future.exception(5), BoxCancelled) for ticket in running)
    assert all(is_gone(pid) for pid in pids)
    with pytest.raises(BoxBusy, match="stopping"):
        box.run(job("nothing"), {}, None)
