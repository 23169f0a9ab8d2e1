"""What is installed is what is meant to be, and `import requests` stays the HTTP library."""

import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from hatchling.build import build_wheel

import extractor

ROOT = Path(__file__).parents[1]


def test_requests_is_the_http_library() -> None:
    """Where it is not installed, `import requests` in a checkout is an empty namespace without an error."""
    import requests

    assert callable(requests.get)
    assert requests.__file__ is not None
    assert ROOT / "requests" not in Path(requests.__file__).parents
    assert version("requests") == requests.__version__


@pytest.mark.parametrize("trap", ["requests/__init__.py", "tests/requests", "tests/__init__.py"])
def test_nothing_shadows_the_http_library(trap: str) -> None:
    assert not (ROOT / trap).exists()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """Build the wheel, offline, as `pip wheel` would."""
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        name = build_wheel(str(folder))
    with zipfile.ZipFile(folder / name) as built:
        yield built


def test_wheel_holds_both_packages_and_no_requests(wheel: zipfile.ZipFile) -> None:
    top = {name.partition("/")[0] for name in wheel.namelist()}
    assert top == {"extractor", "datarequests", f"billclerk-{extractor.__version__}.dist-info"}


def test_wheel_holds_every_module_and_the_type_marker(wheel: zipfile.ZipFile) -> None:
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "extractor").rglob("*.py")}
    assert modules | {"extractor/py.typed"} <= set(wheel.namelist())


def test_wheel_carries_every_template(wheel: zipfile.ZipFile) -> None:
    templates = [path.relative_to(ROOT) for path in (ROOT / "templates").rglob("*.j2")]
    assert templates
    assert {f"extractor/base/{path.as_posix()}" for path in templates} <= set(wheel.namelist())


def test_wheel_makes_the_command(wheel: zipfile.ZipFile) -> None:
    entry = wheel.read(f"billclerk-{extractor.__version__}.dist-info/entry_points.txt").decode()
    assert "billclerk = extractor.cli:main" in entry


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_files_hold_exact_versions_with_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    requirements = [line for line in text.splitlines() if line and line[0] not in "# "]
    assert all("==" in line for line in requirements)
    assert text.count("--hash=sha256:") >= len(requirements)
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_what_runs_is_what_is_locked() -> None:
    """The tests prove the versions that `make setup` installs, not others."""
    locked = (ROOT / "requirements-dev.lock").read_text()
    differing = []
    for line in locked.splitlines():
        name, equals, rest = line.partition("==")
        if not equals or line[0] in "# " or ";" in rest:
            continue
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "missing"
        if installed != rest.split()[0]:
            differing.append((name, installed))
    assert differing == []
