"""Help must feel instant, so it may not import what only reading needs."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
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


def imported_by(*arguments: str) -> set[str]:
    """Return the top-level modules of a fresh interpreter that ran the command."""
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
    return {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    imported = imported_by(*arguments)
    assert "typer" in imported  # the list is that of the command
    assert imported & HEAVY == set()
