"""An omnichannel contact center: one conversation record, routed to the right agent."""
