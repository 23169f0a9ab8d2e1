"""A home is made once, found, and nobody else's business."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from extractor.home import FOLDERS, Home, NoHomeError, created, found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    before = os.umask(0)
    try:
        return created(tmp_path / "bills", "# settings\n")
    finally:
        os.umask(before)


def test_nobody_else_can_look_into_a_home(home: Home) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.path.iterdir()}
    assert modes == {**dict.fromkeys(FOLDERS, 0o700), "settings.toml": 0o600}
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


def test_made_again_nothing_changes(home: Home) -> None:
    home.settings.write_text("jobs = 1\n")
    (home.inbox / "a.pdf").write_bytes(b"a")
    (home.path / "review").rmdir()
    assert created(home.path, "other") == home
    assert home.settings.read_text() == "jobs = 1\n"
    assert (home.inbox / "a.pdf").read_bytes() == b"a"
    assert home.review.is_dir()


def test_a_folder_with_other_files_is_no_place_for_a_home(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(NoHomeError, match="has other files in it"):
        created(tmp_path, "")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_home_is_found_by_option_then_environment_then_here(home: Home, tmp_path: Path) -> None:
    other = created(tmp_path / "other", "")
    environment = {"BILLCLERK_HOME": str(home.path)}
    assert found(other.path, environment, tmp_path) == other
    assert found(None, environment, other.path) == home
    assert found(None, {}, other.path) == other


@pytest.mark.parametrize("named", [True, False])
def test_where_there_is_none_it_is_said_how_to_make_one(tmp_path: Path, named: bool) -> None:
    with pytest.raises(NoHomeError, match="billclerk init" if named else "--home or BILLCLERK_HOME"):
        found(tmp_path if named else None, {}, tmp_path)


def test_a_home_that_others_may_look_into_is_refused(home: Home) -> None:
    home.path.chmod(0o755)
    with pytest.raises(NoHomeError, match=f"chmod 700 {home.path}"):
        found(home.path, {}, home.path)
