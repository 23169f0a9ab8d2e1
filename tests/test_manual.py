"""README.md is the manual: what a user can say to the program stands there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from extractor.base.settings import PREFIX
from extractor.cli import app
from extractor.cli.settings import KINDS

ROOT = Path(__file__).parents[1]
MANUAL = (ROOT / "README.md").read_text()


def commands(group: TyperGroup, before: str = "") -> Iterator[tuple[str, Any]]:
    """Give all commands with their whole names, those of groups too."""
    for name, command in group.commands.items():
        yield f"{before}{name}", command
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{before}{name} ")


COMMANDS = dict(commands(typer.main.get_group(app)))
OPTIONS = [
    (name, option) for name, command in COMMANDS.items() for part in command.params for option in part.opts
]
VARIABLES = [variable for kind in KINDS for variable in kind.variables()]


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_in_the_manual_and_has_help(name: str) -> None:
    assert f"$ billclerk {name}" in MANUAL
    assert COMMANDS[name].help


@pytest.mark.parametrize(("name", "option"), [pair for pair in OPTIONS if pair[1].startswith("-")])
def test_option_is_in_the_manual(name: str, option: str) -> None:
    assert re.search(rf"(?<![\w-]){option}\b", MANUAL), f"{option} of {name}"


@pytest.mark.parametrize("variable", VARIABLES)
def test_setting_is_in_the_manual_with_its_default(variable: str) -> None:
    kind = next(kind for kind in KINDS if variable in kind.variables())
    field = kind.model_fields[variable.removeprefix(PREFIX).lower()]
    default = "the cores " if field.default_factory else ""
    if not field.default_factory and field.default is not None:
        default = f"{field.default} " if isinstance(field.default, str) else f"{field.default:g} "
    assert f"| `{variable}` | {default}| {field.description} |" in MANUAL


def test_manual_names_no_setting_that_does_not_exist() -> None:
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", MANUAL)) <= set(VARIABLES)


def test_manual_names_both_commands() -> None:
    assert "make run" in MANUAL
    assert "make test" in MANUAL


@pytest.mark.parametrize("folder", ["extractor", "requests", "templates", "corpus", "tests"])
def test_each_top_level_folder_says_what_it_is_for(folder: str) -> None:
    assert len((ROOT / folder / "README.md").read_text()) > 200
