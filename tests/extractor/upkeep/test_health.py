"""How a home is: what a monitor is told, and from when on it is told so."""

from __future__ import annotations

import configparser
import datetime as dt
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
import typer
from sqlalchemy import Engine

from extractor.base.database import writing
from extractor.base.log import redacted
from extractor.cli import app
from extractor.home import Home
from extractor.store.documents import Arrival, take
from extractor.store.shares import NetworkShareError, refuse_share
from extractor.upkeep.backup import backup
from extractor.upkeep.health import Health, Level
from extractor.upkeep.health import health as measured
from extractor.upkeep.heartbeat import Beat

ROOT = Path(__file__).parents[3]
COMMAND = ROOT / ".venv" / "bin" / "billclerk"
NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


def ago(seconds: float) -> dt.datetime:
    return NOW - dt.timedelta(seconds=seconds)


def beat(seconds: float, trouble: str | None = None) -> Beat:
    return Beat(ago(seconds), 1, 0, 0.0, trouble)


def health(**more: object) -> Health:
    fine: dict[str, object] = {
        "at": NOW,
        "beat": beat(5),
        "waiting": 0,
        "oldest_seconds": 0.0,
        "free_bytes": 80_000_000_000,
        "documents": 3,
        "states": {"verified": 3},
        "questions": 0,
        "last_taken_at": ago(60),
        "backup_at": ago(3600),
    }
    return Health(**(fine | more))  # type: ignore[arg-type]  # a table of fields


@pytest.mark.parametrize(
    ("fields", "level", "said"),
    [
        ({}, "ok", ""),
        ({"beat": None}, "warning", "nobody watches"),
        ({"beat": None, "waiting": 1}, "critical", "nobody watches"),
        ({"beat": beat(119)}, "ok", ""),
        ({"beat": beat(120)}, "warning", "nobody watches"),
        ({"beat": beat(5, "No space left on device")}, "critical", "No space left"),
        ({"waiting": 3, "oldest_seconds": 900.0}, "ok", ""),
        ({"waiting": 3, "oldest_seconds": 901.0}, "warning", "3 files wait, the oldest for 15 min"),
        ({"free_bytes": 4_900_000_000}, "warning", "4.9 GB"),
        ({"free_bytes": 900_000_000}, "critical", "0.9 GB"),
        ({"backup_at": None}, "warning", "no backup"),
        ({"backup_at": ago(26 * 3600)}, "ok", ""),
        ({"backup_at": ago(27 * 3600)}, "warning", "27 hours old"),
    ],
)
def test_what_somebody_should_look_at(fields: dict[str, object], level: Level, said: str) -> None:
    found = health(**fields)
    assert found.level == level
    assert said in "; ".join(text for _, text in found.concerns())


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)


def test_documents_that_no_backup_has_are_counted(home: Home, kept: Engine) -> None:
    backup(home, kept, home.path.parent / "a.tar", ago(60))
    with writing(kept) as session:
        for number, seconds in enumerate((90, 30, 10)):
            take(session, Arrival(f"{number:064d}", "a.pdf", 1), ago(seconds))
    assert measured(home, kept, NOW).since_backup == 2


def test_a_watch_shows_in_the_status_and_its_log_names_nobody(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run("init", home)
    assert run("status", "--check", "--home", home).returncode == 1
    watch = subprocess.Popen(
        [COMMAND, "watch", "--log", "json", "--home", home], stderr=subprocess.PIPE, text=True
    )
    try:
        (home / "inbox" / "EXAMPLE 700200000143.pdf").write_bytes(b"no bill of account 700200000143")
        deadline = time.monotonic() + 30
        while any((home / "inbox").iterdir()) and time.monotonic() < deadline:
            time.sleep(0.2)
        told = json.loads(run("status", "--format", "json", "--home", home).stdout)
        assert (told["watched"], told["waiting"], told["documents"]) == (True, 0, 1)
        metrics = run("status", "--format", "prometheus", "--home", home).stdout
        assert "billclerk_watched 1.0" in metrics
        assert 'billclerk_bills{status="unreadable"} 1.0' in metrics
        assert "newer" not in run("status", "--home", home).stdout
        assert run("backup", tmp_path / "a.tar", "--home", home).returncode == 0
        assert "ago; 0 documents are newer" in run("status", "--home", home).stdout
        done = run("status", "--check", "--home", home)
        assert (done.returncode, done.stdout) == (0, "ok: all is well\n")
        assert "watch " in run("status", "--home", home).stdout
        assert run("tick", "--home", home).returncode == 0
    finally:
        watch.send_signal(signal.SIGTERM)
        _, logged = watch.communicate(timeout=30)
    events = [json.loads(line) for line in logged.splitlines()]
    (filed,) = (event for event in events if event["event"] == "filed")
    assert (filed["outcome"], len(filed["document"])) == ("rejected", 12)
    assert "700200000143" not in logged and "EXAMPLE" not in logged


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("700200000143", "[number]"),
        ("3-008-0000-08", "[number]"),
        ("POD-ID 101760940000000118 of 12 pages", "POD-ID [number] of 12 pages"),
        ("took 12345 ms on 2026-11-25", "took 12345 ms on [number]"),  # a date looks like an account
        ("pat@example.com wrote", "[e-mail] wrote"),
        ("document 1aea113395a4", "document 1aea113395a4"),
    ],
)
def test_account_numbers_and_addresses_are_covered(text: str, shown: str) -> None:
    assert redacted(text) == shown


MOUNTS = """21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
33 21 0:40 / /mnt/share rw - nfs4 server:/bills rw
34 33 8:2 / /mnt/share/local rw - xfs /dev/sdb1 rw
35 21 0:41 / /mnt/with\\040space rw - cifs //server/bills rw
36 21 0:42 / /mnt/fuse rw - fuse.sshfs user@server: rw
"""


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("/srv/bills/billclerk.db", False),
        ("/mnt/share/bills/billclerk.db", True),
        ("/mnt/share/local/billclerk.db", False),  # a local disk mounted below the share
        ("/mnt/with space/billclerk.db", True),
        ("/mnt/fuse/billclerk.db", True),
        ("/mnt/sharedisk/billclerk.db", False),  # begins alike
    ],
)
def test_sqlite_on_a_network_share_is_refused(tmp_path: Path, path: str, refused: bool) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    if not refused:
        refuse_share(Path(path), mounts)
        return
    with pytest.raises(NetworkShareError, match="BILLCLERK_DATABASE_URL"):
        refuse_share(Path(path), mounts)


HARDENED = (
    "CapabilityBoundingSet", "LockPersonality", "NoNewPrivileges", "PrivateDevices", "PrivateTmp",
    "ProtectControlGroups", "ProtectHome", "ProtectKernelModules", "ProtectKernelTunables", "ProtectSystem",
    "RestrictAddressFamilies", "RestrictNamespaces", "RestrictSUIDSGID", "SystemCallFilter", "UMask", "User",
)  # fmt: skip


@pytest.mark.parametrize("name", ["watch", "tick", "backup"])
def test_units_are_hardened_and_run_commands_that_there_are(name: str) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names of units have capitals
    unit.read(ROOT / "deploy" / f"billclerk-{name}.service")
    service = unit["Service"]
    assert set(HARDENED) <= set(service)
    command, *options = re.split(r"\s+", service["ExecStart"])[1:]
    known = typer.main.get_group(app).commands[command]
    flags = {option for parameter in known.params for option in parameter.opts}
    assert {option for option in options if option.startswith("-")} <= flags
    if name != "watch":
        timer = (ROOT / "deploy" / f"billclerk-{name}.timer").read_text()
        assert "[Timer]" in timer and "WantedBy=timers.target" in timer


def test_the_watch_needs_nothing_but_its_folders(tmp_path: Path) -> None:
    """As the unit runs it: no home folder, an umask that hides all, nothing of the environment."""
    home = tmp_path / "home"
    environment = {"PATH": os.environ["PATH"], "BILLCLERK_HOME": str(home), "HOME": "/nonexistent"}
    subprocess.run([COMMAND, "init", home], env=environment, check=True, capture_output=True, umask=0o077)
    done = subprocess.run(
        [COMMAND, "ingest"], env=environment, capture_output=True, text=True, umask=0o077, check=False
    )
    assert (done.returncode, done.stderr) == (0, "0 files\n")
