"""A folder for temporary files is gone when it is removed, whoever still writes there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from extractor.pages.scratch import made_folder, removed


@pytest.mark.parametrize("round_", range(5))
def test_removed_under_the_hands_of_a_process_that_writes_there(round_: int) -> None:
    folder = made_folder()
    for number in range(300):
        (folder / f"page-{number}").touch()
    loop = 'while :; do n=$((n+1)); : > "$0/$n" || exit; done'
    with subprocess.Popen(["sh", "-c", loop, folder], stderr=subprocess.DEVNULL) as writer:
        while not (folder / "200").exists():
            pass
        removed(folder)
        try:
            assert list(folder.parent.glob(folder.name + "*")) == []
        finally:
            writer.kill()


def test_what_is_gone_already_is_left_alone(tmp_path: Path) -> None:
    removed(tmp_path / "billclerk-none")
    assert list(tmp_path.iterdir()) == []
