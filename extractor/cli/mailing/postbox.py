"""The outbox beside the watched inbox: looked at again and again, in a thread of its own."""

from __future__ import annotations

import sys
from threading import Event, Thread
from types import TracebackType

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from datarequests.postman import Post, Worked, work_outbox
from datarequests.tables import OutgoingMail
from extractor.base.errors import BillclerkError
from extractor.cli.mailing.outgoing import told

LOOK_SECONDS = 20.0
"""Seconds between two looks."""

END_SECONDS = 60.0
"""Seconds that a message in hand may take when the watch ends: one cut short is one that nobody knows of."""


class Postbox:
    """Sends what is due while the inbox is watched; no trouble of it ends the watch."""

    def __init__(self, engine: Engine, post: Post, stop: Event, is_json: bool) -> None:
        self._engine, self._post, self._stop, self._is_json = engine, post, stop, is_json
        self._ends = Event()
        self._thread = Thread(target=self._run, name="postbox", daemon=True)

    def __enter__(self) -> Postbox:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End, the message in hand sent first."""
        self._ends.set()
        self._thread.join(END_SECONDS)

    def _run(self) -> None:
        while not self._ends.is_set() and not self._stop.is_set():
            try:
                for one in work_outbox(self._engine, self._post):
                    self._tell(one)
                    if self._ends.is_set() or self._stop.is_set():
                        return
            except (OSError, SQLAlchemyError, BillclerkError) as error:
                self._say("mail cannot be sent for now", why=type(error).__name__)
            self._ends.wait(LOOK_SECONDS)

    def _tell(self, one: Worked) -> None:
        if self._is_json:
            self._say("mail", mail=one.mail, request=one.request, kind=one.kind, result=str(one.result))
            return
        with Session(self._engine) as session:
            row = session.get(OutgoingMail, one.mail)
            if row is not None:
                line, is_sent = told(row, one)
                print(line, file=sys.stdout if is_sent else sys.stderr, flush=True)

    def _say(self, what: str, **more: object) -> None:
        if self._is_json:
            structlog.get_logger("billclerk.mail").info(what, **more)
        else:
            said = ", ".join(f"{name} {value}" for name, value in more.items())
            print(f"{what}: {said}", file=sys.stderr, flush=True)
