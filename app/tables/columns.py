"""The kinds of columns that every table is made of."""

from typing import Annotated, Any

from sqlalchemy import BigInteger, Enum, ForeignKey, Integer, String, Text
from sqlalchemy.orm import mapped_column

from app import enums

BigId = BigInteger().with_variant(Integer, "sqlite")

pk = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]
word = Annotated[str, mapped_column(String(64))]
line = Annotated[str, mapped_column(String(255))]
opt_word = Annotated[str | None, mapped_column(String(64))]
opt_line = Annotated[str | None, mapped_column(String(255))]
prose = Annotated[str, mapped_column(Text)]
opt_prose = Annotated[str | None, mapped_column(Text)]
_PATH = String(120).with_variant(String(120, collation="C"), "postgresql")
COLLATED_NAME = String(64).with_variant(String(64, collation="C"), "postgresql")
tree_path = Annotated[str, mapped_column(_PATH)]


def ref(target: str, **options: Any) -> Any:
    return mapped_column(BigId, ForeignKey(target), **options)


def copied(**options: Any) -> Any:
    # A copy for the scope: the row it is copied from holds the foreign key.
    return mapped_column(BigId, **options)


def choice(vocabulary: type[enums.Vocabulary]) -> Enum:
    return Enum(vocabulary, native_enum=False, length=40, create_constraint=False)
