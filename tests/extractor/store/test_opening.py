"""A store is brought up to date only by who has it alone, with a copy put aside; all others wait or are told."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from extractor.base.database import opened
from extractor.base.schema import Schema, schemas
from extractor.store import opening, schema
from extractor.store.opening import store, upgraded


def test_a_new_store_is_ready_at_once(address: str, tmp_path: Path) -> None:
    with store(address, tmp_path) as engine:
        assert schema.version(engine) == schema.newest()


def test_two_processes_work_with_one_store(address: str, tmp_path: Path) -> None:
    with store(address, tmp_path) as first, store(address, tmp_path) as second:
        assert schema.version(first) == schema.version(second)


def test_a_store_in_use_is_not_upgraded(address: str, tmp_path: Path) -> None:
    with store(address, tmp_path):
        engine = opened(address)
        with pytest.raises(schema.SchemaError, match="another billclerk works with it"):
            upgraded(engine, tmp_path)
        engine.dispose()
    engine = opened(address)
    assert not upgraded(engine, tmp_path)
    engine.dispose()


def test_a_store_that_is_being_upgraded_is_not_used(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store(address, tmp_path):
        pass
    seen = []

    def upgrade(engine: Engine) -> bool:
        with pytest.raises(schema.SchemaError, match="try again"), store(address, tmp_path):
            pass
        seen.append(engine)
        return False

    engine = opened(address)
    monkeypatch.setattr(opening, "upgrade", upgrade)
    upgraded(engine, tmp_path)
    engine.dispose()
    assert seen == [engine]


def test_an_older_store_is_copied_before_it_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "billclerk.db"
    with store(f"sqlite:///{path}", tmp_path):
        pass
    now, requests = (one.newest() for one in schemas())
    monkeypatch.setattr(Schema, "newest", lambda _: "next")
    monkeypatch.setattr(opening, "upgrade", lambda _: True)
    engine = opened(f"sqlite:///{path}")
    assert upgraded(engine, tmp_path)
    engine.dispose()
    (copy,) = tmp_path.glob(f"billclerk.db.before-next-from-{now}-and-requests-next-from-{requests}")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with sqlite3.connect(copy) as kept:
        assert kept.execute(f"SELECT version_num FROM {schema.VERSION_TABLE}").fetchone() == (now,)
    kept.close()


def test_nobody_else_can_read_the_files(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with store(f"sqlite:///{tmp_path}/billclerk.db", tmp_path) as engine, engine.begin() as connection:
            connection.execute(text("DELETE FROM finding"))
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert set(modes) >= {"billclerk.db", "billclerk.db-wal", "billclerk.db.lock"}
    assert set(modes.values()) == {0o600}
