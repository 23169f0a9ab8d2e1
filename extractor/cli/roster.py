"""`billclerk accounts import`, `roster`, `set`, `end`, `managers`, `manager`: the roster."""

import datetime as dt
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened
from extractor.cli.said import Who, named

if TYPE_CHECKING:
    from extractor.portfolio.roster.take import Taking
    from extractor.store.people import Manager
    from extractor.store.roster_plan import Outcome, Plan, Problem, Step

RosterForm = Literal["csv", "json", "xlsx"]
Day = Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"])]
On = Annotated[
    dt.datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="Of several rows of the account the one of this day."),
]


def import_roster(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV file or .xlsx workbook with a row for each account.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of each row, no more.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Take a roster in, all of it or nothing; rows that are there already are brought up to date.

    A row that is wrong is told with its line and why, all of them at once. Rows not in the file stay.
    """
    from extractor.base.database import reading, writing
    from extractor.portfolio.roster.take import taking
    from extractor.store.roster_plan import applied

    if not file.is_file():
        raise typer.BadParameter(f"there is no {file}", param_hint="FILE")
    with opened(home) as at, (reading if dry_run else writing)(at.engine) as session:
        found = taking(session, file)
        _refuse(found.plan, f"{file}: ")
        if not dry_run:
            applied(session, found.plan, None, now())
    _told_of_file(found, file, dry_run)


def _refuse(plan: "Plan", where: str = "") -> None:
    """Say all that is wrong with a roster, and take nothing."""
    from extractor.cli.wording import clean, count
    from extractor.store.roster import RosterError

    if not plan.problems:
        return
    for one in plan.problems[:-1]:
        print(clean(_said(one, where)), file=sys.stderr)
    print(clean(_said(plan.problems[-1], where)), file=sys.stderr)
    raise RosterError(f"nothing is taken: {count(len(plan.problems), 'thing')} to mend, told above")


def _said(one: "Problem", where: str = "") -> str:
    lines = " and ".join(map(str, one.lines))
    at = f"line {lines}: " if len(one.lines) == 1 else f"lines {lines}: " if lines else ""
    return f"{where}{at}{one.text}"


def _told_of_file(found: "Taking", file: Path, dry_run: bool) -> None:
    from extractor.cli.wording import clean, count

    for note in found.notes:
        print(clean(_said(note)), file=sys.stderr)
    if found.own:
        print(clean(f"columns kept as the roster's own: {', '.join(found.own)}"), file=sys.stderr)
    for step in found.plan.steps:
        if dry_run or step.outcome != "unchanged":
            print(clean(_line(step)))
    if found.plan.others:
        are, stay = ("is", "stays") if len(found.plan.others) == 1 else ("are", "stay")
        others = count(len(found.plan.others), "row")
        print(f"{others} of the roster {are} not in the file and {stay}", file=sys.stderr)
    print(f"{_counted(found.plan.steps)} of {file}{'; nothing is taken' if dry_run else ''}")


def _counted(steps: "Iterable[Step]") -> str:
    from extractor.cli.wording import count

    found: dict[Outcome, int] = {"new": 0, "changed": 0, "ended": 0, "unchanged": 0}
    for step in steps:
        found[step.outcome] += 1
    words = ", ".join(f"{number:,} {outcome}" for outcome, number in found.items())
    return f"{count(sum(found.values()), 'row')} ({words})"


def _line(step: "Step") -> str:
    line = "" if step.given.line is None else f"line {step.given.line}: "
    head = f"{line}{step.after.customer} {step.after.account} {step.outcome}"
    return ": ".join([head, *([", ".join(_changes(step))] if step.differences else [])])


def _changes(step: "Step") -> Iterable[str]:
    """Give what changes, before and after, as the columns are headed."""
    heads = {"valid_from": "managed from", "valid_to": "managed to", "cost_center": "cost centre"}
    for name, was, now_ in step.differences:
        head = heads.get(name, name.replace("_", " "))
        yield f"{head} {'-' if was is None else was} -> {'-' if now_ is None else now_}"


def print_roster(
    output_format: Annotated[
        RosterForm, typer.Option("--format", help="CSV and JSON lines can go to standard output.")
    ] = "csv",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="The file to write.")
    ] = None,
    customer: Annotated[
        str | None, typer.Option("--customer", help="Of this customer of the roster.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Print the roster with all of its columns, as `import` takes it."""
    from extractor.base.database import reading
    from extractor.cli.export import write_rows
    from extractor.cli.wording import count
    from extractor.export.roster import columns_of, roster_rows
    from extractor.store.erasing import customer_named
    from extractor.store.roster import entries_of

    if output is None and output_format == "xlsx":
        raise typer.BadParameter("say where to write it", param_hint="--output")
    with opened(home) as at, reading(at.engine) as session:
        if customer is not None:
            customer_named(session, customer)
        entries = list(entries_of(session, customer))
    rows = roster_rows(entries, for_csv=output_format == "csv")
    written = write_rows(output_format, "roster", columns_of(entries), rows, output)
    if output is not None:
        print(f"{count(written, 'row')} in {output}", file=sys.stderr)


def set_account(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its number, hyphens or not.")],
    who: Who = "",
    customer: Annotated[str | None, typer.Option("--customer", help="Whose it is, by the key.")] = None,
    site: Annotated[str | None, typer.Option("--site", help="Its site, by the key.")] = None,
    manager: Annotated[str | None, typer.Option("--manager", help="Who looks after it, by the key.")] = None,
    cost_centre: Annotated[
        str | None, typer.Option("--cost-centre", "--cost-center", help="Its cost centre.")
    ] = None,
    customer_account: Annotated[
        str | None, typer.Option("--customer-account", help="The customer account that it is billed to.")
    ] = None,
    pod_id: Annotated[str | None, typer.Option("--pod-id", help="Its POD-ID.")] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", help="Who sells the energy: SCE, CPA, ESP.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="First day on which it is the customer's; '' for always.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="Last day, inclusive; '' where it still is the customer's.")
    ] = None,
    further: Annotated[
        list[str] | None,
        typer.Option(
            "--further", metavar="NAME=VALUE", help="A column of the roster's own; repeat it for others."
        ),
    ] = None,
    on: On = None,
    home: HomeOption = None,
) -> None:
    """Change what the roster says of an account, or add it; '' takes a value away."""
    values: dict[str, Any] = {
        "customer": customer,
        "site": site,
        "manager": manager,
        "cost_center": cost_centre,
        "customer_account": customer_account,
        "pod_id": pod_id,
        "provider": provider,
    }
    given: dict[str, Any] = {name: text.strip() or None for name, text in values.items() if text is not None}
    for name, text, hint in (("valid_from", since, "--from"), ("valid_to", until, "--to")):
        if text is not None:
            given[name] = _day(text, hint) if text else None
    own = dict(_named_value(one) for one in further or ())
    if not given and not own:
        raise typer.BadParameter("say what to change, by --customer, --site, --manager, ...")
    _changed(account, given, own, on, who, home)


def _named_value(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        raise typer.BadParameter("write NAME=VALUE", param_hint="--further")
    return name.strip(), value.strip()


def _day(text: str, hint: str) -> dt.date:
    from extractor.portfolio.roster.cells import day_of

    try:
        return day_of(text)[0]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=hint) from None


def end_account(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its number, hyphens or not.")],
    on: Annotated[
        dt.datetime,
        typer.Option("--on", formats=["%Y-%m-%d"], help="Its last day, inclusive."),
    ],
    who: Who = "",
    home: HomeOption = None,
) -> None:
    """Say on which day an account is its customer's for the last time; its bills until then stay his."""
    _changed(account, {"valid_to": on.date()}, {}, on, who, home)


def _changed(
    account: str,
    values: dict[str, Any],
    own: dict[str, str],
    on: dt.datetime | None,
    who: str,
    home: HomeOption,
) -> None:
    from extractor.base.database import writing
    from extractor.cli.wording import clean
    from extractor.portfolio.roster.edit import change_planned
    from extractor.portfolio.roster.take import noted
    from extractor.store.roster_plan import applied

    saying = named(who, "--who")
    with opened(home) as at, writing(at.engine) as session:
        plan = change_planned(session, account, values, own, on.date() if on else None)
        _refuse(plan)
        applied(session, plan, saying, now())
        notes = noted(session, plan)
    for note in notes:
        print(clean(_said(note)), file=sys.stderr)
    print(clean(_line(plan.steps[0])))


def list_managers(home: HomeOption = None) -> None:
    """Print who looks after accounts: key, name, e-mail address, and of how many accounts."""
    from sqlmodel import col, select

    from extractor.base.database import reading
    from extractor.cli.wording import clean, count
    from extractor.store.people import Manager
    from extractor.store.roster import entries_of

    with opened(home) as at, reading(at.engine) as session:
        rows = list(session.exec(select(Manager).order_by(col(Manager.key))))
        after = [entry.manager for entry in entries_of(session)]
    for one in rows:
        print(clean(f"{_of_manager(one)}: {count(after.count(one.key), 'account')}"))


def set_manager(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The manager's key in the roster.")],
    name: Annotated[str | None, typer.Option("--name", help="The manager's name.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="The manager's e-mail address.")] = None,
    home: HomeOption = None,
) -> None:
    """Change a manager's name or e-mail address, or add one."""
    from extractor.base.database import writing
    from extractor.cli.wording import clean
    from extractor.portfolio.roster.edit import change_manager

    with opened(home) as at, writing(at.engine) as session:
        before, after = change_manager(session, key, name, email)
    if before is not None and _of_manager(before) == _of_manager(after):
        print(clean(f"{_of_manager(after)}: unchanged"))
        return
    print(clean(f"{_of_manager(before) if before else f'{key}  new'} -> {_of_manager(after)}"))


def _of_manager(one: "Manager") -> str:
    return f"{one.key}  {one.name}  {one.email or 'no e-mail address'}"
