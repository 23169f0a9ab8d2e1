"""Questions on accounts and their answers, as a person reads them."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from sqlmodel import Session

from extractor.cli.noted import console
from extractor.cli.wording import clean
from extractor.store.account_questions import AccountQuestion
from extractor.store.account_questions import answered as all_answers
from extractor.store.said import short


def asked(questions: Sequence[AccountQuestion]) -> int:
    """Print each question with what is known; return how many there are."""
    out = console()
    for question in questions:
        head = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
        head.add_row(Text(short(question.name), "bold"), clean(question.said))
        out.print(head)
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name, fact in question.facts:
            table.add_row(f"  {clean(name)}", clean(fact))
        table.add_row("  answer", ", ".join(question.answers) or "its service account")
        out.print(table)
    return len(questions)


def answered(session: Session) -> int:
    """Print each answer on accounts, with the name of its question; return how many hold."""
    count = 0
    for one in all_answers(session):
        undone = f"; taken back by {one.undone_by} on {one.undone_at:%Y-%m-%d}" if one.undone_at else ""
        said = f"{one.said}, {one.who} on {one.at:%Y-%m-%d}: {one.why}{undone}"
        print(f"{short(one.name)}  {clean(said)}")
        count += one.holds
    return count
