"""The commands, one in each module; `contactcenter.__main__` reads their arguments."""
