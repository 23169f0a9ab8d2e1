"""The requests of the sample run: a script of commands that a person may type, with made-up names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from extractor.home import created

ROOT = Path(__file__).parents[3]


def test_the_sample_requests_are_drafted_and_reported(tmp_path: Path) -> None:
    home = created(tmp_path / "bills", "")
    command = tmp_path / "billclerk"
    command.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'from extractor.cli import main; main()' \"$@\"\n"
    )
    command.chmod(0o755)
    done = subprocess.run(
        [ROOT / ".ci/show-requests", command, home.path],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "missing: option 5 of 8000000999" in done.stdout
    assert "2 open, 1 past the expected window, 1 waiting on us, 1 partial" in done.stdout
    assert list((home.path / "outbox").glob("*.eml")) == []  # nothing was released
