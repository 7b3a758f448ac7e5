"""HTTP and WebSocket: each route declares who may use it, decodes, runs one action, and answers."""
