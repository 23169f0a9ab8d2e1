"""Files whose parts contradict, contain or follow each other for ever."""

from __future__ import annotations

from collections.abc import Callable

from tests.extractor.hostile.rawpdf import HELVETICA, deflated, one_page, pdf, stream

_TEXT = stream(b"BT /F 10 Tf 50 700 Td (Details of your new charges) Tj ET")
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>"


def _file(pages: bytes, page: bytes = _PAGE, others: dict[int, bytes] | None = None) -> bytes:
    return pdf(
        {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: pages, 3: page, 4: _TEXT, 5: HELVETICA} | (others or {})
    )


def page_tree_in_a_ring() -> bytes:
    """A page tree whose only child is its own root."""
    return _file(b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>")


def page_tree_in_a_wide_ring() -> bytes:
    """Two nodes of a page tree that hold each other, twice each."""
    return _file(
        b"<</Type/Pages/Kids[6 0 R 6 0 R 3 0 R]/Count 1000>>",
        others={6: b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 2 0 R]/Count 500>>"},
    )


def page_tree_that_multiplies() -> bytes:
    """Forty nodes, each with the next one twice: 10 to the power of 12 pages in two kilobytes."""
    nodes = {
        10 + at: b"<</Type/Pages/Parent %d 0 R/Kids[%d 0 R %d 0 R]/Count %d>>"
        % (9 + at if at else 2, 11 + at, 11 + at, 2 ** (40 - at))
        for at in range(40)
    }
    nodes[50] = _PAGE.replace(b"2 0 R", b"49 0 R")
    return _file(b"<</Type/Pages/Kids[10 0 R]/Count 1099511627776>>", others=nodes)


def deep_page_tree() -> bytes:
    """A page below fifty thousand nodes."""
    nodes = {
        10 + at: b"<</Type/Pages/Parent %d 0 R/Kids[%d 0 R]/Count 1>>" % (9 + at if at else 2, 11 + at)
        for at in range(50_000)
    }
    nodes[50_010] = _PAGE.replace(b"2 0 R", b"50009 0 R")
    return _file(b"<</Type/Pages/Kids[10 0 R]/Count 1>>", others=nodes)


def huge_count() -> bytes:
    """One page, said to be two billion."""
    return _file(b"<</Type/Pages/Kids[3 0 R]/Count 2000000000>>")


def allowed_count() -> bytes:
    """One page, said to be as many as a file may have: the others are not there."""
    return _file(b"<</Type/Pages/Kids[3 0 R]/Count 1999>>")


def negative_count() -> bytes:
    """One page, said to be less than none."""
    return _file(b"<</Type/Pages/Kids[3 0 R]/Count -7>>")


def pages_that_are_no_pages() -> bytes:
    """A page that is a number, a font and nothing."""
    return _file(b"<</Type/Pages/Kids[6 0 R 5 0 R 99 0 R null 7]/Count 5>>", others={6: b"42"})


def xref_in_a_ring() -> bytes:
    """A cross-reference table whose earlier version is itself."""
    data = _file(b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    start = data.rindex(b"xref\n0")
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start)


def xref_out_of_the_file() -> bytes:
    """Every place that the cross-reference table names is wrong, or beyond the end of the file."""
    data = _file(b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    head, table = data[: data.rindex(b"xref\n0")], data[data.rindex(b"xref\n0") :]
    return head + table.replace(b"00000 n", b"00001 n").replace(b"\n00000000", b"\n99999999")


def xref_of_huge_size() -> bytes:
    """A cross-reference table that says it has four billion entries."""
    data = _file(b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    return data.replace(b"/Size 6", b"/Size 4294967295").replace(b"xref\n0 6", b"xref\n0 4294967295")


def object_stream_in_itself() -> bytes:
    """An object stream that holds its own length, and the catalog, and itself."""
    inner = (
        b"1 0 6 30 7 60 <</Type/Catalog/Pages 2 0 R>>    7 0 R                         <</Type/ObjStm>>   "
    )
    held = b"<</Type/ObjStm/N 3/First 15/Extends 6 0 R/Length 7 0 R>>\nstream\n%s\nendstream" % inner
    body = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, object_ in {
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: _PAGE,
        4: _TEXT,
        5: HELVETICA,
        6: held,
    }.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, object_)
    places[8] = start = len(body)
    rows = bytearray()
    for number in range(9):
        if number in (1, 7):
            rows += bytes([2]) + (6).to_bytes(4) + bytes([0 if number == 1 else 2])
        elif number in places:
            rows += bytes([1]) + places[number].to_bytes(4) + b"\0"
        else:
            rows += bytes(6)
    table = deflated(bytes(rows), b"/Type/XRef/Size 9/W[1 4 1]/Root 1 0 R")
    return bytes(body + b"8 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, start))


def length_in_a_ring() -> bytes:
    """A content stream whose length is another stream's length, which is the first one's."""
    first = b"<</Length 6 0 R>>\nstream\nBT /F 10 Tf 50 700 Td (Details) Tj ET\nendstream"
    return one_page(first, others={6: b"7 0 R", 7: b"6 0 R"})


def contents_in_a_ring() -> bytes:
    """A page whose content is a list that holds itself."""
    return one_page(b"[4 0 R 4 0 R 6 0 R]", others={6: b"[4 0 R]"})


def inherited_in_a_ring() -> bytes:
    """A page whose resources are to be found at its parent, which is the page."""
    return _file(
        b"<</Type/Pages/Kids[3 0 R]/Count 1/Parent 3 0 R>>", b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>"
    )


def filters_by_the_thousand() -> bytes:
    """A content stream behind a hundred thousand filters."""
    return one_page(stream(b"q", b"/Filter[%s]" % (b"/ASCIIHexDecode" * 100_000)))


def encrypted_by_nonsense() -> bytes:
    """An encryption dictionary of a kind nobody knows."""
    data = _file(b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt<</Filter/Nonsense/V 99/R 99/Length -1>>")


def fonts_with_broken_encodings() -> bytes:
    """Fonts whose encodings are rings, numbers out of range, endless ranges and nonsense."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FFFFFFFF> endcodespacerange\n"
        b"3 beginbfrange <0000> <FFFF> <D800> <00000000> <FFFFFFFF> <0041> <41> <30> [<0041>] endbfrange\n"
        b"2 beginbfchar <41> <> <42> <DFFFDFFFDFFF0000> endbfchar usecmap /Self usecmap endcmap"
    )
    bad = b"/FirstChar -5/LastChar 2000000000/Widths[%s 1e39 (a) null]" % (b"-99999999 " * 300)
    fonts = {
        6: stream(cmap, b"/Type/CMap/CMapName/Self/UseCMap 6 0 R"),
        7: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding 7 0 R/ToUnicode 6 0 R%s>>" % bad,
        8: b"<</Type/Font/Subtype/TrueType/BaseFont/Nothing/Encoding<</BaseEncoding/None/Differences"
        b"[-1/a 65/uniFFFFFFFF 66/A/B 999999/C (x) 67/u110000]>>/ToUnicode 6 0 R/FontDescriptor 11 0 R%s>>"
        % bad,
        9: b"<</Type/Font/Subtype/Type0/BaseFont/Odd/Encoding/Nonsense-H/DescendantFonts[10 0 R]/ToUnicode 9 0 R>>",
        10: b"<</Type/Font/Subtype/Type0/BaseFont/Odd/Encoding/Identity-H/DescendantFonts[9 0 R 10 0 R]>>",
        11: b"<</Type/FontDescriptor/FontName/Nothing/Flags 4/FontFile2 12 0 R/FontFile 12 0 R/Ascent 1e38>>",
        12: stream(b"\0\1\0\0\xff\xff\xff\xff\xff\xff" + b"glyf\0\0\0\0\xff\xff\xff\xff" * 50),
    }
    shown = b"".join(
        b"BT /%s 10 Tf 50 %d Td (ABC\377\200 0.05202) Tj <00410042FFFF> Tj ET\n" % (name, 700 - 20 * at)
        for at, name in enumerate((b"A", b"B", b"C", b"D", b"None"))
    )
    resources = b"/Font<</A 7 0 R/B 8 0 R/C 9 0 R/D 10 0 R>>"
    return one_page(stream(shown), resources, others=fonts)


STRUCTURES: tuple[Callable[[], bytes], ...] = (
    page_tree_in_a_ring,
    page_tree_in_a_wide_ring,
    page_tree_that_multiplies,
    deep_page_tree,
    huge_count,
    allowed_count,
    negative_count,
    pages_that_are_no_pages,
    xref_in_a_ring,
    xref_out_of_the_file,
    xref_of_huge_size,
    object_stream_in_itself,
    length_in_a_ring,
    contents_in_a_ring,
    inherited_in_a_ring,
    filters_by_the_thousand,
    encrypted_by_nonsense,
    fonts_with_broken_encodings,
)
