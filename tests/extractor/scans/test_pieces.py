"""A piece holds a run's ink and nothing else's, and says where on the page each of its pixels is from."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.pages.scans.pieces import EDGE, piece_of, window_of
from extractor.pages.scans.segments import Run, runs_of
from tests.extractor.scans.test_segments import DPI, page, word


def test_a_piece_has_its_own_run_only_and_its_place() -> None:
    drawn = page(*word(50, 50, 4), *word(300, 53.5, 4))
    for run in runs_of(drawn, DPI):
        window = window_of(run, drawn.shape, DPI)
        piece = piece_of(drawn[window], window, DPI)
        rows, columns = np.nonzero(piece.pixels == 0)
        left_top = piece.on_page(int(columns.min()), int(rows.min()))
        right_bottom = piece.on_page(int(columns.max()) + 1, int(rows.max()) + 1)
        assert (*left_top, *right_bottom) == pytest.approx(run, abs=0.3)


def test_a_piece_at_the_edge_of_a_page_is_whole() -> None:
    drawn = page((0, 0, 20, 7))
    window = window_of(Run(0, 0, 20, 7), drawn.shape, DPI)
    piece = piece_of(drawn[window], window, DPI)
    assert (piece.pixels[:EDGE] == 255).all()
    assert piece.on_page(EDGE, EDGE) == (0, 0)
