"""A PostgreSQL server of the tests: Debian's programs, data in a temporary directory, reached by a unix socket."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER_USER = "postgres"  # the server refuses to run as root; Debian's package makes this user


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, of the newest version that is installed; None without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if found:
        return found[-1]
    on_path = shutil.which("pg_ctl")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def running() -> Iterator[str]:
    """A DATABASE_URL of an empty database on a server that ends with the block."""
    folder = programs()
    assert folder, "PostgreSQL is not installed"
    # Not below pytest's own temporary folder: the server's user may not enter that one.
    data = Path(tempfile.mkdtemp(prefix="tintype-postgres-"))
    try:
        if os.getuid() == 0:
            shutil.chown(data, SERVER_USER)
        _run(folder / "initdb", "-D", data / "data", "-A", "trust", "-U", "tintype", "-E", "UTF8", "--no-sync")
        # For tests, a lost file system is a lost file system: no fsync.
        options = f"-c listen_addresses= -c unix_socket_directories={data} -c fsync=off -c full_page_writes=off"
        _run(folder / "pg_ctl", "-D", data / "data", "-l", data / "log", "-w", "-t", "60", "-o", options, "start")
        try:
            yield f"postgresql://tintype@/postgres?host={data}"
        finally:
            _run(folder / "pg_ctl", "-D", data / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _run(*command: str | Path) -> None:
    """Run one of PostgreSQL's programs, as its user when we are root."""
    words = [str(word) for word in command]
    if os.getuid() == 0:
        words = ["runuser", "-u", SERVER_USER, "--", *words]
    run = subprocess.run(words, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    assert run.returncode == 0, run.stdout
