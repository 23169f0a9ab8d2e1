"""Papers for a customer to sign or to copy from: PDFs, the same bytes each time they are made."""
