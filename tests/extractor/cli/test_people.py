"""A customer handed over and erased, as a person types it."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

from extractor.home import created
from extractor.store.opening import store
from tests.extractor.made_bills import record, service
from tests.extractor.store.test_standing import Kept

COMMAND = Path(__file__).parents[3] / ".venv" / "bin" / "billclerk"
ROSTER = "customer,customer_name,account,kind\nbakery,Example Bakery,700200000001,customer\n"


def run(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments, "--home", home], capture_output=True, text=True, check=False)


def test_a_customer_is_handed_over_and_erased_and_what_stays_is_said(tmp_path: Path) -> None:
    home = created(tmp_path / "home", "").path
    with store(f"sqlite:///{home}/billclerk.db", home) as engine:
        Kept(engine).put(record("2026-06-02", service("2026-05-01", "2026-05-31")))
    (tmp_path / "roster.csv").write_text(ROSTER)
    assert run(home, "accounts", "import", tmp_path / "roster.csv").returncode == 0
    (home / "billclerk.db.before-0002-from-0001").write_bytes(b"x")

    out = tmp_path / "a.tar.gz"
    given = run(home, "customer", "export", "bakery", out)
    assert (given.returncode, "its original is missing" in given.stderr) == (1, True)
    assert given.stdout.startswith(f"1 bills in {out}: 0 files, 0 cut out of others")
    with tarfile.open(out) as archive:
        assert "README.txt" in archive.getnames()

    said = ("customer", "forget", "bakery", "--who", "Pat", "--why", "a letter")
    dry = run(home, *said, "--dry-run")
    assert "billclerk.db.before-0002-from-0001, a copy" in dry.stdout and "would be erased" in dry.stdout
    assert (home / "billclerk.db.before-0002-from-0001").exists()
    assert "backups made before hold all of this customer's data: make a new one" in dry.stderr
    run(home, "backup", tmp_path / "b.tar")
    done = run(home, *said)
    assert (done.returncode, "1 documents, 0 messages and archives erased" in done.stdout) == (0, True)
    assert "still hold all of this customer's data; the last one was made on 20" in done.stderr
    assert not (home / "billclerk.db.before-0002-from-0001").exists()
