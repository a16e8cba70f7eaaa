"""The box and the process it lives in: killed, ended, forked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from boxes import is_gone, job, make_box, ready, wait_for

from images import box as box_module
from images.box import the_box

ROOT = Path(__file__).resolve().parents[2]

PARENT = """
import os, sys, time
from images.box import Box
box = Box(children=2, seconds=30, memory_bytes=2**30, queue=9, pixels=1, preload=("tests.support.box_jobs",))
box.run("tests.support.box_jobs:nothing", {}, None)
while len(box.pids()) < 2:
    time.sleep(0.01)
if sys.argv[1] == "busy":
    box.submit("tests.support.box_jobs:sleep", {"seconds": 60}, None)
print(*box.pids(), flush=True)
if sys.argv[1] != "leave":
    time.sleep(60)
"""


def parent(way: str) -> subprocess.Popen[str]:
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", PARENT, way]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("way", ["idle", "busy"])
def test_children_die_with_a_parent_that_is_killed(way: str) -> None:
    with parent(way) as process:
        assert process.stdout is not None
        pids = [int(text) for text in process.stdout.readline().split()]
        process.kill()
    assert len(pids) == 2
    wait_for(lambda: all(is_gone(pid) for pid in pids))


def test_a_script_ends_without_a_word() -> None:
    with parent("leave") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert err == ""
    wait_for(lambda: all(is_gone(int(pid)) for pid in out.split()))


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_gets_a_box_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery's and granian's workers may be forked from a process that has used the box."""
    mine = make_box()
    monkeypatch.setattr(box_module, "_box", mine)
    try:
        pids = ready(mine, 1)
        pid = os.fork()
        if pid == 0:
            os._exit(_use_in_fork(pids))
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert mine.run(job("echo"), {}, b"still here").body == b"still here"
        assert mine.pids() == pids
    finally:
        mine.close()


def _use_in_fork(pids: list[int]) -> int:
    """0 when the forked process has another box that works."""
    try:
        reply = the_box().run("images.decode:probe", {"max_pixels": 9, "max_side": 9, "max_animation_pixels": 9}, GIF)
        mine = the_box().pids()
        the_box().close()
        return 0 if reply.facts["format"] == "gif" and not set(mine) & set(pids) else 1
    except BaseException:
        return 2


GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
