"""`billclerk watch`: the inbox, until somebody ends it."""

import signal
import sys
import time
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.filed import kinds, line_on, now, unpackers
from extractor.cli.home import HomeOption, address_of, home_of
from extractor.cli.request.ticking import Ticker

if TYPE_CHECKING:
    from extractor.home import Home
    from extractor.intake.watch import Happening, Watch

Log = Literal["text", "json"]


def watch(
    log: Annotated[Log, typer.Option("--log", help="For a person, or JSON lines without names.")] = "text",
    home: HomeOption = None,
) -> None:
    """Watch the home's inbox and take in what is dropped there, until it is ended; do what requests are due.

    Mail of requests that is due goes out, and their answers are taken in, too.

    SIGTERM and Ctrl-C finish what is being read; the exit status is 0. What cannot be kept for
    now (a full disk, a database that is gone) stays in the inbox and is tried again.
    """
    from extractor.cli.mailing.letterbox import Letterbox
    from extractor.cli.mailing.outgoing import post_of
    from extractor.cli.mailing.postbox import Postbox
    from extractor.cli.mailing.received import taking as mail_taking
    from extractor.cli.settings import from_environment
    from extractor.intake.watch import Watch
    from extractor.settings import ReaderSettings
    from extractor.store.opening import store

    place = home_of(home)
    settings = from_environment(ReaderSettings, place)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tell = _json() if log == "json" else _text
    with store(address_of(place), place.path) as engine:
        if log == "text":
            print(f"watching {place.inbox}", file=sys.stderr, flush=True)
        others = kinds(place, engine, settings)
        watching = Watch(place, engine, settings, now, unpackers(settings), others)
        pulse = _Pulse(place, watching)
        ticker = Ticker(place, engine, _said_json if log == "json" else _said)

        def beat() -> None:
            pulse.beat()
            ticker.beat()

        with (
            Postbox(engine, post_of(place), stop, log == "json"),
            Letterbox(mail_taking(place, engine), log == "json"),
        ):
            for event in watching.run(stop, beat):
                pulse.heard(event)
                tell(event)


class _Pulse:
    """Leaves a sign of life every few seconds."""

    def __init__(self, home: "Home", watching: "Watch") -> None:
        self._home, self._watching = home, watching
        self._due = 0.0
        self._trouble: str | None = None

    def heard(self, event: "Happening") -> None:
        """Remember what a watch cannot do for now."""
        from extractor.intake.watch import Trouble

        self._trouble = event.message if isinstance(event, Trouble) else None
        if self._trouble:
            self._due = 0.0
        self.beat()

    def beat(self) -> None:
        """Leave a sign of life if it is time to."""
        import os

        from extractor.upkeep.heartbeat import EVERY_SECONDS, Beat, beat

        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + EVERY_SECONDS
        sign = Beat(now(), os.getpid(), self._watching.waiting, self._watching.oldest_seconds, self._trouble)
        beat(self._home, sign)


def _said(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _said_json(line: str) -> None:
    import structlog

    structlog.get_logger("billclerk.watch").info("requests", said=line)


def _text(event: "Happening") -> None:
    from extractor.cli.wording import duration
    from extractor.intake.watch import Backlog, Trouble

    match event:
        case Trouble():
            said = f"{event.message}; trying again in {event.pause:.0f} s"
        case Backlog():
            left = duration(event.seconds_left)
            said = f"{event.done:,} files taken in, {event.waiting:,} wait, about {left} left"
        case _:
            print(line_on(event), flush=True)
            return
    print(said, file=sys.stderr, flush=True)


def _json() -> Callable[["Happening"], None]:
    import structlog

    from extractor.base.log import set_up_json
    from extractor.intake.watch import Backlog, Trouble

    set_up_json()
    log = structlog.get_logger("billclerk.watch")

    def tell(event: "Happening") -> None:
        match event:
            case Trouble():
                log.error("nothing can be kept for now", why=event.message, pause_seconds=event.pause)
            case Backlog():
                log.info(
                    "backlog",
                    done=event.done,
                    waiting=event.waiting,
                    seconds_left=round(event.seconds_left),
                )
            case _:
                log.info(
                    "filed",
                    document=event.sha256[:12],
                    outcome=event.outcome,
                    bills=event.bills,
                    new=event.is_new,
                )

    return tell
