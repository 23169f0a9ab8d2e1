"""What `billclerk read` prints, and the exit status it earns; the reader behind it is a stand-in."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner, Result

from extractor.base.errors import BillclerkError
from extractor.cli import app, main
from extractor.cli.printers import status_of
from extractor.export.files import cells
from extractor.export.rows import READ_COLUMNS, charge_rows
from extractor.model import ReadResult
from tests.extractor.cli import records

KINDS = {
    "verified": records.verified,
    "review": records.review,
    "unreadable": records.unreadable,
    "fault": records.fault,
}


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Stand in for the reader: a file's name says what comes of it; return what it was asked."""
    asked: list[dict[str, object]] = []

    def read_lines(
        paths: Iterable[Path], jobs: int | None, settings: object
    ) -> Iterator[tuple[Path, list[bytes]]]:
        asked.append({"jobs": jobs, "settings": settings})
        for path in paths:
            if path.stem == "broken":
                raise ZeroDivisionError
            made = [KINDS[kind](str(path)) for kind in path.stem.split("+")]
            yield path, [result.model_dump_json().encode() for result in made]

    monkeypatch.setitem(sys.modules, "extractor.guarded", SimpleNamespace(read_lines=read_lines))
    return asked


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["read", *arguments])


@pytest.mark.parametrize(
    ("files", "status"),
    [
        (["verified.pdf"], 0),
        (["verified.pdf", "review.pdf", "verified.pdf"], 1),
        (["unreadable.pdf", "review.pdf"], 3),  # the highest wins
        (["verified+review.pdf"], 1),  # a file with two bills
        (["unreadable.pdf", "fault.pdf"], 70),  # our fault, which the record's finding says
    ],
)
def test_exit_status(files: list[str], status: int) -> None:
    assert run(*files).exit_code == status


def test_records_are_json_lines_as_the_reader_made_them_when_no_terminal_looks() -> None:
    lines = run("verified.pdf", "review+unreadable.pdf").stdout.splitlines()
    assert lines == [
        records.verified("verified.pdf").model_dump_json(),
        records.review("review+unreadable.pdf").model_dump_json(),
        records.unreadable("review+unreadable.pdf").model_dump_json(),
    ]


def test_words_go_to_standard_error() -> None:
    result = run("verified.pdf", "unreadable.pdf")
    assert [json.loads(line)["status"] for line in result.stdout.splitlines()] == ["verified", "unreadable"]
    assert result.stderr == "2 bills: 1 verified, 1 unreadable\n"


@pytest.mark.parametrize("kind", ["verified", "review", "unreadable"])
def test_status_is_read_without_the_rest(kind: str) -> None:
    hostile = '","status":"verified","x":"'
    assert status_of(KINDS[kind](hostile).model_dump_json().encode()) == kind


def test_csv_has_a_row_per_charge_with_all_keys() -> None:
    result = run("--format", "csv", "verified.pdf", "unreadable.pdf")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["provider"], row["line"], row["amount"]) for row in rows] == [
        ("SCE", "1", "520.20"),
        ("SCE", "2", "93.80"),
        ("CPA", "1", "864.16"),
    ]
    third = rows[2]
    assert third["quantity"] == "12345.125"
    assert third["customer_account"] == "700012345678"
    assert (third["period_start"], third["period_end"], third["period_days"]) == (
        "2025-05-05",
        "2025-06-03",
        "30",
    )
    assert (third["service"], third["service_total"], third["bill_status"]) == ("2", "864.16", "verified")
    assert "unreadable.pdf: unreadable: no known bill" in result.stderr


def test_csv_columns_are_exactly_those_of_the_rows() -> None:
    for row in charge_rows(records.verified()):
        assert set(row) == {column.name for column in READ_COLUMNS}


def test_csv_text_is_no_formula() -> None:
    rows = [cells(READ_COLUMNS, row) for row in charge_rows(records.review())]
    assert any(text.startswith("'=Super") for text in rows[1])


def test_table_shows_what_a_person_asks_first() -> None:
    said = run("--format", "table", "verified.pdf").stdout
    for words in (
        "verified.pdf  pages 1-4  verified",
        "SCE account 700012345678",
        "due 2025-06-24",
        "CPA generation",
        "TOU-GS-2-E, Clean Power",
        "12,345",
        "$864.16",
        "Payment Received -$100.00",
        "$1,478.16",
    ):
        assert words in said
    assert "unknown_label" not in said  # nobody need act on it


def test_table_names_the_doubt_and_does_not_steer_the_terminal() -> None:
    said = run("--explain", "review.pdf").stdout
    assert "error line_amount, service 1, page 3: 2,345 kWh x $0.04000 is 93.80, not 93.90" in said
    assert "\x1b" not in said
    assert "\ufffd[2J" in said


def test_table_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = run("--format", "table", "verified.pdf").stdout
    assert max(map(len, said.splitlines())) <= 80
    assert "$864.16 verified" in said


def test_explain_says_how_many_identities_prove_a_bill() -> None:
    said = run("--explain", "verified.pdf").stdout
    assert "proved by 5 identities" in said
    assert 'service 1, line 2 "Super off peak": amount (page 3): printed 93.80' in said
    assert "info unknown_label" in said


def test_explain_shows_what_does_not_hold() -> None:
    said = run("--explain", "review.pdf").stdout
    assert "1 identity of 5 does not hold" in said
    assert "printed 93.90, computed 93.80, allowed 0.00" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--explain", "--format", "json", "verified.pdf"], "for a person"),
        (["--format", "xml", "verified.pdf"], "xml"),
        (["--jobs", "0", "verified.pdf"], "--jobs"),
        ([], "FILE"),
    ],
)
def test_wrong_usage(arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_folder_without_bills_is_wrong_usage(tmp_path: Path) -> None:
    result = run(str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no PDF, no image" in result.stderr


def test_jobs_are_handed_down(reader: list[dict[str, object]]) -> None:
    run("--jobs", "3", "verified.pdf")
    assert reader[0]["jobs"] == 3


def run_main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["billclerk", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_a_misspelt_setting_is_refused_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BILLCLERK_MAXPAGES", "10")
    assert run_main(monkeypatch, "read", "verified.pdf") == 2
    assert capsys.readouterr().err == (
        "billclerk: BILLCLERK_MAXPAGES is no setting; did you mean BILLCLERK_MAX_PAGES?\n"
    )


def test_a_setting_with_an_impossible_value_is_refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BILLCLERK_MAX_PAGES", "0x4d2")
    assert run_main(monkeypatch, "read", "verified.pdf") == 2
    said = capsys.readouterr().err
    assert said.startswith("billclerk: BILLCLERK_MAX_PAGES: ")
    assert "0x4d2" not in said


def test_settings_are_handed_down(monkeypatch: pytest.MonkeyPatch, reader: list[dict[str, object]]) -> None:
    monkeypatch.setenv("BILLCLERK_MAX_PAGES", "7")
    run("verified.pdf")
    assert getattr(reader[0]["settings"], "max_pages") == 7  # noqa: B009  # the stand-in takes any object


def test_a_fault_of_ours_is_70_and_shows_no_local_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(monkeypatch, "read", "verified.pdf", "broken.pdf") == 70
    said = capsys.readouterr()
    assert "ZeroDivisionError" in said.err
    assert (
        ReadResult.model_validate_json(said.out).document.path == "verified.pdf"
    )  # what was read is not lost


def test_an_error_of_ours_has_the_exit_code_of_its_class() -> None:
    class Example(BillclerkError):
        exit_code = 4

    assert (BillclerkError.exit_code, Example("x").exit_code) == (70, 4)
