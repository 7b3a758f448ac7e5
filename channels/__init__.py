"""One adapter per channel: bytes in, interactions out; outbound in, requests out."""
