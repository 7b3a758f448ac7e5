"""An omnichannel contact center: conversations, actions, live sockets, API and workers."""
