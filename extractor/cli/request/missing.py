"""`billclerk request draft --missing` and `close-covered`: requests from what is missing, and back again."""

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import Opened, opened
from extractor.cli.portfolio import local_day, refuse_unknown
from extractor.cli.request.told import DryRun, Who, Why, who_of
from extractor.cli.wanted import CustomerOption

if TYPE_CHECKING:
    from sqlmodel import Session

    from extractor.portfolio.coverage.model import Coverage
    from extractor.portfolio.from_gaps.covered import Astray, Covered
    from extractor.portfolio.from_gaps.model import Plan

Channel = Literal["email", "fax", "mail", "portal"]

LETTER = "bills-wanted-{}.txt"
"""The file of a letter, by the customer's key."""


def letter_file(customer: str) -> str:
    """Return the name of a customer's letter; a key with a slash names no folder.

    >>> letter_file("acme"), letter_file("../Smith/Jones")
    ('bills-wanted-acme.txt', 'bills-wanted-..%2FSmith%2FJones.txt')
    """
    return LETTER.format(customer.replace("%", "%25").replace("/", "%2F"))


def draft_missing(
    customer: str | None,
    manager: str | None,
    accounts: Sequence[str],
    who: str,
    channel: Channel,
    schedule: str | None,
    letters: Path | None,
    dry_run: bool,
    home: HomeOption,
) -> None:
    """Show what is missing and which way it can be had; draft the requests, and write the letters."""
    from extractor.portfolio.from_gaps.asked import plan
    from extractor.portfolio.from_gaps.readings import without_readings

    moment = now()
    if letters is not None and letters.exists() and not letters.is_dir():
        raise typer.BadParameter(f"{letters} is no folder", param_hint="--letters")
    with opened(home) as at:
        again = without_readings(at.home, at.engine, accounts[0] if len(accounts) == 1 else None)
        with _session(at, dry_run) as session:
            found = _coverage(at, session, moment, customer, manager)
            made = plan(session, found, again, moment, customer, accounts)
            _listed(made, found.today)
            if not dry_run:
                _drafted(at, session, made, who, channel, schedule, moment)
            proposed, vain = _covered(at, session, found, moment, customer)
            _told(made, proposed, vain, dry_run)
            if not dry_run:
                _write_letters(at, session, made, letters)


@contextmanager
def _session(at: Opened, dry_run: bool) -> "Iterator[Session]":
    from extractor.base.database import reading, writing

    with (reading if dry_run else writing)(at.engine) as session:
        yield session


def _coverage(
    at: Opened, session: "Session", moment: dt.datetime, customer: str | None, manager: str | None
) -> "Coverage":
    """Return which months are billed.

    Raises:
        UnknownCustomerError, RosterError: if the roster has no such customer or manager.
    """
    from extractor.cli.settings import from_environment
    from extractor.portfolio.coverage.asked import coverage
    from extractor.settings import CoverageSettings

    refuse_unknown(session, customer, manager)
    grace = from_environment(CoverageSettings, at.home).coverage_grace_days
    return coverage(session, local_day(moment), customer=customer, manager=manager, grace=grace)


def _listed(made: "Plan", today: dt.date) -> None:
    from extractor.cli.noted import print_noted
    from extractor.cli.wording import clean
    from extractor.portfolio.from_gaps.model import WORDS
    from extractor.portfolio.from_gaps.words import channel, months, note

    rows = [
        (
            (clean(line.customer or "-"), clean(line.account), WORDS[line.what], months(line), channel(line)),
            clean(note(line, today)),
        )
        for line in made.lines
    ]
    print_noted(("customer", "account", "missing", "months", "asked of"), rows)


def _drafted(
    at: Opened,
    session: "Session",
    made: "Plan",
    who: str,
    channel: Channel,
    schedule: str | None,
    moment: dt.datetime,
) -> None:
    """Draft the requests, check each, and say what it will cost."""
    from dataclasses import replace

    from datarequests.charged import estimated, keep_estimate
    from datarequests.drafting import draft, new_token
    from extractor.cli.billed import KnownOf
    from extractor.cli.request.checked import checked, line_on
    from extractor.cli.request.fees import range_of
    from extractor.cli.wording import count
    from extractor.portfolio.from_gaps.drafts import wanted

    known = KnownOf(session)
    for asked, lines in wanted(made.lines):
        row = draft(session, replace(asked, channel=channel), who_of(who), moment, new_token()).row
        one, findings = checked(at, session, row, moment, known)
        fee = estimated(session, one, schedule)
        keep_estimate(session, one.number, fee, who_of(who), moment)
        cost = range_of(fee.low, fee.high)
        print(
            f"request {row.id} to {row.counterparty} for {row.customer}: {count(len(lines), 'item')}, {cost}"
        )
        for finding in findings:
            print(f"request {row.id}: {line_on(finding)}", file=sys.stderr)


def _told(made: "Plan", proposed: "Sequence[Covered]", vain: "Sequence[Astray]", dry_run: bool) -> None:
    from extractor.cli.wording import clean, count
    from extractor.portfolio.from_gaps.words import counted

    for one in proposed:
        for words in one.words:
            print(clean(f"request {one.viewed.number} waits for what is here: {words}"), file=sys.stderr)
    if proposed:
        print("`billclerk request close-covered` checks that off", file=sys.stderr)
    _tell_astray(vain)
    print(counted(made) or "nothing is missing that could be asked", file=sys.stderr)
    if made.without_readings:
        services = count(made.without_readings, "service")
        print(f"{services} without any readings: of these none are asked", file=sys.stderr)
    if dry_run:
        print("nothing was drafted: a dry run", file=sys.stderr)


def _tell_astray(vain: "Sequence[Astray]") -> None:
    """Say which items nothing checks off, and what makes an end of them."""
    from extractor.cli.wording import clean

    for one in vain:
        mended = f"draft other days and `billclerk request withdraw {one.number}`, or mend the roster"
        print(clean(f"request {one.number} waits in vain: {one.words}; {mended}"), file=sys.stderr)


def _write_letters(at: Opened, session: "Session", made: "Plan", folder: Path | None) -> None:
    """Print the letters to customers for bills, or write each into a file of a folder."""
    from datarequests.desks import desk
    from datarequests.settings import AgentSettings
    from extractor.cli.billed import own_templates
    from extractor.cli.settings import from_environment
    from extractor.cli.wording import clean
    from extractor.home import written_privately
    from extractor.portfolio.from_gaps.drafts import letters
    from extractor.portfolio.from_gaps.letter import address_of, letter

    agent = from_environment(AgentSettings, at.home).agent()
    utility = desk(session, "sce").known.utility
    for customer, lines in letters(made.lines).items():
        one = letter(lines, address_of(session, customer), utility, agent, own_templates(at.home))
        text = f"Subject: {one.subject}\n\n{one.text}"
        if folder is None:
            print()
            print("\n".join(clean(line) for line in text.splitlines()))
            continue
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / letter_file(customer)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            print(f"{path}: written before, and nothing is new", file=sys.stderr)
        else:
            written_privately(path, text.encode())
            print(path)


def close_covered(
    customer: CustomerOption = None,
    number: Annotated[
        list[int] | None,
        typer.Option("--request", help="Only of this request; by default of all that are open."),
    ] = None,
    who: Who = "",
    why: Why = "",
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Check off what open requests wait for and what is here already, by bills, tables or readings.

    A request of which nothing is left is completed, or withdrawn while it is not out. Of one that is not out
    what is left is asked, and it has to be checked again. `--dry-run` first shows what that would be.
    """
    from datarequests.outside import Told
    from datarequests.received import found_elsewhere
    from extractor.cli.wording import clean, count

    moment = now()
    told = Told(who_of(who), moment, moment, why.strip() or "its data came another way")
    with opened(home) as at, _session(at, dry_run) as session:
        found = _coverage(at, session, moment, customer, None)
        proposed, vain = _covered(at, session, found, moment, customer)
        every = [one for one in proposed if not number or one.viewed.number in number]
        _tell_astray([one for one in vain if not number or one.number in number])
        for one in every:
            for words in one.words:
                print(clean(f"request {one.viewed.number}: {words}"))
            if not one.can_be_told:
                print(
                    f"request {one.viewed.number} is on its way out: checked off once it is", file=sys.stderr
                )
            elif not dry_run:
                receipt = found_elsewhere(session, one.viewed.number, one.items, told)
                left = count(len(receipt.missing), "item")
                print(f"request {one.viewed.number}: {receipt.event}, {left} left")
    if not every:
        print("no open request waits for anything that is here", file=sys.stderr)
    elif dry_run:
        print("nothing was recorded: a dry run", file=sys.stderr)


def _covered(
    at: Opened, session: "Session", found: "Coverage", moment: dt.datetime, customer: str | None
) -> "tuple[list[Covered], list[Astray]]":
    """Return the open requests of which items are here, and the items that nothing can check off."""
    from functools import partial

    from datarequests.viewed import all_viewed
    from extractor.portfolio.from_gaps.covered import astray, covered
    from extractor.portfolio.from_gaps.readings import are_whole
    from extractor.portfolio.roster_days import RosterDays
    from extractor.store.metered import has_readings

    readings = partial(are_whole, at.home, at.engine) if has_readings(session) else _none
    viewed, held_of = list(all_viewed(session, moment, [customer] if customer else ())), RosterDays(session)
    proposed = list(covered(viewed, found, readings, held_of))
    here = {item for one in proposed for item in one.items}
    return proposed, [one for one in astray(viewed, held_of) if one.item not in here]


def _none(account: str, first: dt.date, last: dt.date) -> bool:
    """Tell that no readings are here, as none ever came."""
    return False
