"""What stands at the top of pages: name and page number, and a service's own header block.

The block (`Service account`, address, POD-ID, outage group on a details page) is known from
CPA's sample page only; on SCE's pages of bills with several services it is invented.
"""

from corpus.drawing.page import Page
from corpus.model import Bill, Place

TOP = 72.3  # of pages 1 and 3
HIGH = 21.9  # of the details page


def page_mark(page: Page, bill: Bill, number: int, count: int, top: float) -> None:
    """Put `<NAME> / Page 4 of 8`."""
    page.right(583.5, top, f"{bill.name} / Page {number} of {count}", layer="furniture")


def place_block(page: Page, place: Place, top: float) -> None:
    """Put the header of one service: titles, and below them its values."""
    titles = ("Service account", "Service address", "POD-ID", "Rotating outage")
    group = f"Group {place.outage_group}" if place.outage_group else ""
    values = (place.service_account, place.address[0] if place.address else "", place.pod_id or "", group)
    shown = [bool(value) for value in values]
    for x, title, value, show in zip((36.0, 150.0, 330.0, 470.0), titles, values, shown, strict=True):
        if show:
            page.put(x, top, title, layer="furniture")
            page.put(x, top + 11.1, value, layer="furniture")
    for number, line in enumerate(place.address[1:], 1):
        page.put(150.0, top + 11.1 + 10.55 * number, line, layer="furniture")
