"""Help must feel instant, and so must questions: none may import what only others need."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.extractor.portfolio.made import SMALL, home_made

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def portfolio_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with bills, and without readings."""
    return home_made(tmp_path_factory.mktemp("startup") / "bills", SMALL).path


HEAVY = {
    "pydantic",
    "pydantic_settings",
    "sqlmodel",
    "pypdfium2",
    "pdfplumber",
    "pytesseract",
    "PIL",
    "rich",
    "numpy",
}


OTHERS = {"numpy", "duckdb", "matplotlib", "alembic", "pdfplumber", "PIL", "openpyxl", "aiosmtplib"}
"""What readings, drawings, pages, workbooks and mail take."""


def modules_of(*arguments: str) -> set[str]:
    """Return the modules of a fresh interpreter that ran the command."""
    code = (
        "import sys\n"
        f"sys.argv = ['billclerk', *{arguments!r}]\n"
        "from extractor.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit as ended:\n    assert not ended.code, ended.code\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout
    return set(done.stderr.split())


def imported_by(*arguments: str) -> set[str]:
    """Return the packages of the same."""
    return {name.partition(".")[0] for name in modules_of(*arguments)}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    imported = imported_by(*arguments)
    assert "typer" in imported  # the list is that of the command
    assert imported & HEAVY == set()


def test_a_command_imports_no_other() -> None:
    imported = modules_of("due", "--help")
    assert "extractor.cli.due" in imported
    assert not imported & {"extractor.cli.today", "extractor.cli.export", "extractor.cli.intervals"}


QUESTIONS = ("accounts", "coverage", "due", "today", "history --all", "rates", "export services")


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_imports_nothing_that_others_take(question: str, portfolio_home: Path) -> None:
    imported = imported_by(*question.split(), "--home", str(portfolio_home))
    assert "sqlmodel" in imported
    assert imported & OTHERS == set()
