"""A disk that is really full, and a database server that is really gone: nothing is lost, all is done again."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import threading
import time
from pathlib import Path
from threading import Event

from sqlalchemy import Engine

from extractor.base.database import opened, reading
from extractor.base.schema import upgrade
from extractor.home import Home
from extractor.intake.inbox import Filed
from extractor.intake.watch import Trouble, Watch
from extractor.settings import ReaderSettings
from extractor.store.current import current
from tests.extractor.law import SAMPLES
from tests.servers import postgresql

ROOT = Path(__file__).parents[3]
NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
BILL = SAMPLES / "d4-bundled-winter-2025.pdf"

SCRIPT = """
set -u
mount -t tmpfs -o size=3m none "$1"
cd "$1"
billclerk="$2"
"$billclerk" init "$1/home" || exit 10
cp "$3" home/inbox/a.pdf
head -c 10000000 /dev/zero > filler 2>/dev/null
"$billclerk" ingest --home home && exit 11
cmp "$3" home/inbox/a.pdf || exit 12
rm filler
"$billclerk" ingest --home home || exit 14
test -z "$(ls home/inbox)" || exit 15
"$billclerk" verify --home home || exit 16
"$billclerk" export bills --home home --format json
"""


def test_a_disk_that_is_full_loses_nothing(tmp_path: Path) -> None:
    """On a file system of three megabytes of its own, filled to the last byte."""
    command = [ROOT / ".venv" / "bin" / "billclerk", BILL]
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", SCRIPT, "sh", tmp_path, *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"bill_status": "verified"' in done.stdout
    (said,) = (line for line in done.stderr.splitlines() if line.startswith("billclerk: "))
    assert said.endswith("nothing is lost, run it again when that is mended")
    assert "Traceback" not in done.stderr


def test_a_server_that_goes_and_comes_back_is_waited_for(home: Home) -> None:
    """PostgreSQL stopped while the watch works, and started again."""
    with postgresql.running() as server:
        engine: Engine = opened(server.database().render_as_string())
        upgrade(engine)
        watch, stop = Watch(home, engine, ReaderSettings(jobs=1), lambda: NOW), Event()
        events: list[object] = []

        def run() -> None:
            events.extend(watch.run(stop))

        server.stop()
        shutil.copy(BILL, home.inbox / "a.pdf")
        thread = threading.Thread(target=run)
        thread.start()
        time.sleep(6)
        assert (home.inbox / "a.pdf").exists()
        server.start()
        deadline = time.monotonic() + 60
        while (home.inbox / "a.pdf").exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        stop.set()
        thread.join(60)
        assert any(isinstance(event, Trouble) and "database" in event.message for event in events)
        assert [event.outcome for event in events if isinstance(event, Filed)] == ["verified"]
        with reading(engine) as session:
            assert [bill.state for bill in current(session)] == ["verified"]
        engine.dispose()
