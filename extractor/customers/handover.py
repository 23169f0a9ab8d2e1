"""All that a customer has here, in one archive to hand over; and nothing of anybody else's.

    README.txt      what is in it, and what was left out and why
    originals/      files that are his from the first page to the last, under their hashes
    pages/          his pages of files that hold others' too, or pages that may be anybody's
    messages/       messages and archives in which every file is his
    records/        each bill as it is read, with people's corrections, as JSON
    intervals/      interval files that tell of nobody else, by their own names
    history/        tables of billing history that tell of nobody else, named by their hashes
    requests/       his authorizations and data requests: tables, forms, mail both ways, files that came
    readings/       the meters' readings as they count now, a table for each service account that is his alone
    *.csv           charges, bills, findings; corrections, acceptances, answers, aliases, roster, usage
                    points, values that were in samples, billing history

A bill is his as the roster says (`extractor.store.whose`). A file that holds others' bills may have a name
that tells of them, so his part of it goes by its hash. An answer that tells his bill from somebody else's,
and an alias that leads to the next customer at a meter, are about others and stay here.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from extractor.base.database import reading
from extractor.customers.forgetting import held_parts
from extractor.customers.handed import Further, HandedOver, Left, readme
from extractor.export.files import write_csv
from extractor.export.kept import kept_bills, kept_charges, kept_findings
from extractor.export.pages import NotHandedError, OwnPages, cutter
from extractor.export.readings import name_of, tables
from extractor.export.roster import columns_of, roster_rows
from extractor.export.rows import BILL_COLUMNS, CHARGE_COLUMNS, FINDING_COLUMNS, Column, Row
from extractor.home import Home, synced
from extractor.intake.claims import CannotUnpackError, Unpacker
from extractor.intervals.compared.compare import Tolerance
from extractor.intervals.held.erasing import holdings
from extractor.intervals.join import AS_TOLD
from extractor.intervals.short import NONE, Meters
from extractor.intervals.summary import meters_alone
from extractor.originals import place_by_hash
from extractor.settings import ReaderSettings
from extractor.store.about import acceptances_on, answers_on, corrections_on, marks_in, marks_of, sampled_of
from extractor.store.aliases import aliases
from extractor.store.billing_history import Counted, digits, rows_of, tables_of
from extractor.store.current import Kept, Wanted, current
from extractor.store.erasing import Belongings, accounts_alone, belongings
from extractor.store.metered import BillingSummary, UsagePointAccount
from extractor.store.numbers import SUCCESSION
from extractor.store.people import Acceptance, Alias, Answer, Correction
from extractor.store.roster import entries_of
from extractor.store.sampled import SampleAnswer, SampleValue
from extractor.store.tables import Document

__all__ = ["HandedOver", "hand_over"]

SHORT = 12

SAID = ("who", "why", "at", "undone_at", "undone_by")
CORRECTION = ("target", "was", "value", "page", *SAID)
ANSWER = ("question", "answer", *SAID)
SAMPLED = ("what", "kind", "value", "page", "state")
ON_SAMPLED = ("answer", "printed", "who", "at")
ALIAS = ("kind", "number", "other", "valid_from", "valid_to", "evidence", "who", "at")
LINK = (
    *("usage_point", "service_account", "customer_account", "meter", "address", "evidence"),
    *("who", "at", "undone_at", "undone_by"),
)
HISTORY = ("line", "service_account", "role", "period_start", "period_end", "kwh", "kw", "amount")
SUMMARY = (
    *("usage_point", "service_account", "first", "last", "kwh", "amount", "additional", "kwh_since"),
    *("amount_since", "currency", "rate_schedule", "costs", "import_id"),
)


def hand_over(
    home: Home,
    engine: Engine,
    key: str,
    out: Path,
    settings: ReaderSettings,
    unpackers: Sequence[Unpacker] = (),
    tolerance: Tolerance = AS_TOLD,
    further: Further | None = None,
) -> HandedOver:
    """Write all that a customer has into one archive, for nobody else to read.

    `tolerance` is how far his bills and his meters may be apart, `further` what else is held of him.

    Raises:
        NotKeptError: if the roster has no such customer.
    """
    part = out.with_name(f".{out.name}.part")
    part.touch(mode=0o600)
    part.chmod(0o600)
    try:
        with (
            reading(engine) as session,
            cutter(settings) as cut,
            tarfile.open(part, "w:gz") as archive,
        ):
            own = OwnPages(session, lambda sha256: place_by_hash(home.originals, sha256), cut)
            filling = _Archive(home, session, archive, own, belongings(session, key))
            filling.add_meters(engine, tolerance)
            if further is not None:
                filling.add_further(further)
            handed = filling.filled(unpackers)
        synced(part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return handed


class _Archive:
    """The archive of one customer while it is written."""

    def __init__(
        self, home: Home, session: Session, archive: tarfile.TarFile, own: OwnPages, what: Belongings
    ) -> None:
        self._home, self._session, self._archive, self._own, self._what = home, session, archive, own, what
        self._handed = HandedOver()
        self._whole: dict[str, int] = {}
        """Documents that are all his: their numbers by their hashes."""
        self._interval_files: set[str] = set()
        self._meters: Meters = NONE
        """What his meters say of his bills."""

    def filled(self, unpackers: Sequence[Unpacker]) -> HandedOver:
        """Write everything, what was left out last; return what there is."""
        by_file: dict[str, list[Kept]] = defaultdict(list)
        for kept in self._bills():
            by_file[kept.sha256].append(kept)
        bills: list[Kept] = []
        for sha256, held in by_file.items():
            bills += self._add_file(sha256, held)
        self._add_records(bills)
        self._add_said(bills)
        self._add_messages(set(by_file), unpackers)
        for kept in self._what.partly:
            name = f"{kept.sha256[:SHORT]}:{kept.position}"
            self._leave(name, "its days are not this customer's alone, or were not read")
        self._add("README.txt", readme(self._what.customer.name, self._handed).encode())
        return self._handed

    def _bills(self) -> Iterable[Kept]:
        return current(self._session, Wanted(customer=self._what.customer.key))

    def add_meters(self, engine: Engine, tolerance: Tolerance) -> None:
        """Write interval files and readings of service accounts that are his alone; compare bills to them."""
        alone, shared = (holdings(self._session, each) for each in accounts_alone(self._session, self._what))
        for document in alone.documents:
            self._interval_files.add(document.sha256)
            self._handed.intervals += self._add_original(document.sha256, "intervals", name_of(document))
        for account, table, count in tables(self._home, engine, alone):
            self._add(f"readings/{account}.csv", table.encode())
            self._handed.readings[account] = count
        self._add_table("usage_points.csv", _columns(*LINK), [_told(one, LINK) for one in alone.links])
        self._add_table("summaries.csv", _columns(*SUMMARY), [_told(one, SUMMARY) for one in alone.summaries])
        for document in alone.shared:
            self._leave(document.sha256[:SHORT], "the interval file tells of others, too")
        if alone.metered:
            bills, accounts = self._bills(), alone.accounts
            self._meters = meters_alone(self._home, engine, self._session, bills, accounts, tolerance)
        self._add_history(alone.accounts)
        for account in sorted(shared.metered):
            self._leave(account, "the readings of an account that is, or was, another customer's, too")

    def add_further(self, further: Further) -> None:
        """Write what else is held of him."""
        for name, columns, rows in further.tables(self._session):
            self._add_table(f"requests/{name}", _columns(*columns), [dict(row) for row in rows])
        for name, data in further.files(self._session):
            if data is None:
                self._leave(name[:SHORT], "a file of his requests is missing", is_fault=True)
            else:
                self._add(f"requests/{name}", data)
                self._handed.further += 1
        for what, why in further.left(self._session):
            self._leave(what[:SHORT], why)

    def _add_history(self, accounts: frozenset[str]) -> None:
        """Write rows of billing history of service accounts that are his alone, and tables of nobody else."""
        found = tables_of(self._session, accounts)
        for document in found.documents:
            self._interval_files.add(document.sha256)
            name = f"{document.sha256[:SHORT]}{Path(document.name).suffix}"
            self._handed.history += self._add_original(document.sha256, "history", name)
        for document in found.shared:
            self._leave(document.sha256[:SHORT], "the table of billing history tells of others, too")
        rows = [_told_row(*one) for one in rows_of(self._session, accounts)]
        self._add_table("billing_history.csv", _columns("document", *HISTORY), rows)

    def _add_file(self, sha256: str, held: Sequence[Kept]) -> Iterator[Kept]:
        """Write a file, or his pages of it; give his bills in it, as they may be shown to him."""
        if self._own.is_of_bills(sha256, {kept.position for kept in held}):
            self._whole[sha256] = held[0].document_id
            self._handed.originals += self._add_original(sha256, "originals")
            yield from held
            return
        for kept in held:
            name = f"{sha256}-{kept.position}.pdf"
            try:
                self._add(f"pages/{name}", self._own.of(kept).data)
                self._handed.pages += 1
            except NotHandedError as error:
                self._leave(f"{sha256[:SHORT]}:{kept.position}", str(error), is_fault=True)
            yield _by_name(kept, name)

    def _add_original(self, sha256: str, folder: str, name: str | None = None) -> int:
        """Write a file as it came, under a name or its own; return how many: one that is missing is none."""
        path = place_by_hash(self._home.originals, sha256)
        if path is None:
            self._leave(sha256[:SHORT], "its original is missing; see `billclerk verify`", is_fault=True)
            return 0
        self._add(f"{folder}/{name or path.name}", path.read_bytes())
        return 1

    def _add_records(self, bills: Sequence[Kept]) -> None:
        self._handed.bills = len(bills)
        for kept in bills:
            self._add(f"records/{kept.sha256}-{kept.position}.json", kept.record.encode())
        self._add_table("charges.csv", CHARGE_COLUMNS, kept_charges(bills, self._meters))
        self._add_table("bills.csv", BILL_COLUMNS, kept_bills(bills, self._meters))
        self._add_table("findings.csv", FINDING_COLUMNS, kept_findings(bills, self._meters))

    def _add_said(self, bills: Sequence[Kept]) -> None:
        """Write what people said of his bills, his accounts and their other numbers."""
        session = self._session
        corrections: list[Row] = []
        acceptances: list[Row] = []
        for kept in bills:
            of_bill: Row = {"document": kept.sha256, "bill": kept.position}
            only = (kept.position,)
            corrections += [
                of_bill | _told(row, CORRECTION) for row in corrections_on(session, kept.document_id, only)
            ]
            acceptances += [
                of_bill | _told(row, SAID) for row in acceptances_on(session, kept.document_id, only)
            ]
        self._add_table("corrections.csv", _columns("document", "bill", *CORRECTION), corrections)
        self._add_table("acceptances.csv", _columns("document", "bill", *SAID), acceptances)
        names = ("document", "bill", *SAMPLED, *ON_SAMPLED)
        self._add_table("samples.csv", _columns(*names), list(self._sampled(bills)))
        self._add_table("answers.csv", _columns(*ANSWER), list(self._answers(bills)))
        self._add_table("aliases.csv", _columns(*ALIAS), list(self._aliases()))
        entries = list(entries_of(session, self._what.customer.key))
        self._add_table("roster.csv", columns_of(entries), roster_rows(entries, for_csv=True))

    def _sampled(self, bills: Sequence[Kept]) -> Iterator[Row]:
        for kept in bills:
            for value, answer in sampled_of(self._session, kept.document_id, (kept.position,)):
                row: Row = {"document": kept.sha256, "bill": kept.position}
                yield row | _told(value, SAMPLED) | ({} if answer is None else _told(answer, ON_SAMPLED))

    def _answers(self, bills: Sequence[Kept]) -> Iterator[Row]:
        marks = marks_in(self._session, self._whole.values())
        marks |= marks_of(self._session, [kept.bill_id for kept in bills])
        for row, is_his in answers_on(self._session, marks):
            if is_his:
                yield _told(row, ANSWER)
            else:
                self._leave(f"answer {row.id}", "it is about another customer's bill too")

    def _aliases(self) -> Iterator[Row]:
        his = {*self._what.numbers, *self._what.also}
        for row in aliases(self._session):
            both = {row.number, row.other}
            if not both & his:
                continue
            if row.kind == SUCCESSION or not both <= his:
                self._leave(f"alias {row.id}", "it names a number that may be another customer's")
            else:
                yield _told(row, ALIAS)

    def _add_messages(self, his: set[str], unpackers: Sequence[Unpacker]) -> None:
        """Write the messages and archives that hold his files and no others."""
        asked = select(Document).where(col(Document.kind).in_(("message", "archive")))
        for document in self._session.exec(asked.order_by(col(Document.id))):
            try:
                held = held_parts(self._home, document, unpackers)
            except CannotUnpackError:
                continue  # nothing in it was ever taken
            mine = self._whole.keys() | self._interval_files
            if not held.keys() & (his | self._interval_files):
                continue
            if any(wanted and sha256 not in mine for sha256, wanted in held.items()):
                self._leave(document.sha256[:SHORT], "the message or archive holds other files too")
                continue
            path = place_by_hash(self._home.originals, document.sha256)
            assert path is not None  # it was looked into
            self._add(f"messages/{_named(document)}", path.read_bytes())
            self._handed.messages += 1

    def _add_table(self, name: str, columns: Sequence[Column], rows: Iterable[Row]) -> None:
        held = io.StringIO()
        self._handed.rows[name] = write_csv(columns, rows, held)
        self._add(name, held.getvalue().encode())

    def _add(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), 0o600
        self._archive.addfile(entry, io.BytesIO(data))

    def _leave(self, what: str, why: str, is_fault: bool = False) -> None:
        self._handed.left.append(Left(what, why, is_fault))


Told = (
    Correction | Acceptance | Answer | Alias | UsagePointAccount | BillingSummary | SampleValue | SampleAnswer
)
"""What people said, or is said of his meters."""


def _told_row(row: Counted, sha256: str) -> Row:
    """Return a row of billing history; its role is empty where nobody knows whose the charges are."""
    told = {name: getattr(row, name) for name in HISTORY}
    return {"document": sha256, **told, "kwh": digits(row.kwh), "kw": digits(row.kw)}


def _by_name(kept: Kept, name: str) -> Kept:
    """Return a bill of a file with others under a name that tells nothing of them."""
    record = json.loads(kept.record)
    record["document"]["path"] = name
    return replace(kept, name=name, record=json.dumps(record, ensure_ascii=False))


def _named(document: Document) -> str:
    """Return the name of a message in the archive."""
    return f"{document.sha256}{'.eml' if document.kind == 'message' else '.zip'}"


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "text", "") for name in names)


def _told(row: Told, names: Sequence[str]) -> Row:
    return {name: getattr(row, name) for name in names}
