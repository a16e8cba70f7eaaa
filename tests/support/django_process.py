"""A process with Django set up. It makes a process of its own for every piece of code that it is sent, within
milliseconds; started anew, each would take a second.

Run as a program it reads jobs from its standard input, a JSON line each, and answers with a JSON line.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

SECONDS = 120


class DjangoProcess:
    """Runs code in ``folder`` with the environment of an instance."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._lock = threading.Lock()

    def run(self, code: str, *arguments: str) -> str:
        """What the code printed; ``sys.argv[1:]`` are the arguments."""
        assert self._process.stdin and self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps([code, arguments]).encode() + b"\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline() or '{"fault": "the process died"}')
        assert "fault" not in answer, answer["fault"][-4000:]
        return str(answer["out"])

    def stop(self) -> None:
        """End the process."""
        if self._process.poll() is None:
            self._process.communicate()


def _serve() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        code, arguments = json.loads(line)
        with tempfile.TemporaryFile("w+") as said:
            child = os.fork()
            if child == 0:
                _child(code, arguments, said)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            said.seek(0)
            print(json.dumps({"out" if status == 0 else "fault": said.read()}), flush=True)


def _child(code: str, arguments: list[str], said: Any) -> None:
    """Run the code and leave: what stands behind the fork belongs to the parent."""
    sys.argv = ["-c", *arguments]
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    status = 1
    with redirect_stdout(said), redirect_stderr(sys.stderr):
        try:
            exec(compile(code, "<test>", "exec"), {"__name__": "__main__"})
            status = 0
        except BaseException:
            said.write(traceback.format_exc())
        atexit._run_exitfuncs()
        said.flush()
    os._exit(status)


if __name__ == "__main__":
    _serve()
