"""Worker processes are really killed, starved and filled with garbage here; each costs its own request."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractor.pages.child import AHEAD, Child, ChildPool
from extractor.pages.limits import (
    ChildCrashedError,
    ChildError,
    ChildFaultError,
    ChildMemoryError,
    ChildOutputError,
    ChildTimeoutError,
    Limits,
)

TARGET = "tests.extractor.pages.hostile:act"
LIMITS = Limits(wall_seconds=20, cpu_seconds=20, memory_bytes=512_000_000, output_bytes=1_000_000)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def child() -> Iterator[Child]:
    with Child(TARGET, LIMITS) as child:
        yield child


def alive(pid: int) -> bool:
    """Tell whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def becomes_true(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_one_process_answers_many_requests(child: Child) -> None:
    pids = {child.request(b"pid") for _ in range(5)}
    assert pids == {str(child.pid).encode()}
    assert child.request("echo §$½".encode()) == "§$½".encode()


def test_keys_pressed_at_the_terminal_do_not_reach_it(child: Child) -> None:
    assert os.getsid(int(child.request(b"pid"))) == child.pid != os.getsid(0)


def test_large_requests_arrive_whole(child: Child) -> None:
    payload = b"x" * 900_000
    assert child.request(b"echo " + payload) == payload


@pytest.mark.parametrize(
    ("request_", "error", "says"),
    [
        (b"abort", ChildCrashedError, "Aborted"),  # what pdfium does on a text bomb
        (b"kill", ChildCrashedError, "Killed"),  # what the kernel does when memory runs out
        (b"exit 3", ChildCrashedError, "exit status 3"),
        (b"exit 0", ChildCrashedError, "exit status 0"),
        (b"eat 600", ChildMemoryError, "memory"),
        (b"long 1000001", ChildOutputError, "1000001 bytes"),
        (b"scribble", ChildOutputError, "no answer"),
        (b"raise oops", ChildFaultError, "ValueError$"),
    ],
)
def test_a_broken_request_costs_only_itself(
    child: Child, request_: bytes, error: type[ChildError], says: str
) -> None:
    before = int(child.request(b"pid"))
    with pytest.raises(error, match=says):
        child.request(request_)
    assert not alive(before)
    assert int(child.request(b"pid")) != before
    assert child.request(b"long 1000000") == bytes(1_000_000)


def test_a_fault_of_ours_is_logged_with_its_traceback(child: Child, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ChildFaultError):
        child.request(b"raise oops")
    assert "in _raise" in caplog.text
    assert "ValueError: oops" in caplog.text


def test_wall_clock_limit_ends_a_sleeper() -> None:
    with Child(TARGET, Limits(wall_seconds=0.3)) as child:
        child.request(b"pid")
        began = time.monotonic()
        with pytest.raises(ChildTimeoutError):
            child.request(b"sleep 30")
        assert time.monotonic() - began < 5
        assert child.request(b"echo next") == b"next"


def test_processor_limit_ends_a_loop_and_counts_anew_for_each_document() -> None:
    with Child(TARGET, Limits(wall_seconds=30, cpu_seconds=1)) as child:
        with pytest.raises(ChildTimeoutError, match="1 s of processor time"):
            child.request(b"spin")
        pid = child.request(b"pid")
        for _ in range(4):  # 2.8 s together, none above the limit
            child.request(b"burn 0.7")
        assert child.request(b"pid") == pid


def test_what_libraries_print_does_not_reach_the_answers(
    child: Child, capfd: pytest.CaptureFixture[str]
) -> None:
    assert child.request(b"print " + b"A" * 50) == b"printed"
    assert child.request(b"echo still in step") == b"still in step"
    assert capfd.readouterr() == ("", "")


def test_nothing_of_the_environment_but_what_is_needed_is_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLCLERK_SMTP_PASSWORD", "hunter2")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    with Child(TARGET, LIMITS) as child:
        seen = json.loads(child.request(b"environ"))
    assert "hunter2" not in seen.values()
    assert seen["TZ"] == "America/Los_Angeles"


def test_modules_beside_the_bills_are_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the folder of bills')")
    monkeypatch.chdir(tmp_path)
    with Child(TARGET, LIMITS) as child:
        path = json.loads(child.request(b"path"))
    assert "" not in path
    assert str(tmp_path) not in path


def test_replaced_after_so_many_documents() -> None:
    with Child(TARGET, Limits(requests_per_process=3)) as child:
        pids = [child.request(b"pid") for _ in range(7)]
    assert len(set(pids)) == 3
    assert len(set(pids[:3])) == len(set(pids[3:6])) == 1


def test_a_process_ended_from_outside_between_documents_costs_none(child: Child) -> None:
    os.kill(int(child.request(b"pid")), signal.SIGKILL)
    time.sleep(0.2)
    assert child.request(b"echo unharmed") == b"unharmed"


def test_a_target_that_cannot_be_imported_is_our_fault(capfd: pytest.CaptureFixture[str]) -> None:
    with Child("extractor.no_such_module:f") as child, pytest.raises(ChildFaultError, match="did not start"):
        child.request(b"")
    assert "no_such_module" in capfd.readouterr().err


def test_close_leaves_neither_process_nor_zombie(child: Child) -> None:
    pid = int(child.request(b"pid"))
    child.close()
    assert not Path(f"/proc/{pid}").exists()
    child.close()


def test_what_a_document_started_ends_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with Child(TARGET, Limits(wall_seconds=1.0)) as child, pytest.raises(ChildTimeoutError):
        child.request(f"offspring {note}".encode())
    assert becomes_true(lambda: not alive(int(note.read_text())))


def test_ends_with_its_owner_even_in_the_middle_of_a_document(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    request = f"offspring {note}".encode()
    code = f"from extractor.pages.child import Child; Child({TARGET!r}).request({request!r})"
    owner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    try:
        assert becomes_true(lambda: note.exists() and note.read_text() != "", 20)
        offspring = int(note.read_text())
        worker = int(Path(f"/proc/{offspring}/stat").read_text().rpartition(")")[2].split()[1])
    finally:
        owner.kill()
        owner.wait()
    assert becomes_true(lambda: not alive(worker) and not alive(offspring))


@pytest.mark.parametrize("act", ["sleep 60", "abort", "exit 3", "offspring {note}2", "spin", "eat 600"])
def test_temporary_files_end_with_the_process_that_was_killed(tmp_path: Path, act: str) -> None:
    note = tmp_path / "folder"
    limits = Limits(wall_seconds=1.0, memory_bytes=512_000_000)
    with Child(TARGET, limits) as child, pytest.raises(ChildError):
        child.request(f"litter-and {note} {act.format(note=note)}".encode())
    folder = Path(note.read_text())
    assert folder.name.startswith("billclerk-")
    assert list(folder.parent.glob(folder.name + "*")) == []


def test_temporary_files_end_with_the_process_that_was_closed(child: Child) -> None:
    folder = Path(child.request(b"litter").decode())
    assert [path.read_bytes() for path in folder.iterdir()] == [b"a picture of a page"]
    assert folder.stat().st_mode & 0o777 == 0o700
    child.close()
    assert list(folder.parent.glob(folder.name + "*")) == []


def test_each_process_has_a_folder_of_its_own(child: Child) -> None:
    with Child(TARGET, LIMITS) as other:
        assert child.request(b"litter") == child.request(b"litter") != other.request(b"litter")


def test_temporary_files_end_with_the_owner(tmp_path: Path) -> None:
    note = tmp_path / "folder"
    code = f"from extractor.pages.child import Child; Child({TARGET!r}).request(b'litter-for-ever {note}')"
    owner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    try:
        assert becomes_true(lambda: note.exists() and note.read_text() != "", 20)
    finally:
        owner.kill()
        owner.wait()
    folder = Path(note.read_text())
    assert becomes_true(lambda: list(folder.parent.glob(folder.name + "*")) == [])


def test_what_a_document_starts_has_its_limits(child: Child) -> None:
    child.request(b"burn 0.7")
    memory, processor = child.request(b"limits").split()
    assert int(memory) == LIMITS.memory_bytes // 1024
    assert LIMITS.cpu_seconds <= int(processor) <= LIMITS.cpu_seconds + 2


def test_processor_time_of_all_that_a_document_starts_is_counted() -> None:
    with Child(TARGET, Limits(wall_seconds=30, cpu_seconds=2)) as child:
        for _ in range(2):  # 3.2 s together, neither above the limit
            assert child.request(b"burn-outside 1.6") == b"burnt"
        pid = child.request(b"pid")
        with pytest.raises(ChildTimeoutError, match="2 s of processor time"):
            child.request(b"burn-outside 20")
        assert child.request(b"pid") != pid


def test_each_scanned_page_above_the_twentieth_adds_its_time() -> None:
    with Child(TARGET, Limits(wall_seconds=0.5, page_seconds=1.0)) as child:
        assert child.request(b"scans 24 sleep 1.5") == b"1.5"  # 0.5 + 4 x 1 s allowed
        with pytest.raises(ChildTimeoutError):
            child.request(b"scans 20 sleep 1.5")
        with pytest.raises(ChildTimeoutError):
            child.request(b"sleep 1.5")  # what one document was given is not the next one's


def test_each_scanned_page_above_the_twentieth_adds_its_processor_time() -> None:
    with Child(TARGET, Limits(wall_seconds=60, cpu_seconds=1, page_seconds=1.0)) as child:
        child.request(b"scans 22 burn 2.0")  # 1 + 2 x 1 s allowed
        with pytest.raises(ChildTimeoutError):
            child.request(b"burn 5")


def test_more_time_is_given_once_and_for_no_more_pages_than_a_file_may_have() -> None:
    with Child(TARGET, Limits(wall_seconds=0.5, page_seconds=0.01, max_pages=100)) as child:
        began = time.monotonic()
        with pytest.raises(ChildError):
            child.request(b"ask-twice")
        assert time.monotonic() - began < 5


def test_pool_keeps_the_order_and_loses_only_the_broken_requests() -> None:
    requests = [f"sleep {0.05 * (number % 3)}".encode() for number in range(20)]
    requests[4], requests[11] = b"abort", b"eat 600"
    with ChildPool(TARGET, jobs=2, limits=LIMITS) as pool:
        answers = list(pool.map_ordered(requests))
    assert isinstance(answers[4], ChildCrashedError)
    assert isinstance(answers[11], ChildMemoryError)
    for number in set(range(20)) - {4, 11}:
        assert answers[number] == requests[number].removeprefix(b"sleep ")


def test_pool_works_at_the_same_time() -> None:
    with ChildPool(TARGET, jobs=3, limits=LIMITS) as pool:
        list(pool.map_ordered([b"sleep 0.1"] * 3))  # three warm processes
        began = time.monotonic()
        assert len(list(pool.map_ordered([b"sleep 0.5"] * 6))) == 6
    assert time.monotonic() - began < 2.5  # one after the other: 3.0


def test_pool_takes_requests_only_as_they_are_needed() -> None:
    taken = 0

    def requests() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"echo x"

    with ChildPool(TARGET, jobs=2, limits=LIMITS) as pool:
        answers = pool.map_ordered(requests())
        assert next(answers) == b"x"
        assert taken <= 2 * AHEAD
        answers.close()  # type: ignore[attr-defined]  # a generator, promised only as an iterator


def test_pool_starts_no_more_processes_than_it_has_requests() -> None:
    with ChildPool(TARGET, jobs=5, limits=LIMITS) as pool:
        assert {len(list(pool.map_ordered([b"pid"]))) for _ in range(3)} == {1}
        assert len({*pool.map_ordered([b"pid"]), *pool.map_ordered([b"pid"])}) == 1
