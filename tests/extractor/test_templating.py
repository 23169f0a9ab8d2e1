"""Templates: a firm's own come first, a missing value is an error, text is escaped in HTML alone."""

from pathlib import Path

import pytest

from extractor.base.templating import TemplateFaultError, rendered


def test_a_firms_own_template_comes_first_and_is_escaped_in_html_alone(tmp_path: Path) -> None:
    (tmp_path / "a.html.j2").write_text("<p>{{ name }}</p>")
    (tmp_path / "a.txt.j2").write_text("{{ name }}")
    values = {"name": "<b>Sam</b>"}
    assert rendered("a.html.j2", values, tmp_path) == "<p>&lt;b&gt;Sam&lt;/b&gt;</p>"
    assert rendered("a.txt.j2", values, tmp_path) == "<b>Sam</b>"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ nobody }}", "template a.txt.j2: 'nobody' is undefined"),
        ("one\n{% if %}", "template a.txt.j2, line 2: Expected an expression"),
        ("{{ ''.__class__.__mro__ }}", "template a.txt.j2: .*unsafe"),
        ("{% include 'gone.txt.j2' %}", "template a.txt.j2: 'gone.txt.j2' not found|gone.txt.j2"),
    ],
)
def test_a_template_at_fault_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "a.txt.j2").write_text(text)
    with pytest.raises(TemplateFaultError, match=says):
        rendered("a.txt.j2", {}, tmp_path)
