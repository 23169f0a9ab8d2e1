"""`billclerk sample`, as a person types it: drawn, looked at, answered, measured, corrected."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.scans import sample as sample_pdf
from corpus.scans import scan

ROOT = Path(__file__).parents[3]
CODE = "from extractor.cli import main; main()"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two bills with text and one that was scanned."""
    home = tmp_path_factory.mktemp("sample") / "home"
    call(home, "init", str(home), bare=True)
    for name in ("d4-bundled-winter-2025", "gs2e-cpa-clean-summer-2026"):
        (home / "inbox" / f"{name}.pdf").write_bytes(sample_pdf(name))
    scanned = scan(sample_pdf("d4-city-tax-2025"), "grey-200", 1)
    (home / "inbox" / "scan.pdf").write_bytes(scanned)
    call(home, "ingest")
    return home


def call(
    home: Path, *words: str | Path, status: int = 0, bare: bool = False, where: Path | None = None
) -> str:
    of: list[str | Path] = [] if bare else ["--home", home]
    line: list[str | Path] = [sys.executable, "-c", CODE, *words, *of]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}", "COLUMNS": "120"}
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment, cwd=where)
    assert done.returncode == status, done.stderr
    said: str = done.stdout + done.stderr
    return said


def test_a_sample_is_drawn_answered_measured_and_corrected(filled: Path, tmp_path: Path) -> None:
    said = call(filled, "sample", "20", "--seed", "7", where=tmp_path)
    page, table = (tmp_path / f"billclerk-sample-20-7.{suffix}" for suffix in ("html", "csv"))
    assert "scans: 8 of 53 values" in said and "text: 12 of 116 values" in said
    assert {stat.S_IMODE(path.stat().st_mode) for path in (page, table)} == {0o600}
    _alone(page.read_text())
    rows = list(csv.DictReader(table.open()))
    assert [row["number"] for row in rows] == [str(number) for number in range(1, 21)]

    assert "nothing is answered yet" in call(filled, "sample", "results")
    wrong = next(row for row in rows if re.fullmatch(r"0\.\d{5}", row["value"]))
    for row in rows:
        row["answer"] = "right"
    wrong.update(answer="wrong", printed="0.55555")
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    said = call(filled, "sample", "answer", "20-7", table, "--who", "Pat O'Neil")
    assert "20 answers to sample 20-7 kept; not answered yet: 0" in said
    results = call(filled, "sample", "results", "--sample", "20-7")
    assert "1 of 20 wrong: at most" in results
    assert "wrong although called verified: 1 of 20" in results
    (command,) = re.findall(r"billclerk (correct .*)", results)
    words = shlex.split(command)
    assert words[3] == "0.55555" and words[-3:] == [
        "Pat O'Neil",
        "--why",
        f"sample 20-7, value {wrong['number']}",
    ]
    call(filled, *words)
    assert "by now the bill says 0.55555 there" in call(filled, "sample", "results")
    told = json.loads(call(filled, "sample", "results", "--format", "json"))
    assert (told["right"], told["wrong"], told["outdated"]) == (19, 1, 1)
    call(filled, "correct", words[1], "1", "--undo", "--who", "Pat")

    again = call(filled, "sample", "--seed", "7", "20", where=tmp_path)
    assert "is there already, and is left as it is" in again and "20-7.2" not in again
    assert list(csv.DictReader(table.open())) == rows


def _alone(page: str) -> None:
    """The page fetches nothing, and shows a picture of each value."""
    assert page.count('<img src="data:image/') == 20
    assert "default-src 'none'" in page
    fetched = re.findall(r"""(?:src|href|action)\s*=\s*["']?(?!data:image/)([^"'\s>]+)""", page)
    assert fetched == ["URL.createObjectURL(new"]
    assert len(page) < 2_000_000


def test_one_value_is_answered_and_with_none_wrong_the_most_is_said(filled: Path, tmp_path: Path) -> None:
    call(filled, "sample", "draw", "3", "--seed", "1", "--of", "verified", "--out", tmp_path / "a.html")
    for number in ("1", "2", "3"):
        said = call(filled, "sample", "answer", "3-1", number, "right", "--who", "Pat")
    assert "the answer to sample 3-1 kept; not answered yet: 0" in said
    results = call(filled, "sample", "results", "--sample", "3-1")
    assert "0 of 3 wrong: at most" in results and "values in all, none of them wrong" in results


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("sample", "answer", "9-9", "1", "right", "--who", "Pat"), "no sample is called '9-9'"),
        (("sample", "answer", "9-9", "1", "right"), "say it"),
        (("sample", "answer", "9-9", "1", "--who", "Pat"), "is the value right, wrong or unclear?"),
        (("sample", "answer", "9-9", "1", "perhaps", "--who", "Pat"), "'perhaps' is no answer"),
        (("sample", "answer", "9-9", "no.csv", "--who", "Pat"), "there is no no.csv"),
        (("sample", "20", "--out", "a.pdf"), "ends in .html"),
        (("sample", "20", "--customer", "nobody"), "the roster has no customer 'nobody'"),
        (("sample", "20", "--of", "review"), "there is nothing to draw from"),
        (("sample", "twenty"), "Invalid value for 'COUNT'"),
    ],
)
def test_what_cannot_be_done_is_said(filled: Path, words: tuple[str, ...], says: str) -> None:
    assert says in call(filled, *words, status=2)


def test_a_table_of_another_sample_is_not_written_over(filled: Path, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    call(filled, "sample", "2", "--seed", "1", "--out", page)
    assert "of another sample" in call(filled, "sample", "3", "--seed", "1", "--out", page, status=2)


def test_a_page_whose_original_is_gone_says_so(filled: Path, tmp_path: Path) -> None:
    folder = filled / "originals"
    folder.rename(filled / "away")
    try:
        said = call(filled, "sample", "4", "--seed", "3", "--out", tmp_path / "a.html")
    finally:
        (filled / "away").rename(folder)
    assert said.count("not drawn: the original is missing") == 4
    assert "No picture: the original is missing" in (tmp_path / "a.html").read_text()
