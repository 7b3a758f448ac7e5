"""An omnichannel contact center: one conversation record, routed to the right agent."""

__version__ = "0.1.0"
