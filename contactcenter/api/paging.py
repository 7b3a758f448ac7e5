"""What many routes take in path and query: ids, tags, and where in a list a page begins."""

from typing import Annotated

from litestar.params import PathParameter, QueryParameter

from contactcenter.record.tags import TAG, TAG_LENGTH_MAX

END = 2**63 - 1
"""Beyond every id and position: PostgreSQL's largest bigint."""

Id = Annotated[int, PathParameter(ge=1, le=END)]
Place = Annotated[int, QueryParameter(ge=0, le=END)]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]
TagInPath = Annotated[str, PathParameter(max_length=TAG_LENGTH_MAX, pattern=TAG)]
