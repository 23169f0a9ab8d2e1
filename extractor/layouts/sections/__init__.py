"""Section grammars: one printed part of a bill each; layouts are composed of them."""
