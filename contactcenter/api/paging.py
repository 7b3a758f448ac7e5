"""What many routes take: ids, and where in a list a page begins."""

from typing import Annotated

import msgspec
from litestar.params import FromPath, FromQuery

END = 2**63 - 1
"""Beyond every id and position: PostgreSQL's largest bigint."""

Id = FromPath[Annotated[int, msgspec.Meta(ge=1, le=END)]]
Place = FromQuery[Annotated[int, msgspec.Meta(ge=0, le=END)]]
Limit = FromQuery[Annotated[int, msgspec.Meta(ge=1, le=200)]]
