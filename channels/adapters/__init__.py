"""One folder for each channel's adapter; none knows another."""
