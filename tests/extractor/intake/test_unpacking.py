"""Messages and archives are taken apart where they can do no harm, and just as they are elsewhere."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from extractor.intake import claims, unpacking
from extractor.intake.archives import ZipArchives
from extractor.intake.claims import CannotUnpackError, Origin, Part, Unpacker, all_parts
from extractor.intake.mail import Messages
from extractor.intake.unpacking import Guarded, answer_request
from extractor.pages.limits import ChildFaultError, Limits
from tests.extractor.intake.test_holders import BILL, OTHER, message, zipped

LIMITS = Limits(cpu_seconds=2, wall_seconds=60.0)


def guarded(claimer: Unpacker, limits: Limits = LIMITS) -> Guarded:
    return Guarded(claimer, limits, 100, 20)


@pytest.fixture(scope="module")
def claimers() -> Iterator[tuple[Unpacker, ...]]:
    yield guarded(Messages()), guarded(ZipArchives(100, 20))


BARE: tuple[Unpacker, ...] = (Messages(), ZipArchives(100, 20))

SLOW = (
    b"From: a@example.com\r\nTo: b@example.com\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; "
    + b"".join(b'filename*%d="a"; ' % number for number in range(100_000))
    + b"\r\n\r\n%PDF-1.4"
)  # fmt: skip
"""Two megabytes that Python's parser of messages takes minutes for."""


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.eml", message(("bill.pdf", BILL), ("notes.txt", b"call me"))),
        ("a.eml", message(("bills.zip", zipped(("a.pdf", BILL), ("b/c.pdf", OTHER))), subject="all of them")),
        ("a.eml", message()),
        ("a.zip", zipped(("a.pdf", BILL), ("of a friend.eml", message(("b.pdf", OTHER))))),
        ("a.pdf", BILL),
    ],
)
def test_what_is_inside_is_the_same_as_without_a_guard(
    claimers: tuple[Unpacker, ...], name: str, data: bytes
) -> None:
    assert list(all_parts(name, data, Origin(), claimers)) == list(all_parts(name, data, Origin(), BARE))


@pytest.mark.parametrize("data", [zipped(("a.pdf", BILL))[:-40], zipped(("a.pdf", bytes(30_000_000)))])
def test_what_is_refused_is_refused_with_the_same_words(claimers: tuple[Unpacker, ...], data: bytes) -> None:
    said = []
    for unpackers in (claimers, BARE):
        with pytest.raises(CannotUnpackError) as refused:
            list(all_parts("a.zip", data, Origin(), unpackers))
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_a_message_made_to_take_long_is_refused_in_time_and_the_next_one_is_taken_apart() -> None:
    messages = guarded(Messages())
    with pytest.raises(CannotUnpackError, match="time and memory"):
        list(messages.parts(SLOW, Origin()))
    assert [part.data for part in messages.parts(message(("bill.pdf", BILL)), Origin())] == [BILL]


def test_a_message_that_takes_too_much_memory_is_refused() -> None:
    messages = guarded(Messages(), replace(LIMITS, cpu_seconds=30, memory_bytes=300_000_000))
    large = message(("a.bin", b"")) + b"\r\n" * 30_000_000
    with pytest.raises(CannotUnpackError, match="time and memory"):
        list(messages.parts(large, Origin()))


def test_nothing_is_left_in_the_process_folder(claimers: tuple[Unpacker, ...]) -> None:
    archives = claimers[1]
    assert isinstance(archives, Guarded)
    data = zipped(("a.pdf", BILL), ("b.pdf", OTHER))
    assert len(list(archives.parts(data, Origin()))) == 2
    some = archives.parts(data, Origin())
    next(some)
    some.close()  # type: ignore[attr-defined]  # a generator
    folder = archives._child._folder
    assert folder is not None
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_disk_without_room_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    question = {"kind": "archive", "max_file_mb": 100, "max_archive_mb": 20, "origin": {"came_by": "inbox"}}
    request = json.dumps(question).encode() + b"\n" + zipped(("a.pdf", BILL))
    archives = guarded(ZipArchives(100, 20))
    monkeypatch.setattr(archives._child, "request", lambda _: answer_request(request))
    with pytest.raises(OSError, match="No space left") as trouble:
        list(archives.parts(b"", Origin()))
    assert trouble.value.errno == errno.ENOSPC


def test_a_fault_of_ours_is_not_put_on_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "TARGET", "json:loads")
    with pytest.raises(ChildFaultError):
        list(guarded(Messages()).parts(message(), Origin()))


def test_a_name_longer_than_any_is_cut(claimers: tuple[Unpacker, ...]) -> None:
    (part,) = claimers[0].parts(message(("x" * 1000 + ".pdf", BILL)), Origin())
    assert part.name == "x" * 251 + ".pdf"


def test_files_in_archives_in_archives_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some kilobytes hold thousands of archives of thousands of files each."""
    monkeypatch.setattr(claims, "MOST_FILES", 10)
    empty = zipped()
    inner = zipped(*((f"{number}", b"%d" % number) for number in range(4)))
    assert len(list(_of(zipped(("a.zip", inner), ("b.zip", inner))))) == 8  # and two archives
    for many in (
        zipped(*((f"{name}.zip", inner) for name in "abc")),
        zipped(*((f"{number}.zip", empty) for number in range(11))),
    ):
        with pytest.raises(CannotUnpackError, match="more than 10 files"):
            list(_of(many))


def _of(data: bytes) -> Iterator[Part]:
    return all_parts("a.zip", data, Origin(), BARE)
