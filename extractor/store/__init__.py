"""What lasts: documents, what was read of them, and what people said of that. All SQL is here.

A document is its SHA-256. A reading, what one version of the program made of a document, is added
and never changed; one of a document's readings is current.
"""
