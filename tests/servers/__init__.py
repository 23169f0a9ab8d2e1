"""Real servers that tests start on this machine, and end when they are done."""
