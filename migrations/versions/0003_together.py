"""What people do together: undo of a send, consults, teams, rules, tags, merges, search."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Hand the file to the driver as it is: in SQLAlchemy's text colons are parameters."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.dbapi_connection.run_async(lambda driver: driver.execute(sql))
