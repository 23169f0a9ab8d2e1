"""Files that are small and want much: memory, time, or pixels."""

from __future__ import annotations

from collections.abc import Callable

from tests.extractor.hostile.rawpdf import HELVETICA, deflated, one_page, packed, pdf, stream

MILLION = 1_000_000
_LINE = b"BT /F 10 Tf 50 700 Td (Details of your new charges) Tj ET\n"


def content_bomb() -> bytes:
    """A billion bytes of spaces in a content stream of one million."""
    return one_page(deflated(b" " * MILLION, times=1000))


def nested_content_bomb() -> bytes:
    """A content stream that was compressed twice: a few kilobytes that want a billion bytes."""
    return one_page(stream(packed(packed(b" " * MILLION, 1000)), b"/Filter[/FlateDecode/FlateDecode]"))


def text_bomb() -> bytes:
    """Four hundred million letters to show in one operator."""
    letters = stream(packed(b"A" * MILLION, 400), b"/Filter/FlateDecode")
    return one_page(
        b"[6 0 R 7 0 R 8 0 R]",
        others={6: stream(b"BT /F 1 Tf ("), 7: letters, 8: stream(b") Tj ET")},
    )


def image_bomb() -> bytes:
    """A picture of 30,000 by 30,000 pixels, all black: a page that could be a scan."""
    image = deflated(
        bytes(MILLION),
        b"/Type/XObject/Subtype/Image/Width 30000/Height 30000/ColorSpace/DeviceGray/BitsPerComponent 8",
        times=900,
    )
    return one_page(stream(b"q 612 0 0 792 0 0 cm /I Do Q"), b"/XObject<</I 6 0 R>>", others={6: image})


def image_of_huge_size() -> bytes:
    """A picture that claims 2,000,000,000 by 2,000,000,000 pixels and has ten bytes."""
    image = stream(
        bytes(10),
        b"/Type/XObject/Subtype/Image/Width 2000000000/Height 2000000000/ColorSpace/DeviceRGB/BitsPerComponent 8",
    )
    return one_page(stream(b"q 612 0 0 792 0 0 cm /I Do Q"), b"/XObject<</I 6 0 R>>", others={6: image})


def page_of_200_inches() -> bytes:
    """A page of 200 x 200 inches, the largest that PDF 1.6 knows, with a word on it."""
    return one_page(stream(_LINE), box=b"0 0 14400 14400")


def empty_page_of_200_inches() -> bytes:
    """A page of 200 x 200 inches with a line drawn on it: to be read from its picture."""
    return one_page(stream(b"10 10 m 14000 14000 l S"), box=b"0 0 14400 14400")


def empty_page_of_4000_inches() -> bytes:
    """A page of 4,000 x 4,000 inches: 640 billion pixels at 200 dpi."""
    return one_page(stream(b"10 10 m 14000 14000 l S"), box=b"0 0 288000 288000")


def page_of_huge_numbers() -> bytes:
    """A page whose corners are beyond every number that a computer holds."""
    return one_page(stream(_LINE), box=b"-1e38 -1e38 " + b"9" * 60 + b" " + b"9" * 60)


def million_paths() -> bytes:
    """A million strokes."""
    return one_page(deflated(b"0 0 m 1 1 l S\n" * 1000, times=1000))


def million_words() -> bytes:
    """A million text objects of one letter each, all over the page."""
    words = (b"BT /F 9 Tf %d %d Td (x) Tj ET\n" % (at % 100 * 6, at // 100 * 7) for at in range(10_000))
    return one_page(deflated(b"".join(words), times=100))


def million_annotations() -> bytes:
    """Two hundred thousand links on one page."""
    return one_page(
        stream(_LINE),
        page=b"/Annots[%s]" % (b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]>>" * 200_000),
    )


def deep_arrays() -> bytes:
    """Arrays within arrays within arrays, a million deep."""
    return one_page(stream(_LINE), page=b"/Odd %s%s" % (b"[" * MILLION, b"]" * MILLION))


def deep_arrays_in_content() -> bytes:
    """The same, in the content stream."""
    return one_page(deflated(b"[" * MILLION + b"]" * MILLION + b"TJ\n" + _LINE))


def million_saved_states() -> bytes:
    """A million graphics states, each kept for ever."""
    return one_page(deflated(b"q 1 0 0 1 0 0 cm\n" * 1000, times=1000))


def form_that_draws_itself() -> bytes:
    """A form XObject whose content draws the form itself."""
    form = stream(
        b"/X Do BT /F 9 Tf 50 50 Td (again) Tj ET",
        b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</XObject<</X 6 0 R>>/Font<</F 5 0 R>>>>",
    )
    return one_page(stream(b"/X Do"), b"/XObject<</X 6 0 R>>", others={6: form})


def forms_in_a_ring() -> bytes:
    """Two form XObjects that draw each other."""
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</XObject<</X %d 0 R>>>>"
    forms = {6: stream(b"/X Do /X Do", head % 7), 7: stream(b"/X Do /X Do", head % 6)}
    return one_page(stream(b"/X Do"), b"/XObject<</X 6 0 R>>", others=forms)


def forms_that_multiply() -> bytes:
    """Thirty form XObjects, each drawing the next ten times: 10 to the power of 30 letters."""
    return _multiplying(30, 10)


def _multiplying(depth: int, times: int) -> bytes:
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</XObject<</X %d 0 R>>>>"
    last = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F 5 0 R>>>>"
    forms = {6 + at: stream(b"/X Do " * times, head % (7 + at)) for at in range(depth)}
    forms[6 + depth] = stream(b"BT /F 9 Tf 50 50 Td (x) Tj ET", last)
    return one_page(stream(b"/X Do"), b"/XObject<</X 6 0 R>>", others=forms)


def pattern_that_paints_itself() -> bytes:
    """A tiling pattern of a million tiles that is painted with itself."""
    tile = stream(
        b"/Pattern cs /P scn 0 0 600 700 re f",
        b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .01/YStep .01"
        b"/Resources<</Pattern<</P 6 0 R>>>>",
    )
    return one_page(stream(b"/Pattern cs /P scn 0 0 612 792 re f"), b"/Pattern<</P 6 0 R>>", others={6: tile})


def font_that_prints_itself() -> bytes:
    """A Type 3 font whose glyph shows a text in that font."""
    glyph = stream(b"500 0 d0 BT /T 9 Tf (a) Tj ET")
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]/CharProcs<</a 6 0 R>>"
        b"/Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[500]/Resources<</Font<</T 7 0 R>>>>>>"
    )
    return one_page(
        stream(b"BT /T 9 Tf 50 50 Td (aaa) Tj ET"), b"/Font<</T 7 0 R>>", others={6: glyph, 7: font}
    )


def ten_thousand_pages() -> bytes:
    """Ten thousand pages with a word each."""
    return _pages(10_000, stream(_LINE))


def two_thousand_bomb_pages() -> bytes:
    """As many pages as may be, all with one content stream of a megabyte of small print."""
    return _pages(2000, deflated(_LINE, times=20_000))


def _pages(count: int, content: bytes) -> bytes:
    kids = b" ".join(b"%d 0 R" % (10 + at) for at in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>"
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        4: content,
        5: HELVETICA,
    }
    return pdf(objects | {10 + at: page for at in range(count)})


BOMBS: tuple[Callable[[], bytes], ...] = (
    content_bomb,
    nested_content_bomb,
    text_bomb,
    image_bomb,
    image_of_huge_size,
    page_of_200_inches,
    empty_page_of_200_inches,
    empty_page_of_4000_inches,
    page_of_huge_numbers,
    million_paths,
    million_words,
    million_annotations,
    deep_arrays,
    deep_arrays_in_content,
    million_saved_states,
    form_that_draws_itself,
    forms_in_a_ring,
    forms_that_multiply,
    pattern_that_paints_itself,
    font_that_prints_itself,
    ten_thousand_pages,
    two_thousand_bomb_pages,
)
