"""What many routes take: ids, and where in a list a page begins."""

from typing import Annotated

import msgspec

END = 2**63 - 1
"""Beyond every id and position: PostgreSQL's largest bigint."""

Id = Annotated[int, msgspec.Meta(ge=1, le=END)]
Place = Annotated[int, msgspec.Meta(ge=0, le=END)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
