"""Files that a person has to look at: none lost, none overwritten, each with its note, however many have one name."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from extractor.home import Home
from extractor.intake import filing
from extractor.intake.filing import put_aside, put_away


def put(home: Home, data: bytes, name: str = "ViewBill.pdf", note: str = "why\n") -> None:
    path = home.inbox / name
    path.write_bytes(data)
    put_away(home, path, data, "review", note)
    assert not path.exists()


def marked(data: bytes, digits: int = 12) -> str:
    return f"ViewBill-{hashlib.sha256(data).hexdigest()[:digits]}.pdf"


def in_review(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.review.iterdir()}


def test_files_of_one_name_stand_beside_one_another_each_with_its_note(home: Home) -> None:
    for data in (b"1", b"2", b"3", b"2", b"1"):  # the last two stand there already
        put(home, data, note=f"why {data.decode()}\n")
    assert in_review(home) == {
        "ViewBill.pdf": b"1",
        "ViewBill.pdf.txt": b"why 1\n",
        marked(b"2"): b"2",
        f"{marked(b'2')}.txt": b"why 2\n",
        marked(b"3"): b"3",
        f"{marked(b'3')}.txt": b"why 3\n",
    }


def test_what_was_marked_is_known_again_when_its_own_name_is_free(home: Home) -> None:
    for data in (b"1", b"2"):
        put(home, data)
    (home.review / "ViewBill.pdf").unlink()  # a person has settled it
    (home.review / "ViewBill.pdf.txt").unlink()
    put(home, b"2")
    assert set(in_review(home)) == {marked(b"2"), f"{marked(b'2')}.txt"}


@pytest.mark.parametrize("digits", [(), (12,), (12, 24)])
def test_a_file_in_the_place_of_another_is_never_overwritten(home: Home, digits: tuple[int, ...]) -> None:
    """A person may have put a file of just that name there; so may another program, a moment ago."""
    there = {"ViewBill.pdf": b"x"} | {marked(b"1", count): b"other" for count in digits}
    for name, data in there.items():
        (home.review / name).write_bytes(data)
    put(home, b"1")
    assert there.items() <= in_review(home).items()
    assert list(in_review(home).values()).count(b"1") == 1


def test_a_file_that_is_named_as_a_note_and_the_note_are_both_kept(home: Home) -> None:
    put(home, b"a list", "ViewBill.pdf.txt", "no bill\n")
    put(home, b"1", note="why 1\n")
    kept = in_review(home)
    assert (kept["ViewBill.pdf.txt"], kept[marked(b"1")]) == (b"a list", b"1")
    assert kept[f"{marked(b'1')}.txt"] == b"why 1\n"


def test_the_note_of_a_move_that_was_broken_off_serves_the_next(home: Home) -> None:
    (home.review / "ViewBill.pdf.txt").write_bytes(b"why\n")
    put(home, b"1")
    assert in_review(home) == {"ViewBill.pdf": b"1", "ViewBill.pdf.txt": b"why\n"}


def test_another_program_that_is_faster_keeps_the_name(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the place after it was found free."""
    link = os.link

    def late(source: Path, target: Path, **more: bool) -> None:
        if target.name == "ViewBill.pdf":
            target.write_bytes(b"faster")
        link(source, target, **more)

    monkeypatch.setattr(os, "link", late)
    put(home, b"1")
    kept = in_review(home)
    assert (kept["ViewBill.pdf"], kept[marked(b"1")]) == (b"faster", b"1")


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EPERM])
def test_a_file_is_moved_from_another_disk_and_where_none_has_two_names(
    home: Home, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    link = os.link

    def refused(source: Path, target: Path, **more: bool) -> None:
        if source.parent == home.inbox or number == errno.EPERM:
            raise OSError(number, os.strerror(number))
        link(source, target, **more)

    monkeypatch.setattr(os, "link", refused)
    for data in (b"1", b"2"):
        put(home, data)
    assert {"ViewBill.pdf", marked(b"2")} <= set(in_review(home))
    assert len(in_review(home)) == 4


def test_the_thousandth_file_of_a_name_costs_no_more_than_the_second(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read and asked of the folder is counted: all files here have one size."""
    looks = 0
    holds, exists = filing._holds, Path.exists

    def counted(place: Path, data: bytes) -> bool:
        nonlocal looks
        looks += 1
        return holds(place, data)

    def asked(path: Path) -> bool:
        nonlocal looks
        looks += 1
        return exists(path)

    monkeypatch.setattr(filing, "_holds", counted)
    monkeypatch.setattr(Path, "exists", asked)
    costs = []
    for number in range(1000):
        looks = 0
        put(home, f"{number:04d}".encode())
        costs.append(looks)
    assert max(costs[1:]) == costs[1] < 10
    assert len(in_review(home)) == 2000


def test_files_that_nobody_looked_into_stand_beside_one_another(home: Home) -> None:
    for number in range(3):
        path = home.inbox / "large.pdf"
        path.write_bytes(bytes(number))
        put_aside(home, path, "too large")
    assert len([path for path in home.rejected.iterdir() if path.suffix == ".pdf"]) == 3
    assert len(list(home.rejected.glob("*.pdf.txt"))) == 3
