"""Mail that comes in: read, told apart, matched to its request; raw bytes are kept whatever it is."""
