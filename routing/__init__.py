"""The routing engine: facts in, decisions out.

A pure library: no clock, no randomness, no I/O. Time is a whole number of microseconds that the
caller passes in, and the same calls in the same order give the same bytes. Start reading at
`facts` (what the engine is told), `decisions` (what it answers) and `engine`.
"""
