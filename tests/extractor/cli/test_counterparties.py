"""What is known of counterparties, shown and taken in, as a person types it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from extractor.home import created

ROOT = Path(__file__).parents[3]


def test_what_is_known_is_shown_with_its_source_and_a_firms_own_counts(tmp_path: Path) -> None:
    home = created(tmp_path / "bills", "")

    def run(*arguments: object, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-c", "from extractor.cli import main; main()", *map(str, arguments)],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}",
                "BILLCLERK_HOME": str(home.path),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    assert "sce  SCE 3rd Party Authorizations, 3rdparty@sce.com; version " in run("counterparties", "list")
    shown = run("counterparties", "show", "sce")
    assert "cutoff: 17:00:00* (no daily cut-off is published; the end of office hours is taken)" in shown
    assert "expected from 2014-01-01: 5 to 10 business days* (" in shown
    assert "fees seed-2026 from 2026-06-03, third parties, only where it is named* (" in shown
    assert "fax: no address is known" in shown

    text = run("counterparties", "show", "sce", "--toml")
    own = tmp_path / "acme.toml"
    own.write_text(text.replace('key = "sce"', 'key = "acme"', 1).replace("latest = 10", "latest = 20"))
    assert "acme, version" in run("counterparties", "take", own, "--who", "pat", "--dry-run")
    assert "no counterparty 'acme'" in run("counterparties", "show", "acme", status=2)
    assert "counts from now on" in run("counterparties", "take", own, "--who", "pat")
    assert "is what counts already" in run("counterparties", "take", own, "--who", "pat")
    assert "5 to 20 business days" in run("counterparties", "show", "acme")
    own.write_text(text.replace("latest = 10", "latest = 1"))
    said = run("counterparties", "take", own, "--who", "pat", status=2)
    assert "acme.toml: windows.0: Value error, the latest day comes before the earliest" in said
