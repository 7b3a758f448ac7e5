"""What runs by itself: routing, timers, webhooks."""
