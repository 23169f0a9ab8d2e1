"""Pages without usable text: pictures of paper, made upright and clean, and what is printed on them."""
