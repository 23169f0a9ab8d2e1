import os
from pathlib import Path

import pytest

from extractor.cli.walk import bills_at


def names(paths: list[Path], root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in bills_at(paths)]


def make(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()


def test_a_folder_stands_for_its_bills_sorted(tmp_path: Path) -> None:
    make(tmp_path, "b.pdf", "a/z.PDF", "a/scan.tiff", "c.jpeg", "notes.txt", "c.pdf.part", "a/deep/x.png")
    assert names([tmp_path], tmp_path) == ["a/deep/x.png", "a/scan.tiff", "a/z.PDF", "b.pdf", "c.jpeg"]


def test_arguments_keep_their_order_and_pass_whatever_they_are(tmp_path: Path) -> None:
    make(tmp_path, "b.pdf", "notes.txt", "folder/a.pdf")
    given = [tmp_path / name for name in ("notes.txt", "missing.pdf", "folder", "b.pdf")]
    assert names(given, tmp_path) == ["notes.txt", "missing.pdf", "folder/a.pdf", "b.pdf"]


def test_a_link_to_a_file_is_followed_and_one_to_a_folder_is_not(tmp_path: Path) -> None:
    make(tmp_path, "real/a.pdf", "walked/own.pdf")
    (tmp_path / "walked/link.pdf").symlink_to(tmp_path / "real/a.pdf")
    (tmp_path / "walked/ring").symlink_to(tmp_path / "walked")
    assert names([tmp_path / "walked"], tmp_path) == ["walked/link.pdf", "walked/own.pdf"]


def test_a_pipe_is_passed_on_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    assert names([tmp_path], tmp_path) == ["pipe.pdf"]


def test_a_closed_folder_is_not_passed_over_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "open/a.pdf", "closed/b.pdf")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if path.endswith("closed"):  # root, whom tests may run as, may open every folder
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert names([tmp_path], tmp_path) == ["closed", "open/a.pdf"]


def test_a_name_that_no_file_can_have_is_passed_on() -> None:
    impossible = Path("x" * 300)
    assert list(bills_at([impossible])) == [impossible]
