"""The product as it is served, for a measurement.

python -m contactcenter.bench.product PORT     (the rest by the environment)
"""

import sys

import msgspec
import uvloop

from contactcenter.app import create, open_house
from contactcenter.bench.serving import serve
from contactcenter.settings import Settings


async def _main(port: int) -> None:
    settings = msgspec.structs.replace(Settings.from_environment(), port=port)
    await serve(create(await open_house(settings)), port)


if __name__ == "__main__":
    uvloop.run(_main(int(sys.argv[1])))
