"""Why a bill is verified, or what keeps it from being so: the proof and the findings for a person.

Identities are grouped under one sentence each. Of those that hold a line per value is
enough; of those that do not, both numbers are printed and the values between which the
fault must be.
"""

from collections.abc import Iterable
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from extractor.cli.sentences import SENTENCES
from extractor.cli.tables import finding_lines
from extractor.cli.wording import count, places
from extractor.model import Proof, ReadResult


def explanation(result: ReadResult) -> RenderableType:
    """Return the proof of one bill, each identity with its sentence, and all findings."""
    parts: list[RenderableType] = [_verdict(result)]
    for identity, rows in groupby(
        sorted(result.proof, key=lambda row: row.identity), lambda row: row.identity
    ):
        parts += _identity(SENTENCES.get(identity, ""), list(rows), result)
    if result.findings:
        said = finding_lines(result.findings, result.document.counted_in)
        parts += [Text(count(len(result.findings), "finding"), "bold"), *said]
    return Group(Padding(Group(*parts), (0, 0, 0, 2), expand=False), "")


def _verdict(result: ReadResult) -> Text:
    holding = sum(row.gate and row.holds for row in result.proof)
    failing = [row for row in result.proof if row.gate and not row.holds]
    if failing:
        verb = "does" if len(failing) == 1 else "do"
        tried = holding + len(failing)
        return Text(f"{count(len(failing), 'identity')} of {tried} {verb} not hold", "bold yellow")
    proof = f"proved by {count(holding, 'identity')}" if result.status == "verified" else f"{result.status}"
    return Text(proof, "bold")


def _identity(sentence: str, rows: list[Proof], result: ReadResult) -> Iterable[RenderableType]:
    heading = Text.assemble((rows[0].identity.replace("_", " "), "bold"), f" ({len(rows)})")
    yield heading.append(f": {sentence}" if sentence else "")
    table = Table(box=None, pad_edge=False, padding=(0, 1), show_header=False)
    table.add_column("mark", no_wrap=True)
    table.add_column("value", overflow="fold")
    for row in rows:
        table.add_row(_mark(row), _row(row, result))
    yield Padding(table, (0, 0, 0, 2), expand=False)


def _mark(row: Proof) -> Text:
    if row.holds:
        return Text("holds", "green")
    return Text("FAILS", "red") if row.gate else Text("differs", "yellow")


def _row(row: Proof, result: ReadResult) -> str:
    """Say the values, the numbers where they differ, and what the identity is worth."""
    service = "" if row.service is None else f"service {row.service + 1}"
    values = places(row.subjects, result.bill) or service or "the bill"
    where = f" ({result.document.counted_in} {row.page})" if row.page is not None else ""
    said = f"printed {row.printed:f}"
    if row.printed != row.computed:
        said += f", computed {row.computed:f}, allowed {row.tolerance:f}"
    return f"{values}{where}: {said}" + ("" if row.gate else "; reported only")
