"""Web chat and mobile app: the host signs who its customer is, and we believe the signature."""

from channels.adapters.web.claims import BadToken, Claims, verify

__all__ = ["BadToken", "Claims", "verify"]
