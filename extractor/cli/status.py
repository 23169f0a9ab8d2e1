"""`billclerk status` and `tick`: how a home is, for a person, a monitor and a timer."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import Opened, opened

if TYPE_CHECKING:
    from extractor.upkeep.health import Health

Form = Literal["text", "json", "prometheus"]


def status(
    check: Annotated[
        bool, typer.Option("--check", help="One line, and exit status 0, 1 (warning) or 2 (critical).")
    ] = False,
    output: Annotated[
        Form, typer.Option("--format", help="For a person, a program, or Prometheus' text file collector.")
    ] = "text",
    home: HomeOption = None,
) -> None:
    """Say how the home is: the watch, what waits, the disk, the last bill, the last backup."""
    from extractor.upkeep.health import LEVELS

    health = _health(home)
    if check:
        said = "; ".join(text for _, text in health.concerns())
        print(f"{health.level}: {said or 'all is well'}")
        raise typer.Exit(LEVELS.index(health.level))
    if output == "json":
        print(json.dumps(dict(_facts(health))))
    elif output == "prometheus":
        sys.stdout.write(_metrics(health))
    else:
        _print(health)


def tick(home: HomeOption = None) -> None:
    """Do what is due now and then, from a timer: look at the home, and say what somebody should look at.

    The exit status is 2 where something is critical, so that the timer's failure is seen.
    """
    health = _health(home)
    for level, text in health.concerns():
        print(f"{level}: {text}", file=sys.stderr)
    raise typer.Exit(2 if health.level == "critical" else 0)


def _health(home: HomeOption) -> "Health":
    with opened(home) as at:
        return health_of(at)


def health_of(at: Opened, with_questions: bool = True) -> "Health":
    """Return how a home is, its mail with it."""
    from dataclasses import replace

    from datarequests.mail_health import mail_health
    from extractor.cli.mailing.outgoing import mail_settings
    from extractor.upkeep.health import health

    others = mail_health(at.engine, mail_settings(at.home), at.home.path, now())
    found = health(at.home, at.engine, now(), with_questions)
    return replace(found, others=tuple(others))


def _facts(health: "Health") -> Iterator[tuple[str, object]]:
    yield "level", health.level
    yield "concerns", [{"level": level, "text": text} for level, text in health.concerns()]
    yield "watched", health.is_watched
    yield "waiting", health.waiting
    yield "oldest_seconds", round(health.oldest_seconds, 1)
    yield "free_bytes", health.free_bytes
    yield "documents", health.documents
    yield "bills", health.states
    yield "questions", health.questions
    yield "last_taken_at", health.last_taken_at.isoformat() if health.last_taken_at else None
    yield "backup_at", health.backup_at.isoformat() if health.backup_at else None
    yield "documents_since_backup", health.since_backup


def _print(health: "Health") -> None:
    from extractor.cli.wording import NOTHING, duration

    def since(moment: object) -> str:
        import datetime as dt

        if not isinstance(moment, dt.datetime):
            return NOTHING
        return f"{moment:%Y-%m-%d %H:%M} UTC, {duration((health.at - moment).total_seconds())} ago"

    bills = ", ".join(f"{count:,} {name}" for name, count in sorted(health.states.items()))
    print(f"watch      {since(health.beat.at) if health.beat else 'never seen'}")
    print(f"inbox      {health.waiting} files, the oldest for {duration(health.oldest_seconds)}")
    print(f"documents  {health.documents:,}, the last one {since(health.last_taken_at)}")
    print(f"bills      {bills or NOTHING}")
    print(f"questions  {health.questions}")
    print(f"disk       {health.free_bytes / 1e9:.1f} GB left")
    newer = f"; {health.since_backup:,} documents are newer" if health.backup_at else ""
    print(f"backup     {since(health.backup_at)}{newer}")
    for level, text in health.concerns():
        print(f"{level}: {text}")


def _metrics(health: "Health") -> str:
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()

    def gauge(name: str, about: str, value: float) -> None:
        Gauge(f"billclerk_{name}", about, registry=registry).set(value)

    gauge("watched", "1 if a watch was alive in the last two minutes", health.is_watched)
    gauge("inbox_files", "files in the inbox", health.waiting)
    gauge("inbox_oldest_seconds", "age of the oldest file in the inbox", health.oldest_seconds)
    gauge("disk_free_bytes", "space left on the home's disk", health.free_bytes)
    gauge("documents", "documents kept", health.documents)
    gauge("documents_since_backup", "documents taken after the last backup", health.since_backup)
    gauge("questions", "questions that a person has to answer", health.questions)
    bills = Gauge("billclerk_bills", "current bills by status", ["status"], registry=registry)
    for name, count in sorted(health.states.items()):
        bills.labels(name).set(count)
    for name, moment in (("last_taken", health.last_taken_at), ("backup", health.backup_at)):
        if moment is not None:
            gauge(f"{name}_timestamp_seconds", f"when it was: {name.replace('_', ' ')}", moment.timestamp())
    return generate_latest(registry).decode()
