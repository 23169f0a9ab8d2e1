"""Bills that are kept, as a person reads them: the list, one bill with its history, the open questions."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlmodel import Session

from extractor.cli.explain import explanation
from extractor.cli.noted import console, print_noted
from extractor.cli.tables import COLOURS, bill_table
from extractor.cli.wording import NOTHING, clean, count, day, money, quantity, span
from extractor.intervals.short import Meters, in_words, of_bill
from extractor.model import Charge, ReadResult, Service
from extractor.store.account_questions import is_on_accounts
from extractor.store.current import COUNTS, Kept
from extractor.store.people import Answer
from extractor.store.questions import Question, bills_of
from extractor.store.runs import result_of
from extractor.store.said import acceptances_of, answers, corrections_of, pointer_of, readings_of, short
from extractor.trust import TRUST

SHORT = 12
"""Digits by which a document is shown."""

STATE_COLOURS = COLOURS | {"corrected": "green", "accepted": "blue"}

METER_COLOURS = {
    "ties_out": "green",
    "within_tolerance": "green",
    "differs": "red",
    "incomplete": "yellow",
    "no_data": "dim",
}

Row = dict[str, str | int | None]


def bill_rows(bills: Iterable[Kept], meters: Meters) -> Iterator[Row]:
    """Give a row for each bill; `meter` is the worst that the meters of its services say."""
    for kept in bills:
        bill = kept.result.bill
        services = bill.services if bill else ()
        yield {
            "document": kept.sha256[:SHORT],
            "file": kept.name,
            "bill": kept.position,
            "issuer": bill.issuer if bill else None,
            "account": bill.customer_account if bill else None,
            "statement": day(bill.statement_date) if bill and bill.statement_date else None,
            "services": len(services),
            "rates": ", ".join(sorted({one.rate_schedule for one in services if one.rate_schedule})),
            "amount_due": str(bill.amount_due) if bill and bill.amount_due is not None else None,
            "status": str(kept.read_status),
            "state": kept.state,
            "trust": kept.trust,
            "standing": _standing(kept) if bill else "-",
            "meter": in_words(of_bill(meters, kept.bill_id, len(kept.services)).values()),
        }


def _standing(kept: Kept) -> str:
    """Return whether a bill counts, and which of its services do not."""
    if kept.standing != COUNTS:
        return kept.standing
    others = [f"service {at} {one}" for at, one in enumerate(kept.services, 1) if one != COUNTS]
    return ", ".join(others) or COUNTS


def listed(rows: Iterable[Row], has_meters: bool = False) -> None:
    """Print rows as a table; what their meters say only where there are any readings."""
    known = [(list(_of_bill(row)), _note(row, has_meters)) for row in rows]
    titles = ("document", "issuer", "account", "statement", "amount due", "state", "counts")
    print_noted(titles, known, right=(4,))
    print(count(len(known), "bill"), file=sys.stderr)


def _of_bill(row: Row) -> Iterator[str | Text]:
    yield str(row["document"]) if row["bill"] == 1 else f"{row['document']}:{row['bill']}"
    yield from (clean(_said(row[key])) for key in ("issuer", "account", "statement"))
    yield money(Decimal(row["amount_due"])) if isinstance(row["amount_due"], str) else NOTHING
    state = str(row["state"])
    yield Text(state, STATE_COLOURS[state])
    yield clean(_said(row["standing"]))


def _note(row: Row, has_meters: bool) -> str | Text:
    """Return a bill's rates, else the file's name, and what its meters say."""
    rates = clean(_said(row["rates"] or row["file"]))
    if not has_meters or row["meter"] is None:
        return rates
    said = str(row["meter"])
    return Text.assemble(rates, "; meter: ", (said, METER_COLOURS.get(said.partition(",")[0], "")))


def _said(value: str | int | None) -> str:
    return NOTHING if value in (None, "") else str(value)


def shown(session: Session, kept: Kept) -> None:
    """Print all of one bill."""
    result = kept.result
    out = console()
    pointer = pointer_of(session, kept.document_id)
    head = Text.assemble(
        (kept.sha256[:SHORT], "bold"),
        f"  {clean(kept.name)}  reading {pointer.effective_id}  read {kept.read_status}  ",
        (kept.state, STATE_COLOURS[kept.state]),
        f", {TRUST[kept.state]}  {_standing(kept)}",
    )
    out.print(head)
    out.print(bill_table(result))
    for number, service in enumerate(result.bill.services if result.bill else (), 1):
        out.print(_lines(number, service, result.document.counted_in))
    out.print(explanation(result))
    _history(session, kept, out)


def _lines(number: int, service: Service, counted_in: str) -> Table:
    """Return the charge lines of a service, each with the number that `correct` takes."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
    title = f"{number}: {clean(service.provider)} {clean(service.role)}, {span(service.period)}"
    table.add_column("line", no_wrap=True)
    table.add_column(title, overflow="fold", min_width=30)
    for name in ("quantity", "rate", "amount", counted_in):
        table.add_column(name, justify="right", no_wrap=True)
    for line in service.charges:
        table.add_row(f"{number}.{line.line}", *_cells(line))
    table.add_row(f"{number}.total", "", "", "", money(service.total), "")
    return table


def _cells(line: Charge) -> Iterator[str]:
    label = clean(line.label)
    yield f"{label} ({line.component})" if line.component else label
    yield f"{quantity(line.quantity)} {clean(line.unit)}" if line.quantity is not None else NOTHING
    days = f" x {line.days[0]}/{line.days[1]}" if line.days else ""
    yield f"{line.rate}{days}" if line.rate is not None else NOTHING
    yield money(line.amount)
    yield str(line.evidence.page)


def _history(session: Session, kept: Kept, out: Console) -> None:
    for reading in readings_of(session, kept.document_id):
        laid = f", reading {reading.corrects_id} corrected" if reading.corrects_id else ""
        out.print(f"  reading {reading.id}: {reading.made_at:%Y-%m-%d %H:%M}, {clean(reading.reader)}{laid}")
    for row in corrections_of(session, kept.document_id, undone=True):
        if row.position == kept.position:
            undone = f"; taken back by {row.undone_by} on {row.undone_at:%Y-%m-%d}" if row.undone_at else ""
            out.print(
                clean(
                    f"  correction {row.id}: {row.target} from {row.was} to {row.value},"
                    f" {row.who} on {row.at:%Y-%m-%d}: {row.why}{undone}"
                )
            )
    for one in acceptances_of(session, kept.document_id, kept.position):
        undone = f"; taken back by {one.undone_by} on {one.undone_at:%Y-%m-%d}" if one.undone_at else ""
        out.print(clean(f"  accepted by {one.who} on {one.at:%Y-%m-%d}: {one.why}{undone}"))


def asked(session: Session, questions: Sequence[Question]) -> int:
    """Print each question with both sides beside each other; return how many there are."""
    out = console()
    for question in questions:
        if question.sides:
            title = "two bills of the same days; what does the later one: adds, replaces, duplicate?"
        else:
            title = "files of one bill that differ; which document is right?"
        out.print(Text.assemble((short(question.name), "bold"), f"  {title}"))
        table = Table(box=None, pad_edge=False, header_style="dim")
        for title in ("", *(bill.sha256[:SHORT] for bill in question.bills)):
            table.add_column(title)
        columns = [
            dict(_facts(result_of(session, bill.id), question, at)) for at, bill in enumerate(question.bills)
        ]
        for name in dict.fromkeys(name for column in columns for name in column):
            values = [column.get(name, NOTHING) for column in columns]
            table.add_row(name, *values, style="" if len(set(values)) == 1 else "bold")
        out.print(table)
    return len(questions)


def answered(session: Session) -> int:
    """Print each answer on bills, with the name of its question; return how many hold."""
    count = 0
    for row in answers(session):
        if is_on_accounts(row):
            continue
        undone = f"; taken back by {row.undone_by} on {row.undone_at:%Y-%m-%d}" if row.undone_at else ""
        said = f"{_answer(session, row)}, {row.who} on {row.at:%Y-%m-%d}: {row.why}{undone}"
        print(f"{short(row.question)}  {clean(said)}")
        count += row.undone_at is None
    return count


def _answer(session: Session, row: Answer) -> str:
    """Return what was asked and what was answered, each bill by its document."""
    kind, *names = row.question.split("|")
    bills = bills_of(session, row.question)
    if kind == "bill":
        right = {bill.sha256[:SHORT]: None for bill in bills if bill.values == row.answer}
        return f"{' '.join(names[:3])}: {' '.join(right) or 'what no file says any more'} is right"
    both = ", ".join(dict.fromkeys(bill.sha256[:SHORT] for bill in bills))
    return f"{' '.join(names[:3])} ({both or 'neither says that any more'}): {row.answer}"


def _facts(result: ReadResult, question: Question, at: int) -> Iterator[tuple[str, str]]:
    bill = result.bill
    if bill is None:
        return
    yield "issuer, account", f"{clean(bill.issuer)} {clean(bill.customer_account)}"
    yield "statement", f"{day(bill.statement_date)} {bill.kind or ''}".strip()
    yield "read", f"{result.status}, {result.document.source}"
    sides = [question.sides[at].position - 1] if question.sides else range(len(bill.services))
    if not question.sides:
        yield "new charges", money(bill.new_charges)
        yield "amount due", money(bill.amount_due)
    for index in sides:
        service = bill.services[index]
        of = f"{clean(service.provider)} {clean(service.role)} {clean(service.service_account)}"
        yield f"{of}: days", span(service.period)
        yield f"{of}: kWh", quantity(service.usage_kwh)
        yield f"{of}: lines", str(len(service.charges))
        yield f"{of}: total", money(service.total)
