"""Bills and readings of known loads put into the stores, and the command asked about them."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from array import array
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine
from sqlmodel import select

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals.given import Channel, Readings, Series
from extractor.model import Bill, ReadResult, Service, Status
from extractor.model import Document as File
from extractor.store.tables import Document
from tests.extractor.intervals.held.stored import kept as keep
from tests.extractor.store.test_standing import Kept

ACCOUNT = "8000000001"


def of_account(service: Service, account: str = ACCOUNT, **more: Any) -> Service:
    """Return a service as another account's, its status verified."""
    return service.model_copy(update={"service_account": account, "status": "verified", **more})


def bill(
    *services: Service, account: str = "700200000001", issuer: str = "SCE", made_on: dt.date | None = None
) -> ReadResult:
    """Return a bill of some services, made two days after their last day."""
    last = max(one.period.end for one in services if one.period)
    made = Bill(
        issuer=issuer,
        customer_account=account,
        statement_date=made_on or last + dt.timedelta(days=2),
        services=services,
    )
    document = File(path="a.pdf", reader="test", source="text")
    return ReadResult(document=document, status=Status.VERIFIED, bill=made)


def put(engine: Engine, *bills: ReadResult) -> None:
    """Keep bills, one document each."""
    store = Kept(engine)
    with reading(engine) as session:
        store.count = len(session.exec(select(Document.id)).all())
    for one in bills:
        store.put(one)


def import_load(
    home: Home,
    engine: Engine,
    values: Mapping[int, int],
    name: str = "load",
    account: str = ACCOUNT,
    channel: Channel = "delivered",
    meter: str | None = None,
    seconds: int = 900,
    is_confirmed: bool = True,
) -> None:
    """Import readings of an account by the instants at which they begin."""
    series = Series(channel, service_account=account, meter=meter)
    starts, lengths = array("q", values), array("q", [seconds]) * len(values)
    thousandths = array("q", values.values())
    keep(home, engine, name, [Readings(series, starts, lengths, thousandths, is_confirmed=is_confirmed)])


def command(home: Home, address: str, *arguments: str, status: int = 0) -> str:
    """Run billclerk on a home and its database; return what it prints, or why it refuses."""
    database = {"BILLCLERK_DATABASE_URL": address}
    done = subprocess.run(
        [sys.executable, "-c", "from extractor.cli import main; main()", *arguments, "--home", home.path],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **database},
    )
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def told(home: Home, address: str, *options: str) -> list[dict[str, Any]]:
    """Return what `billclerk join` says, as JSON."""
    said = command(home, address, "join", "--format", "json", *options)
    return [json.loads(line) for line in said.splitlines()]
