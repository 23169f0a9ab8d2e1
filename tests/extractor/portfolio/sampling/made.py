"""Bills as they are read of the corpus, kept in a store, and samples of them."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.model import ReadResult
from extractor.portfolio.sampling.answers import Given
from extractor.portfolio.sampling.draw import Drawn, drawn
from extractor.portfolio.sampling.frame import Asked
from extractor.portfolio.sampling.kept import Shown, add_answers, keep, sample_named, shown
from extractor.reading import read_document
from extractor.store.documents import Arrival, Reader, add_reading, make_current, take
from extractor.store.sampled import Sample
from extractor.store.standing import settle
from tests.extractor.law import SAMPLES

TRUSTED = Asked()
NOW = dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC)
GS2, NEM, OLD, GREEN, TWO = (
    "gs2e-cpa-clean-summer-2026",
    "d4-nem2-nonbypassable-charges-2026",
    "old-gs2d-cpa-lean-season-split-2019",
    "prime-cpa-green-summer-2026",
    "two-services-bundled-2026",
)


@cache
def read(name: str) -> tuple[ReadResult, ...]:
    return tuple(read_document(SAMPLES / f"{name}.pdf"))


def changed(result: ReadResult, **document: Any) -> ReadResult:
    """Return a record whose document says something else."""
    return result.model_copy(update={"document": result.document.model_copy(update=document)})


def put(engine: Engine, name: str, *results: ReadResult, sha256: str | None = None) -> str:
    """Keep the reading of a bill, another one if it is there; return its document's hash."""
    found = results or read(name)
    digest = sha256 or read(name)[0].document.sha256 or ""
    with writing(engine) as session:
        document = take(session, Arrival(digest, f"{name}.pdf", 1), NOW)
        make_current(session, add_reading(session, document, found, Reader("test", "f"), NOW))
        settle(session, [document.id or 0])
    return digest


def put_all(engine: Engine) -> None:
    """Keep two bills with text and two that were scanned."""
    for name in (GS2, NEM):
        put(engine, name)
    for name in (OLD, GREEN):
        put(engine, name, *(changed(result, source="ocr") for result in read(name)))


def draw(engine: Engine, size: int, seed: str = "7", asked: Asked = TRUSTED) -> Drawn:
    with reading(engine) as session:
        return drawn(session, asked, size, seed)


def kept(engine: Engine, size: int, seed: str = "7", asked: Asked = TRUSTED) -> Sample:
    """Draw a sample and keep it."""
    found = draw(engine, size, seed, asked)
    with writing(engine) as session:
        return keep(session, asked, size, seed, found, NOW)


def values(engine: Engine, name: str) -> list[Shown]:
    with reading(engine) as session:
        return shown(session, sample_named(session, name))


def answered(engine: Engine, name: str, *given: Given, who: str = "Pat") -> list[Shown]:
    with writing(engine) as session:
        return add_answers(session, sample_named(session, name), given, who, NOW)
