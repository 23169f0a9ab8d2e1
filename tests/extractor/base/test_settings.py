import pytest

from extractor.base.errors import SettingsError
from extractor.base.settings import load, refuse_misspelt
from extractor.cli.settings import KINDS, from_environment
from extractor.pages.limits import limits_of
from extractor.settings import ReaderSettings


def test_settings_come_from_the_environment_and_cannot_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLCLERK_MEMORY_MB", "512")
    settings = from_environment(ReaderSettings)
    assert settings.memory_mb == 512
    with pytest.raises(ValueError, match="frozen"):
        settings.memory_mb = 1024


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("BILLCLERK_MAX_PAGE", "BILLCLERK_MAX_PAGES"),
        ("billclerk_job", "BILLCLERK_JOBS"),  # variables are read in either case, so misspelt in either
        ("BILLCLERK_CPU_SECOND", "BILLCLERK_CPU_SECONDS"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_nearest(misspelt: str, meant: str) -> None:
    with pytest.raises(SettingsError, match=f"{misspelt} is no setting; did you mean {meant}\\?"):
        refuse_misspelt(KINDS, {misspelt: "1", "PATH": "/bin"})


def test_all_variables_of_all_kinds_are_known() -> None:
    refuse_misspelt(KINDS, {variable: "" for kind in KINDS for variable in kind.variables()})


@pytest.mark.parametrize("value", ["0", "-1", "many", ""])
def test_an_impossible_value_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BILLCLERK_JOBS", value)
    with pytest.raises(SettingsError, match="BILLCLERK_JOBS: "):
        load(ReaderSettings)


def test_limits_are_what_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in enumerate(
        ("WALL_SECONDS", "CPU_SECONDS", "OUTPUT_MB", "DOCUMENTS_PER_WORKER"), start=1
    ):
        monkeypatch.setenv(f"BILLCLERK_{name}", str(number))
    monkeypatch.setenv("BILLCLERK_MEMORY_MB", "300")
    limits = limits_of(from_environment(ReaderSettings))
    assert (limits.wall_seconds, limits.cpu_seconds, limits.requests_per_process) == (1, 2, 4)
    assert (limits.memory_bytes, limits.output_bytes) == (300_000_000, 3_000_000)
