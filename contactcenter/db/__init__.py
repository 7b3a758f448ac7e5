"""The database: connections, transactions, named queries, the log, and servers for a laptop."""
