"""Load with faults: real servers break under real traffic, and every promise is checked."""
