"""Where `billclerk backup` writes: a name without .tar is a folder, also where none is yet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import typer

from extractor.cli.backup import _target

NOW = dt.datetime(2026, 11, 30, 2, 30, tzinfo=dt.UTC)
NAME = "billclerk-20261130-023000.tar"


def test_a_folder_that_is_not_there_is_made_for_nobody_else(tmp_path: Path) -> None:
    out = tmp_path / "backups" / "billclerk"
    assert _target(out, NOW) == _target(out, NOW) == out / NAME
    assert out.stat().st_mode & 0o777 == 0o700


def test_a_tar_file_is_one_unless_there_is_a_folder_of_that_name(tmp_path: Path) -> None:
    out = tmp_path / "b.tar"
    assert _target(out, NOW) == out
    out.mkdir()
    assert _target(out, NOW) == out / NAME


def test_a_file_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(typer.BadParameter, match="name a folder"):
        _target(tmp_path / "notes", NOW)
