"""What all tables share: one metadata, names of constraints by convention, column types of both engines."""

from sqlalchemy import BigInteger, Integer, MetaData, Text
from sqlalchemy.types import TypeEngine

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite gives its fast row number only to a column that says INTEGER.
Key: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
Time: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
# Byte order on both engines, so that lists sort alike.
Word: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")
