"""Mail that comes in, beside the watched inbox: looked for again and again, in a thread of its own."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from threading import Event, Thread
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from extractor.base.errors import BillclerkError

if TYPE_CHECKING:
    from extractor.cli.mailing.fetching import Taking, Told

LOOK_SECONDS = 60.0
"""Seconds between two looks."""

END_SECONDS = 60.0
"""Seconds that a message in hand may take when the watch ends; one cut short is taken again."""


class Letterbox(AbstractContextManager["Letterbox"]):
    """Takes mail in while the inbox is watched; no trouble of it ends the watch."""

    def __init__(self, taking: Taking, is_json: bool, look_seconds: float = LOOK_SECONDS) -> None:
        self._taking, self._is_json, self._look_seconds = taking, is_json, look_seconds
        self._ends = Event()
        self._thread = Thread(target=self._run, name="letterbox", daemon=True)
        self._trouble = ""

    def __enter__(self) -> Letterbox:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """End, the message in hand taken first."""
        self._ends.set()
        self._thread.join(END_SECONDS)

    def _run(self) -> None:
        while not self._ends.is_set():
            try:
                for told in self._taking.all():
                    self._tell(told)
                    if self._ends.is_set():
                        return
                self._trouble = ""
            except (OSError, SQLAlchemyError, BillclerkError) as error:
                self._say(error)
            self._ends.wait(self._look_seconds)

    def _tell(self, told: Told) -> None:
        from datarequests.incoming.sources import TooLarge
        from extractor.cli.mailing.received import line_on

        if not self._is_json:
            print(line_on(told), flush=True)
        elif not isinstance(told, TooLarge):
            self._log("mail", mail=told.mail.id, request=told.mail.request_id, kind=str(told.mail.kind))

    def _say(self, error: Exception) -> None:
        """Say what stands in the way, once as long as it is the same."""
        said = str(error) if isinstance(error, BillclerkError) else type(error).__name__
        if said == self._trouble:
            return
        self._trouble = said
        if self._is_json:
            self._log("mail cannot be fetched for now", why=said)
        else:
            print(f"mail cannot be fetched for now: {said}", file=sys.stderr, flush=True)

    def _log(self, what: str, **more: object) -> None:
        import structlog

        structlog.get_logger("billclerk.mail").info(what, **more)
