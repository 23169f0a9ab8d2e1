"""Pages that the second text reader does not find in a damaged file."""

import pytest

from extractor.layouts import UnknownLayoutError, layout_for


def test_no_pages_are_no_bill() -> None:
    """Seen in a damaged file: the second reader found none of its pages."""
    with pytest.raises(UnknownLayoutError):
        layout_for([])
