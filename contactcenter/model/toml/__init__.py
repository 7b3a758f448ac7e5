"""TOML beyond what the standard library does: writing it, finding a line in it, editing it."""
