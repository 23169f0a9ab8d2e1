"""What can go wrong with the words of a page, one operator each: a misread digit, a lost line, a moved sidebar.

An operator takes a source of chance and a file's pages and returns other pages, or None where
there is nothing to change. Pages are never changed in place.
"""

from __future__ import annotations

from tests.extractor.mutated_lines import (
    change_heading,
    drop_heading,
    drop_line,
    drop_page,
    duplicate_line,
    duplicate_page,
    move_period,
    move_sidebar,
    swap_headings,
    swap_labels,
    swap_lines,
    swap_pages,
)
from tests.extractor.mutated_words import (
    change_amount,
    change_digit,
    change_price_period,
    change_season,
    change_share,
    change_sum,
    change_unit,
    drop_word,
    join_words,
    lose_comma,
    lose_point,
    lose_sign,
    split_word,
    swap_words,
)
from tests.extractor.mutation_tools import Operator

OPERATORS: tuple[Operator, ...] = (
    change_digit,
    change_amount,
    change_sum,
    drop_word,
    lose_sign,
    lose_point,
    lose_comma,
    change_unit,
    change_share,
    change_price_period,
    change_season,
    swap_words,
    join_words,
    split_word,
    drop_line,
    duplicate_line,
    swap_lines,
    swap_labels,
    drop_heading,
    swap_headings,
    change_heading,
    drop_page,
    swap_pages,
    duplicate_page,
    move_sidebar,
    move_period,
)
