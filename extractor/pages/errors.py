"""Why a file could not be opened as a document. Each message tells a person what to do."""

from __future__ import annotations

from extractor.base.errors import BillclerkError


class UnreadableFileError(BillclerkError):
    """The file is no document that can be read; `code` names the reason in the findings."""

    code = "unreadable"
    exit_code = 3


class EmptyFileError(UnreadableFileError):
    """The file has no bytes; fetch it again."""

    code = "empty_file"


class NotADocumentError(UnreadableFileError):
    """The file is no PDF; print or export it as one."""

    code = "not_a_pdf"


class DamagedFileError(UnreadableFileError):
    """The file begins like a PDF and cannot be opened; fetch it again."""

    code = "damaged"


class SeveralFilesError(UnreadableFileError):
    """The file is several PDFs one behind the other, of which only the last can be seen; take them apart."""

    code = "several_files"


class EncryptedFileError(UnreadableFileError):
    """The file asks for a password before it can be opened; save it without one."""

    code = "encrypted"


class NoPagesError(UnreadableFileError):
    """The file is a PDF without pages; fetch it again."""

    code = "no_pages"


class NoInvoiceError(UnreadableFileError):
    """The file is EDI without an invoice in it; usage (867) goes to the interval readers."""

    code = "no_invoice"


class TooManyPagesError(UnreadableFileError):
    """The file has more pages than the settings allow; split it, or raise BILLCLERK_MAX_PAGES."""

    code = "too_many_pages"


class TooLargeError(UnreadableFileError):
    """The file is larger than the settings allow; split it, or raise BILLCLERK_MAX_FILE_MB."""

    code = "too_large"


class NoRecogniserError(UnreadableFileError):
    """The pages are pictures and tesseract is not there to read them; install the package tesseract-ocr."""

    code = "no_tesseract"
