"""Tables of short cells with sentences below: nothing is cut, whatever the terminal's width."""

from __future__ import annotations

import pytest
from rich.text import Text

from extractor.cli.noted import Noted, print_noted

TITLES = ("document", "kWh", "verdict")
REASON = (
    "summer off-peak: 549.008 kWh delivered, 568 billed; summer on-peak: 135.684 kWh delivered, 139 billed"
)
ROWS: list[Noted] = [
    (("04292a6f41c2", "753", Text("differs", "red")), REASON),
    (("b83afa04b901", "35,377", "ties_out"), ""),
]


@pytest.mark.parametrize("width", [40, 80, 100, 120, 300])
def test_no_word_is_lost_and_no_line_is_too_long(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A column too narrow for its words once cut "549.008 kWh" to "549.008 kW", and "summer" to "summ"."""
    monkeypatch.setenv("COLUMNS", str(width))
    print_noted(TITLES, ROWS, right=(1,))
    out = capsys.readouterr().out
    assert out.split() == [
        *TITLES,
        *("04292a6f41c2", "753", "differs", *REASON.split()),
        *("b83afa04b901", "35,377", "ties_out"),
    ]
    assert max(map(len, out.splitlines())) <= width
    assert (len(out.splitlines()) == 3) == (width == 300)  # behind its row where there is room


def test_numbers_stand_under_each_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    print_noted(TITLES, ROWS, right=(1,))
    heading, first, _, _, last = capsys.readouterr().out.splitlines()
    assert heading.index("kWh") + 3 == first.index("753") + 3 == last.index("35,377") + 6


def test_without_rows_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    print_noted(TITLES, [])
    assert capsys.readouterr().out == ""
