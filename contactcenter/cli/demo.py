"""`contactcenter demo`: see `contactcenter.demo`."""

import os

from contactcenter import log, server
from contactcenter.demo.run import run
from contactcenter.settings import Settings


async def demo(settings: Settings, *, once: bool) -> None:
    """Run the demo; its own lines are the terminal's, so of the logs only warnings are shown."""
    level = settings.log_level if "CONTACTCENTER_LOG_LEVEL" in os.environ else "warning"
    log.configure(json=settings.log_json, level=level)
    server.raise_file_limit()
    await run(settings, once=once)
