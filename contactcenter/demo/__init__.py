"""The whole of it in half a minute: sample people, a bot, and one customer on two channels.

`run` is the whole; `cast` says who takes part and what they say; `stage` sets them up as an
administrator does; `journey` lets it happen over real HTTP and WebSockets; `tell` prints it.
"""
