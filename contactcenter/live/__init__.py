"""What is live in this process: derived from the log, and disposable."""
