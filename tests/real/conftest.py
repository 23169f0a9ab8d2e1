"""The rebuilt bills, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real.rebuild import build_all


@pytest.fixture(scope="session")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the path of each rebuilt bill by its name."""
    return {path.stem: path for path in build_all(tmp_path_factory.mktemp("real"))}
