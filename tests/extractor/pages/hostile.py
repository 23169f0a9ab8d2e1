"""Functions for the worker process of test_child.py: each does to it what a document could do."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from extractor.pages import more_time


def act(request: bytes) -> bytes:
    """Do what the request says: "VERB ARGUMENT"."""
    verb, _, argument = request.decode().partition(" ")
    return ACTS[verb](argument)


def _echo(argument: str) -> bytes:
    return argument.encode()


def _pid(argument: str) -> bytes:
    return str(os.getpid()).encode()


def _sleep(argument: str) -> bytes:
    time.sleep(float(argument))
    return argument.encode()


def _scans(argument: str) -> bytes:
    """Say that the document has so many scanned pages, then sleep or burn so many seconds."""
    pages, what, seconds = argument.split()
    more_time.for_pages(int(pages))
    return {"sleep": _sleep, "burn": _burn}[what](seconds)


def _ask_twice(argument: str) -> bytes:
    """Ask for time over and over, as a process would that somebody else has taken over."""
    while True:
        more_time.for_pages(10**9)


def _spin(argument: str) -> bytes:
    while True:
        pass


def _burn(argument: str) -> bytes:
    """Use so many seconds of processor time."""
    end = time.process_time() + float(argument)
    while time.process_time() < end:
        pass
    return b""


def _abort(argument: str) -> bytes:
    os.abort()


def _kill(argument: str) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def _exit(argument: str) -> bytes:
    os._exit(int(argument))


def _eat(argument: str) -> bytes:
    """Ask for so many million bytes."""
    return str(len(bytearray(int(argument) * 1_000_000))).encode()


def _raise(argument: str) -> bytes:
    raise ValueError(argument)


def _print(argument: str) -> bytes:
    print(argument, flush=True)
    print(argument, file=sys.stderr, flush=True)
    os.write(1, argument.encode())
    subprocess.run(["echo", argument], check=True)
    return b"printed"


def _scribble(argument: str) -> bytes:
    """Write garbage to everything that is open."""
    for descriptor in range(3, 50):
        try:
            os.write(descriptor, b"garbage instead of a frame")
        except OSError:
            continue
    return b""


def _long(argument: str) -> bytes:
    return bytes(int(argument))


def _environ(argument: str) -> bytes:
    return json.dumps(dict(os.environ)).encode()


def _path(argument: str) -> bytes:
    return json.dumps(sys.path).encode()


def _offspring(argument: str) -> bytes:
    """Start a process that outlives its parent unless the whole group is ended; note its number; wait."""
    sleeper = subprocess.Popen(["sleep", "60"])
    Path(argument).write_text(str(sleeper.pid))
    time.sleep(60)
    return b""


def _litter(argument: str) -> bytes:
    """Leave a temporary file behind, and tell where."""
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(b"a picture of a page")
    return os.fsencode(Path(file.name).parent)


def _litter_and(argument: str) -> bytes:
    """Note where the temporary files are, leave one behind, and do something else."""
    note, _, act = argument.partition(" ")
    Path(note).write_bytes(_litter(""))
    return ACTS[act.partition(" ")[0]](act.partition(" ")[2])


def _litter_for_ever(argument: str) -> bytes:
    """Have a started process write new temporary files as fast as it can; note where; wait."""
    subprocess.Popen(["sh", "-c", 'while :; do : > "$(mktemp)"; done'])
    return _litter_and(f"{argument} sleep 60")


def _limits(argument: str) -> bytes:
    """Tell which limits a started program has."""
    return subprocess.run(["sh", "-c", "ulimit -v; ulimit -t"], check=True, capture_output=True).stdout


def _burn_outside(argument: str) -> bytes:
    """Have one started process after the other use so many seconds of processor time."""
    code = "import time\nwhile time.process_time() < 0.4: pass"
    for _ in range(round(float(argument) / 0.4)):
        subprocess.run([sys.executable, "-S", "-c", code], check=True)
    return b"burnt"


ACTS: dict[str, Callable[[str], bytes]] = {
    "abort": _abort,
    "burn": _burn,
    "burn-outside": _burn_outside,
    "eat": _eat,
    "echo": _echo,
    "environ": _environ,
    "exit": _exit,
    "kill": _kill,
    "limits": _limits,
    "litter": _litter,
    "litter-and": _litter_and,
    "litter-for-ever": _litter_for_ever,
    "long": _long,
    "offspring": _offspring,
    "path": _path,
    "pid": _pid,
    "print": _print,
    "raise": _raise,
    "ask-twice": _ask_twice,
    "scans": _scans,
    "scribble": _scribble,
    "sleep": _sleep,
    "spin": _spin,
}
