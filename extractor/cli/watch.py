"""`billclerk watch`: the inbox, until somebody ends it."""

import signal
import sys
from threading import Event

from extractor.cli.filed import line_on, now, unpackers
from extractor.cli.home import HomeOption, address_of, home_of


def watch(home: HomeOption = None) -> None:
    """Watch the home's inbox and take in what is dropped there, until it is ended.

    SIGTERM and Ctrl-C finish what is being read; the exit status is 0. What cannot be kept for
    now (a full disk, a database that is gone) stays in the inbox and is tried again.
    """
    from extractor.cli.settings import from_environment
    from extractor.cli.wording import duration
    from extractor.settings import ReaderSettings
    from extractor.store.opening import store
    from extractor.watch import Backlog, Trouble, Watch

    place = home_of(home)
    settings = from_environment(ReaderSettings, place)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with store(address_of(place)) as engine:
        print(f"watching {place.inbox}", file=sys.stderr, flush=True)
        for event in Watch(place, engine, settings, now, unpackers(settings)).run(stop):
            if isinstance(event, Trouble):
                print(f"{event.message}; trying again in {event.pause:.0f} s", file=sys.stderr, flush=True)
            elif isinstance(event, Backlog):
                left = duration(event.seconds_left)
                print(
                    f"{event.done:,} files taken in, {event.waiting:,} wait, about {left} left",
                    file=sys.stderr,
                    flush=True,
                )
            else:
                print(line_on(event), flush=True)
