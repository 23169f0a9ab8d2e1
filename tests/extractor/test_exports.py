"""Exports say what is kept, in types that other programs read without loss, and how far it may be trusted."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
import stat
import subprocess
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.cli.export import told_totals
from extractor.export.accounts import ACCOUNT_COLUMNS
from extractor.export.files import NotExactError, cell, write_csv, write_json, write_parquet
from extractor.export.joined import JOIN_COLUMNS
from extractor.export.originals import LayoutError, checked
from extractor.export.roster import ROSTER_COLUMNS
from extractor.export.rows import BILL_COLUMNS, CHARGE_COLUMNS, FINDING_COLUMNS, Column, Row
from extractor.export.totals import TOTAL_COLUMNS, Equation, NotClosedError, Totals
from extractor.portfolio.due_rows import DUE_COLUMNS
from extractor.portfolio.history.rows import ODD_COLUMNS
from extractor.portfolio.rate_rows import RATE_COLUMNS
from extractor.portfolio.service_columns import SERVICE_COLUMNS
from tests.extractor.export.test_workbook import COLUMNS
from tests.extractor.law import SAMPLES

ROOT = Path(__file__).parents[2]
COMMAND = ROOT / ".venv" / "bin" / "billclerk"

ROWS: list[Row] = [
    {
        "text": "101760940000000118",
        "whole": 3,
        "number": Decimal("-648.47"),
        "date": dt.date(2026, 7, 9),
        "flag": True,
    },
    {"text": "=HYPERLINK(1)", "whole": None, "number": Decimal("0.05202"), "date": None, "flag": False},
    {"text": 'a "quote",\nand a line', "number": Decimal("12345.125")},
]


def test_csv_guards_text_and_no_number() -> None:
    out = io.StringIO()
    assert write_csv(COLUMNS, ROWS, out) == 3
    read = list(csv.reader(io.StringIO(out.getvalue())))
    assert read[0] == ["text", "whole", "number", "date", "flag"]
    assert read[1] == ["101760940000000118", "3", "-648.47", "2026-07-09", "true"]
    assert read[2] == ["'=HYPERLINK(1)", "", "0.05202", "", "false"]
    assert read[3][0] == 'a "quote",\nand a line'


@pytest.mark.parametrize("text", ["=1", "+1", "-1 credit", "@x", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_json_keeps_printed_digits() -> None:
    out = io.StringIO()
    write_json(COLUMNS, ROWS, out)
    first, second, third = map(json.loads, out.getvalue().splitlines())
    assert first == {
        "text": "101760940000000118",
        "whole": 3,
        "number": "-648.47",
        "date": "2026-07-09",
        "flag": True,
    }
    assert (second["number"], third["whole"]) == ("0.05202", None)


def test_parquet_has_typed_exact_columns(tmp_path: Path) -> None:
    assert write_parquet(COLUMNS, ROWS, tmp_path / "a.parquet") == 3
    with duckdb.connect() as database:
        read = database.execute(f"SELECT * FROM '{tmp_path}/a.parquet'").fetchall()
        types = [
            row[1] for row in database.execute(f"DESCRIBE SELECT * FROM '{tmp_path}/a.parquet'").fetchall()
        ]
    assert types == ["VARCHAR", "BIGINT", "DECIMAL(38,12)", "DATE", "BOOLEAN"]
    assert read[0] == ("101760940000000118", 3, Decimal("-648.47"), dt.date(2026, 7, 9), True)
    assert read[1][0] == "=HYPERLINK(1)"
    assert read[2][0] == 'a "quote",\nand a line'
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


NUMBER = (Column("number", "number", ""),)


def in_parquet(numbers: list[Decimal], path: Path) -> list[Decimal]:
    write_parquet(NUMBER, [{"number": number} for number in numbers], path)
    with duckdb.connect() as database:
        return [row[0] for row in database.execute(f"SELECT * FROM '{path}'").fetchall()]


def in_csv(numbers: list[Decimal]) -> list[Decimal]:
    out = io.StringIO()
    write_csv(NUMBER, [{"number": number} for number in numbers], out)
    return [Decimal(text) for text in out.getvalue().splitlines()[1:]]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**27), max_value=10**27, places=13)
        | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=8),
        min_size=1,
        max_size=4,
    )
)
def test_parquet_has_just_the_numbers_of_csv_or_says_that_it_has_not(
    tmp_path: Path, numbers: list[Decimal]
) -> None:
    path = tmp_path / "law.parquet"
    path.unlink(missing_ok=True)
    try:
        assert in_parquet(numbers, path) == in_csv(numbers)
    except NotExactError:
        tenths = [f"{number:f}".rstrip("0").rpartition(".") for number in numbers]
        assert any(len(places) > 12 or len(whole.lstrip("-")) > 26 for whole, _, places in tenths)
        assert not path.exists()


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("0.123456789012", True),  # twelve places
        ("0.1234567890120000", True),  # as many, and zeros
        ("0.1234567890125", False),  # thirteen: DuckDB would round it
        ("99999999999999999999999999.123456789012", True),  # all 38 digits
        ("100000000000000000000000000", False),
        ("NaN", False),
    ],
)
def test_a_number_that_parquet_cannot_hold_is_refused_by_its_row(
    tmp_path: Path, number: str, kept: bool
) -> None:
    if kept:
        assert in_parquet([Decimal(number)], tmp_path / "a.parquet") == [Decimal(number)]
        return
    rows: list[Row] = [{"number": Decimal(1)}, {"number": Decimal(number), "sha256": "ab" * 32, "line": 7}]
    with pytest.raises(NotExactError, match=r"row 2 \(abababababab, line 7\): number .* csv or json"):
        write_parquet(NUMBER, rows, tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_parquet_of_nothing_has_its_columns(tmp_path: Path) -> None:
    write_parquet(COLUMNS, [], tmp_path / "a.parquet")
    with duckdb.connect() as database:
        assert database.execute(f"SELECT count(*) FROM '{tmp_path}/a.parquet'").fetchone() == (0,)


@pytest.mark.parametrize(
    "columns",
    [
        CHARGE_COLUMNS,
        BILL_COLUMNS,
        FINDING_COLUMNS,
        JOIN_COLUMNS,
        ACCOUNT_COLUMNS,
        ROSTER_COLUMNS,
        SERVICE_COLUMNS,
        TOTAL_COLUMNS,
        DUE_COLUMNS,
        ODD_COLUMNS,
        RATE_COLUMNS,
    ],
)
def test_columns_have_one_name_each_and_stand_in_the_manual(columns: tuple[Column, ...]) -> None:
    names = [column.name for column in columns]
    assert len(names) == len(set(names))
    manual = (ROOT / "README.md").read_text()
    for column in columns:
        assert f"| `{column.name}` | {column.kind} | {column.about} |" in manual


@pytest.mark.parametrize(
    "layout", ["{nobody}.pdf", "plain.pdf", "/etc/{customer}.pdf", "../{customer}.pdf", "{customer", "{}.pdf"]
)
def test_a_layout_that_names_nothing_or_leads_away_is_refused(layout: str) -> None:
    with pytest.raises(LayoutError):
        checked(layout)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with some bills, two of them in one file, and a letter."""
    folder = tmp_path_factory.mktemp("exports")
    home = folder / "home"
    run("init", home)
    for name in ("d4-bundled-winter-2025", "gs2e-cpa-clean-summer-2026", "two-customers-in-one-file-2025"):
        shutil.copy(SAMPLES / f"{name}.pdf", home / "inbox")
    (home / "inbox" / "letter.pdf").write_bytes(b"no bill")
    run("ingest", "--home", home)
    return home


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)


def test_charges_add_up_to_the_totals_of_the_bills(filled: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("export", "charges", "--home", filled).stdout)))
    assert {(row["trust"], row["counts"]) for row in rows} == {("proven", "true")}
    totals: dict[tuple[str, str, str], Decimal] = {}
    for row in rows:
        key = (row["sha256"], row["bill"], row["service"])
        totals[key] = totals.get(key, Decimal(0)) + Decimal(row["amount"])
        assert Decimal(row["service_total"]) is not None
    for row in rows:
        assert totals[row["sha256"], row["bill"], row["service"]] == Decimal(row["service_total"])


def test_every_format_has_the_same_rows(filled: Path, tmp_path: Path) -> None:
    counts = set()
    for form in ("csv", "json", "parquet", "xlsx"):
        done = run(
            "export", "charges", "--format", form, "--output", tmp_path / f"a.{form}", "--home", filled
        )
        counts.add(done.stderr.partition(" ")[0])
        assert stat.S_IMODE((tmp_path / f"a.{form}").stat().st_mode) == 0o600
    assert len(counts) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.json", "a.parquet", "a.xlsx"]


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        ("bills", [("counts", "4 rows"), ("does not count: unreadable", "1 row")]),
        ("findings", [("counts", "rows"), ("does not count: unreadable", "1 row")]),
        ("charges", [("counts", "rows")]),
    ],
)
def test_every_export_ends_with_control_totals(
    filled: Path, tmp_path: Path, what: str, wanted: list[tuple[str, str]]
) -> None:
    done = run("export", what, "--home", filled, "--totals", tmp_path / "totals.csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    totals = list(csv.DictReader((tmp_path / "totals.csv").open()))
    lines = [(name.rpartition(": ")[2], rest) for name, rest in wanted]
    assert [(row["total"].rpartition(": ")[2]) for row in totals] == [name for name, _ in lines]
    for name, rest in wanted:
        (line,) = (line for line in done.stderr.splitlines() if line.startswith(f"{name}: "))
        assert rest in line
    assert sum(int(row["count"]) for row in totals) == len(rows)
    column = {"bills": "new_charges", "charges": "amount"}.get(what)
    if column:
        added = sum((Decimal(row[column]) for row in rows if row["trust"] == "proven"), Decimal(0))
        assert Decimal(totals[0]["dollars"]) == added


def test_services_come_to_the_new_charges_in_every_format(filled: Path, tmp_path: Path) -> None:
    bills = list(csv.DictReader(io.StringIO(run("export", "bills", "--home", filled).stdout)))
    charged = sum(Decimal(row["new_charges"]) for row in bills if row["new_charges"])
    words = set()
    for form in ("csv", "json", "parquet", "xlsx"):
        done = run(
            "export", "services", "--format", form, "--output", tmp_path / f"a.{form}", "--home", filled
        )
        assert done.returncode == 0, done.stderr
        words.add(done.stderr.splitlines()[-1])
    assert words == {
        f"control totals close: services {charged:,.2f} + left out 0.00 = new charges {charged:,.2f} of 4 statements"
    }
    rows = list(csv.DictReader((tmp_path / "a.csv").open()))
    assert sum(Decimal(row["total"]) for row in rows) == charged
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["services", "totals"]
    assert [cell.value for cell in book["totals"][1]] == ["total", "count", "of", "kwh", "dollars"]
    assert [row[0].value for row in book["totals"].iter_rows(min_row=2)][-1] in words
    with duckdb.connect() as database:
        asked = f"SELECT key, value FROM parquet_kv_metadata('{tmp_path}/a.parquet')"
        found = dict(database.execute(asked).fetchall())
    kept = [json.loads(line) for line in found[b"totals"].decode().splitlines()]
    assert (kept[0]["total"], kept[0]["count"], kept[-1]["total"] in words) == ("services", len(rows), True)


def test_totals_that_do_not_close_are_never_said_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    equation = Equation(Decimal("10.00"), Decimal("2.00"), Decimal("12.01"), 3)
    with pytest.raises(NotClosedError, match=r"DO NOT CLOSE.*differ by -0\.01"):
        told_totals(Totals((), equation), tmp_path / "totals.csv")
    assert "DO NOT CLOSE" in (tmp_path / "totals.csv").read_text()
    assert "totals close" not in capsys.readouterr().err


def test_originals_have_no_control_totals(filled: Path, tmp_path: Path) -> None:
    done = run("export", "originals", "--output", tmp_path, "--totals", tmp_path / "a", "--home", filled)
    assert (done.returncode, "--totals" in done.stderr) == (2, True)


def test_filters_narrow_what_is_exported(filled: Path) -> None:
    def documents(*options: str) -> set[str]:
        done = run("export", "bills", "--format", "json", "--home", filled, *options)
        return {str(json.loads(line)["file"]) for line in done.stdout.splitlines()}

    assert len(documents()) == 4
    assert documents("--status", "unreadable") == {"letter.pdf"}
    assert "d4-bundled-winter-2025.pdf" not in documents("--provider", "CPA")
    assert documents("--from", "2026-06-01") == {"gs2e-cpa-clean-summer-2026.pdf"}
    assert documents("--to", "2024-01-01") == set()
    rows = list(csv.DictReader(io.StringIO(run("export", "bills", "--home", filled).stdout)))
    account = next(row["customer_account"] for row in rows if row["file"].startswith("d4"))
    assert documents("--account", account) == {"d4-bundled-winter-2025.pdf"}


def test_findings_say_why_a_file_was_rejected(filled: Path) -> None:
    done = run("export", "findings", "--status", "unreadable", "--home", filled)
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["severity"], row["counts"], row["trust"]) == ("error", "false", "doubtful")


def test_originals_are_handed_out_under_readable_names_and_customers_apart(
    filled: Path, tmp_path: Path
) -> None:
    done = run(
        "export", "originals", "--layout", "{customer_account}/{statement_date}.pdf", "--output", tmp_path,
        "--home", filled,
    )  # fmt: skip
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert "unknown" in {path.parent.name for path in files}, done.stderr  # the letter
    originals = {path.read_bytes() for path in (filled / "originals").rglob("*.pdf")}
    whole = [path for path in files if path.read_bytes() in originals]
    cut = [
        path
        for path in files
        if path.suffix == ".pdf" and path not in whole and path.parent.name != "unknown"
    ]
    assert len(cut) == 2  # the two bills of one file
    for path in cut:
        records = [json.loads(line) for line in run("read", path, "--format", "json").stdout.splitlines()]
        assert [record["bill"]["customer_account"] for record in records] == [path.parent.name]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_parquet_needs_a_file(filled: Path) -> None:
    done = run("export", "charges", "--format", "parquet", "--home", filled)
    assert (done.returncode, "--output" in done.stderr) == (2, True)
