import re
from pathlib import Path

from extractor.cli.sentences import SENTENCES

CHECKS = Path(__file__).parents[3] / "extractor" / "checks"
COST_BOX = {f"cost_box_{part}" for part in ("energy", "demand", "other", "total")}


def identities() -> set[str]:
    """Return the names that the checks give their proof rows, from their source."""
    source = "\n".join(path.read_text() for path in CHECKS.glob("*.py") if path.name != "compare.py")
    return set(re.findall(r'\bcompare\(\s*"(\w+)"', source)) | COST_BOX


def test_every_identity_has_a_sentence_and_no_sentence_is_left_over() -> None:
    assert set(SENTENCES) == identities()
