"""Whether this process lives, and whether it can do its work."""

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from contactcenter.api.access import who
from contactcenter.live.health import Health, Report


class Alive(msgspec.Struct, frozen=True):
    """The process answers."""

    alive: bool


@get("/health/live", opt=who("nobody"), tags=["operation"], operation_id="GetLiveness")
async def live() -> Alive:
    """200 while the process answers at all."""
    return Alive(alive=True)


@get(
    "/health/ready",
    opt=who("nobody") | {"also": {503: Report}},
    tags=["operation"],
    operation_id="GetReadiness",
)
async def ready(health: NamedDependency[Health]) -> Response[Report]:
    """200 when work can be taken, also `degraded` (without Redis); 503 with what is wrong."""
    report = await health.report()
    return Response(report, status_code=503 if report.state == "not ready" else 200)


ROUTES = [live, ready]
