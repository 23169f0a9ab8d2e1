"""What the words in columns of channels, units and qualities mean: those without doubt, and what is asked."""

from __future__ import annotations

from extractor.intervals.mapped.answers import AnswerError, Answers
from extractor.intervals.mapped.columns import CHANNELS, UNITS, Found
from extractor.intervals.mapped.mapping import MEANINGS, MISSING
from extractor.intervals.mapped.roles import folded
from extractor.intervals.mapped.sample import Sample

WORDS = 60
"""Different words that a column of channels, units or qualities may have."""

QUALITY_WORDS = {
    "actual": "unknown",
    **dict.fromkeys(("estimated", "estimate", "est"), "estimated"),
    **dict.fromkeys(("validated", "valid", "verified"), "validated"),
    **dict.fromkeys(("edited", "raw", "questionable", "derived"), ""),
    **dict.fromkeys(("missing", "no data", "no value"), MISSING),
}
QUALITY_WORDS |= {word: word for word, meaning in QUALITY_WORDS.items() if not meaning}
"""What words of quality mean without doubt; a single letter means one thing here and another there."""


def words_of(sample: Sample, found: Found, answers: Answers) -> dict[str, dict[str, str]]:
    """Return what the words of columns mean; an empty text where it has to be said."""
    known: dict[str, dict[str, str]] = {
        "channel": {**CHANNELS},
        "unit": {**UNITS},
        "quality": QUALITY_WORDS,
    }
    result = {}
    for role, meanings in known.items():
        if role not in found.columns:
            continue
        words = {folded(text) or text for text in sample.column(found.columns[role])}
        if len(words) > WORDS:
            raise AnswerError(
                f"the column of the {role} has more than {WORDS} words; say it is none: --set {role}="
            )
        result[role] = {word: meanings.get(word, "") for word in sorted(words)}
        if role == "unit" and {"kWh", "kW"} <= set(result[role].values()):
            result[role]["kw"] = ""  # the same told twice, or of other meters?
        result[role] |= _answered(role, answers.words.get(role, {}))
    return result


def _answered(role: str, said: dict[str, str]) -> dict[str, str]:
    for meaning in said.values():
        if meaning not in MEANINGS[role]:
            raise AnswerError(f"a word of {role} can mean {', '.join(MEANINGS[role])}, not {meaning!r}")
    return {folded(word) or word: meaning for word, meaning in said.items()}
