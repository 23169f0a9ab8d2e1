"""Logs as JSON lines on standard error, without names or account numbers.

What a document says, and what files are called, may tell whose they are. So events carry the first digits
of a document's hash and no text of it, and whatever looks like an account number or an address of e-mail
in a message of some library is covered at the very end.

>>> redacted("account 700200000143 of pat@example.com, 12 pages, SA 2-00-000-0019")
'account [number] of [e-mail], 12 pages, SA [number]'
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_NUMBER = re.compile(r"(?<![\w.-])\d(?:[\d-]*\d){6,}(?![\w])")
"""Seven digits and more, dashes between them or not: accounts, meters, POD-IDs."""

PLAIN = frozenset(("timestamp", "level", "event", "document", "outcome"))
"""What is ours and carries no text of others."""


def redacted(text: str) -> str:
    """Return a text with what may be an account number or an address covered."""
    return _NUMBER.sub("[number]", _MAIL.sub("[e-mail]", text))


def set_up_json() -> None:
    """Let all logs of this process be JSON lines on standard error."""
    import structlog

    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        ),
        _redact,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value if key in PLAIN - {"event"} else _covered(value) for key, value in event.items()}


def _covered(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {key: _covered(item) for key, item in value.items()}
    return [_covered(item) for item in value] if isinstance(value, list) else value
