"""A summary statement of 300 service accounts on 1,500 pages: one record, each service with its own verdict."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.cases.files import summary_statement
from corpus.make import make_one
from corpus.model import Sample
from extractor.guarded import read_lines
from tests.extractor.golden import differences


def test_three_hundred_accounts_on_fifteen_hundred_pages(tmp_path: Path) -> None:
    make_one(Sample("many", (summary_statement(300, pages_each=5),)), tmp_path)
    (golden,) = json.loads((tmp_path / "many.json").read_text())
    ((_, (line,)),) = read_lines([tmp_path / "many.pdf"], jobs=1)
    record = json.loads(line)
    assert record["document"]["pages"] >= 1500
    assert record["status"] == "verified"
    assert len({service["service_account"] for service in record["bill"]["services"]}) == 300
    assert {service["status"] for service in record["bill"]["services"]} == {"verified"}
    assert list(differences(record["bill"], golden["bill"])) == []
