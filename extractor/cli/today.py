"""`billclerk today`: the work list of a day, each line with the command that acts on it."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import Opened, opened
from extractor.cli.portfolio import ManagerOption, local_day, refuse_unknown, told_partly
from extractor.cli.wanted import CustomerOption

if TYPE_CHECKING:
    from sqlmodel import Session

    from extractor.portfolio.seen import Seen
    from extractor.portfolio.today.asked import Around
    from extractor.portfolio.today.model import Asked, Today
    from extractor.portfolio.today.others import Beside

Form = Literal["table", "html"]

MOST_BESIDE = 500
"""Bills that arrived and are put beside their meters, at most."""


def today(
    customer: CustomerOption = None,
    manager: ManagerOption = None,
    since: Annotated[
        dt.datetime | None,
        typer.Option(
            "--since",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            help="What arrived and changed since, in Los Angeles; by default the working day before.",
        ),
    ] = None,
    output_format: Annotated[
        Form, typer.Option("--format", help="For the terminal, or as a page.")
    ] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="The file to write, else standard output.")
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Put it into the outbox, for each manager what is that manager's.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="With --send: also if today's was put there before.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Print what arrived, what needs a person, what is late, due, odd or changed, and what to do about it."""
    from extractor.base.database import reading

    moment = now()
    with opened(home) as at:
        begin = _moment(since) or _working_day_before(at, moment)
        if send:
            if customer is not None:
                raise typer.BadParameter("each manager gets what is that manager's; name --manager, or none")
            _sent(at, manager, begin, moment, again)
            return
        with reading(at.engine) as session:
            refuse_unknown(session, customer, manager)
            told_partly(session, customer)
            found = _made(at, session, _asked(moment, begin, customer, manager))
            title = _title(session, customer, manager)
    _written(at, found, title, output_format, output)


def _asked(moment: dt.datetime, since: dt.datetime, customer: str | None, manager: str | None) -> "Asked":
    from extractor.portfolio.today.model import Asked

    return Asked(moment, since, local_day(moment), customer, manager)


def _working_day_before(at: Opened, moment: dt.datetime) -> dt.datetime:
    from extractor.base.database import reading
    from extractor.cli.request.told import working_day_before

    with reading(at.engine) as session:
        return working_day_before(session, moment)


def _moment(given: dt.datetime | None) -> dt.datetime | None:
    from extractor.cli.report import moment_of

    return moment_of(given, dt.time())


def _made(at: Opened, session: "Session", asked: "Asked", seen: "Seen | None" = None) -> "Today":
    from extractor.portfolio.seen import Seen
    from extractor.portfolio.today.asked import today as made

    seen = seen or Seen(session, asked.customer)
    return made(session, asked, _around(at, session, asked, seen), seen)


def _around(at: Opened, session: "Session", asked: "Asked", seen: "Seen") -> "Around":
    """Return what is no question to the store of bills: people, rules, meters, and how the service is."""
    from extractor.cli.request.told import people_of, rules_of
    from extractor.cli.settings import from_environment
    from extractor.cli.status import health_of
    from extractor.portfolio.today.asked import Around
    from extractor.settings import CoverageSettings

    return Around(
        people=people_of(session),
        rules=rules_of(at.home),
        concerns=[text for _, text in health_of(at, with_questions=False).concerns()] if asked.is_all else (),
        beside=_beside(at, session, asked, seen),
        grace=from_environment(CoverageSettings, at.home).coverage_grace_days,
    )


def _beside(at: Opened, session: "Session", asked: "Asked", seen: "Seen") -> "Beside":
    """Return what meters say of the bills that arrived."""
    from extractor.cli.metered import meters_beside
    from extractor.intervals.short import Metered
    from extractor.portfolio.today.arrived import arrivals
    from extractor.store.current import Wanted
    from extractor.store.metered import has_readings

    if not has_readings(session):
        return {}
    hashes = dict.fromkeys(bill.sha256 for bill, _ in arrivals(seen, asked))
    found: dict[tuple[int, int], Metered] = {}
    for sha256 in list(hashes)[:MOST_BESIDE]:
        found.update(meters_beside(at, session, Wanted(sha256=sha256)))
    return found


def _title(session: "Session", customer: str | None, manager: str | None) -> str:
    from extractor.cli.request.told import people_of

    people = people_of(session)
    names = [people.customer(customer)] if customer else []
    names += [people.manager(manager)] if manager else []
    return f"Today: {', '.join(names)}" if names else "Today"


def _written(at: Opened, found: "Today", title: str, form: Form, output: Path | None) -> None:
    from extractor.cli.billed import own_templates
    from extractor.cli.export import text_of
    from extractor.portfolio.today.page import page

    if form == "html":
        with text_of(output) as out:
            out.write(page(found, title, own_templates(at.home)))
        return
    if output is None:
        _print(found)
        return
    from extractor.portfolio.today.page import letter

    with text_of(output) as out:
        out.write(letter(found, title, own_templates(at.home)))


def _print(found: "Today") -> None:
    from rich.text import Text

    from extractor.cli.noted import console
    from extractor.cli.wording import clean

    out = console()
    for section in found.sections:
        if not section.lines:
            continue
        out.print(Text.assemble((section.title, "bold"), (f"  {len(section.lines)}", "dim")))
        for line in section.shown:
            out.print(_line(clean(line.words), clean(line.command), out.width))
        if section.left:
            out.print(_line(f"and {section.left} more", section.command, out.width))
        out.print()
    if found.is_empty:
        print("nothing arrived, and there is nothing to do")
        return
    print(", ".join(f"{count} {name}" for name, count in found.counts.items()), file=sys.stderr)


def _line(words: str, command: str, width: int) -> "object":
    """Return a line with its command at its end, or below it where the terminal is narrow."""
    from rich.padding import Padding
    from rich.text import Text

    text = Text(words)
    if len(words) + len(command) + 6 <= width:
        return Padding(text.append(f"  {command}", "cyan"), (0, 0, 0, 2), expand=False)
    return Padding(text.append(f"\n    {command}", "cyan"), (0, 0, 0, 2), expand=False)


def _sent(at: Opened, manager: str | None, since: dt.datetime, moment: dt.datetime, again: bool) -> None:
    """Put each manager's work list into the outbox."""
    from datarequests.notices import Notice
    from extractor.base.database import reading, writing
    from extractor.cli.billed import own_templates
    from extractor.cli.letters_of_day import letter_of_day, put_letter
    from extractor.cli.request.told import people_of
    from extractor.portfolio.seen import Seen
    from extractor.portfolio.today.page import letter, page, subject

    own = own_templates(at.home)
    with reading(at.engine) as session:
        refuse_unknown(session, None, manager)
        people, seen = people_of(session), Seen(session)
        lists = {
            key: _made(at, session, _asked(moment, since, None, key), seen)
            for key in ([manager] if manager else sorted(people.managers))
        }
    for key, found in lists.items():
        if found.is_empty:
            print(f"{key}: nothing arrived, and there is nothing to do", file=sys.stderr)
            continue
        known = people.managers.get(key)
        to = (known.email,) if known is not None and known.email else ()
        title = f"Today, {found.asked.day}"
        text, html = letter(found, title, own), page(found, title, own)
        notice = Notice("report", to, subject(found, title), text, html, release=True)
        with writing(at.engine) as session:
            put_letter(at, session, key, notice, moment, letter_of_day("today", key, moment), again)
