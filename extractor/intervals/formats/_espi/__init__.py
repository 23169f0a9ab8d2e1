"""The parts of the ESPI reader: the stream of entries, their links, the readings, summaries and customers."""
