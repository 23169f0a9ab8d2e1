"""Work that takes too long is stopped between two steps, whatever it catches, and nothing stays set."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest

from extractor.pages import plumber
from extractor.pages.errors import DamagedFileError
from extractor.pages.patience import at_most
from tests.extractor.hostile.structures import length_in_a_ring


def _stubborn() -> None:
    while True:
        try:
            while True:
                pass
        except Exception:
            continue


def test_work_that_catches_everything_is_stopped() -> None:
    began = time.process_time()
    with pytest.raises(TimeoutError, match=r"0\.2 s"), at_most(0.2):
        _stubborn()
    assert 0.1 < time.process_time() - began < 1  # the kernel's timer counts in ticks, a few too many


def test_work_in_time_is_left_alone_afterwards() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with at_most(0.2):
        pass
    end = time.process_time() + 0.4
    while time.process_time() < end:
        pass
    assert signal.getsignal(signal.SIGVTALRM) == before


def test_other_threads_do_their_work_without_a_limit() -> None:
    done = []

    def work() -> None:
        with at_most(0.1):
            end = time.thread_time() + 0.3
            while time.thread_time() < end:
                pass
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def test_the_second_reader_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plumber, "SECONDS", 0.5)
    with pytest.raises(DamagedFileError, match="TimeoutError"):
        plumber.read_pages(length_in_a_ring())


def test_the_second_reader_reads_a_bill_in_time() -> None:
    bill = Path(__file__).parents[3] / "corpus" / "samples" / "d4-bundled-winter-2025.pdf"
    assert len(plumber.read_pages(bill.read_bytes())) == 4
