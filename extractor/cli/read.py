"""`billclerk read`: bills in, one record per bill out."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.base.errors import BillclerkError

if TYPE_CHECKING:
    from extractor.pages.limits import Limits

Format = Literal["table", "json", "csv"]

Files = Annotated[list[Path], typer.Argument(metavar="FILE", help="Bills, and folders to search for bills.")]
Output = Annotated[
    Format | None, typer.Option("--format", help="What to print: by default table on a terminal, else json.")
]
Explain = Annotated[bool, typer.Option("--explain", help="Print the proof and all findings of each bill.")]
Draw = Annotated[
    Path | None,
    typer.Option(metavar="OUT_DIR", help="Write each page as PNG with boxes around what was read."),
]
Jobs = Annotated[
    int | None, typer.Option(min=1, help="Documents read at the same time: by default the cores.")
]


def read(
    files: Files, output: Output = None, explain: Explain = False, draw: Draw = None, jobs: Jobs = None
) -> None:
    """Read bills and print the record of each.

    Folders are searched for *.pdf, *.png, *.jpg, *.jpeg, *.tif, *.tiff and *.heic, and for *.edi,
    *.x12 and *.810 that hold invoices. Records go to standard output, everything else to standard error.

    The exit status is 0 when every bill is verified, 1 when some are in review, 3 when some
    are unreadable (the highest wins), 2 for wrong usage and 70 for a fault of our own.
    """
    from extractor.cli.walk import bills_at

    form = output or ("table" if explain or sys.stdout.isatty() else "json")
    if explain and form != "table":
        raise typer.BadParameter(
            "the proof is for a person to read", param_hint="--explain with --format " + form
        )
    paths = list(bills_at(files))
    if not paths:
        raise typer.BadParameter(
            "no PDF, no image and no EDI invoice is below the folders named", param_hint="FILE"
        )
    raise typer.Exit(_read(paths, form, explain, draw, jobs))


def _read(paths: Sequence[Path], form: Format, explain: bool, draw: Path | None, jobs: int | None) -> int:
    """Read and print one document after the other; return the exit status."""
    from extractor.cli.printers import exit_code_of, printer, status_of, total
    from extractor.cli.progress import shown
    from extractor.cli.settings import from_environment
    from extractor.guarded import read_lines
    from extractor.pages.limits import limits_of
    from extractor.settings import ReaderSettings

    settings = from_environment(ReaderSettings)
    show = printer(form, explain)
    statuses: Counter[str] = Counter()
    earned = {0}
    for path, lines in shown(read_lines(paths, jobs, settings), len(paths)):
        for line in lines:
            show(line)
            statuses[status_of(line)] += 1
            earned.add(exit_code_of(line))
        if draw is not None:
            earned.add(_draw(path, lines, draw, limits_of(settings)))
    if statuses.total() > 1:
        print(total(statuses), file=sys.stderr)
    return max(earned)


def _draw(path: Path, lines: Sequence[bytes], out_dir: Path, limits: "Limits") -> int:
    """Draw one document; return the exit status that this earns."""
    from extractor.cli.wording import clean
    from extractor.draw import draw
    from extractor.model import ReadResult

    try:
        draw(path, [ReadResult.model_validate_json(line) for line in lines], out_dir, limits)
    except BillclerkError as error:
        print(clean(f"{path}: not drawn: {error}"), file=sys.stderr)
        return error.exit_code
    return 0
