"""The table of what people said of sampled values beside the page: right, wrong or not to be read."""

import datetime as dt

from sqlalchemy import Column
from sqlmodel import Field

from extractor.base.columns import Utc
from extractor.store.tables import Table, parent


class SampleAnswer(Table, table=True):
    """What a person said of one value of a bill; of a value the latest answer counts."""

    __tablename__ = "sample_answer"

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(sa_column=parent("document"))
    position: int
    """Which bill of the document, from 1."""
    target: str
    """The value's JSON pointer in the record."""
    value: str
    """The value that was shown."""
    values_sha256: str = Field(max_length=64)
    """Hash of what the bill said when it was shown."""
    state: str
    """The bill's state when it was shown: verified, corrected, accepted, review."""
    source: str | None = None
    """`text`, `ocr`, `mixed` or `edi`."""
    sample: str = Field(index=True)
    """Which sample: its size and seed."""
    answer: str
    """`right`, `wrong` or `unclear`."""
    printed: str | None = None
    """What is printed, of one that is wrong."""
    who: str
    at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
