"""A file -> pages of words with boxes: text layer readers and the guarded worker process."""
