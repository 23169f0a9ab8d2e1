"""A real Ray cluster of two nodes, started and ended here, reads what one machine reads."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from extractor.base.database import opened
from extractor.base.schema import upgrade
from extractor.guarded import Asked
from extractor.home import Home, created
from extractor.intake.inbox import ingest
from extractor.reprocessing import batch
from extractor.reprocessing.batch import Batch, local
from extractor.reprocessing.cluster import NoClusterError, ray_reads
from extractor.reprocessing.report import Accepted, Report
from extractor.settings import ReaderSettings
from extractor.store.runs import Choice
from tests.extractor.law import SAMPLES

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
SETTINGS = ReaderSettings(jobs=1)
NAMES = ("d4-bundled-winter-2025", "gs2e-cpa-clean-summer-2026", "cpa-only-d4-clean-2026")
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster of two nodes with a processor each."""
    folder = tmp_path_factory.mktemp("ray")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "disabled")
        patch.setenv("RAY_AUTH_TOKEN_PATH", str(folder / "token"))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", os.pathsep.join(map(str, (ROOT, ROOT / "requests"))))
        from ray.cluster_utils import Cluster

        nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        nodes.add_node(num_cpus=1)
        try:
            yield nodes.address
        finally:
            nodes.shutdown()  # type: ignore[no-untyped-call]  # its own processes alone


@pytest.fixture
def taken(tmp_path: Path) -> Iterator[tuple[Home, Engine]]:
    home = created(tmp_path / "home", "")
    engine = opened(home.database)
    upgrade(engine)
    paths = [Path(shutil.copy(SAMPLES / f"{name}.pdf", home.inbox)) for name in NAMES]
    (home.inbox / "letter.pdf").write_bytes(b"no bill")
    list(ingest(home, engine, [*paths, home.inbox / "letter.pdf"], SETTINGS, lambda: NOW))
    yield home, engine
    engine.dispose()


def test_a_cluster_of_two_nodes_reads_what_one_machine_reads(
    cluster: str, taken: tuple[Home, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, engine = taken
    monkeypatch.setattr(batch, "fingerprint", lambda: "1" * 64)
    of = Batch(home, engine, SETTINGS, ray_reads(SETTINGS, cluster), lambda: NOW)
    report = Report()
    changed = list(of.run(of.chosen(Choice(outdated_by="1" * 64)), "outdated", Accepted(), report))
    assert len(changed) == 4
    assert report.counts == {"unchanged": 4}


def test_records_come_back_in_the_order_they_were_asked_for(cluster: str) -> None:
    paths = [SAMPLES / f"{name}.pdf" for name in NAMES * 9]  # more than one chunk
    wanted = [Asked(path) for path in paths]
    far = list(ray_reads(SETTINGS, cluster)(wanted, len(wanted)))
    near = list(local(SETTINGS, 1)(wanted[:3], 3))
    assert [asked.path for asked, _ in far] == paths
    for (_, ours), (_, theirs) in zip(near, far, strict=False):
        assert [_values(line) for line in ours] == [_values(line) for line in theirs]


def test_an_original_that_goes_on_the_way_stops_nothing(cluster: str, tmp_path: Path) -> None:
    paths = [tmp_path / "gone.pdf", SAMPLES / f"{NAMES[0]}.pdf"]
    far = list(ray_reads(SETTINGS, cluster)([Asked(path) for path in paths], 2))
    assert [b'"unreadable"' in lines[0] for _, lines in far] == [True, False]


def _values(line: bytes) -> bytes:
    return line[line.index(b'"sha256"') :]


def test_a_cluster_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    reads = ray_reads(SETTINGS, "127.0.0.1:1")
    with pytest.raises(NoClusterError, match=r"127\.0\.0\.1:1"):
        list(reads([Asked(SAMPLES / f"{NAMES[0]}.pdf")], 1))
