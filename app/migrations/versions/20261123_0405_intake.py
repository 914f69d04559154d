"""imports of several kinds, carried out in pieces

Revision ID: 5b1c7e40a405
Revises: 4fda12a072d1
"""

import sqlalchemy as sa
from alembic import op

revision = "5b1c7e40a405"
down_revision = "4fda12a072d1"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PATH = sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql")
_KIND = sa.Enum(
    "PHYSICIAN", "INSTITUTION", "DEPARTMENT", "CONDUCT",
    name="importkind", native_enum=False, length=40,
)  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table("roster_upload", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", _KIND, nullable=False, server_default="PHYSICIAN")
        )
        batch_op.add_column(sa.Column("choices", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("staged_rows", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("changed_rows", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("authority_id", _ID, nullable=True))
        batch_op.alter_column("province_id", existing_type=_ID, nullable=True)
        batch_op.alter_column("institution_id", existing_type=_ID, nullable=True)
        batch_op.create_foreign_key(
            op.f("fk_roster_upload_authority_id"), "authority", ["authority_id"], ["id"]
        )
        batch_op.create_index(
            batch_op.f("ix_roster_upload_authority_id"), ["authority_id"], unique=False
        )

    op.create_table(
        "roster_chunk",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("applied_at", sa.DateTime(), nullable=True),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("province_id", _ID, nullable=True),
        sa.Column("authority_path", _PATH, nullable=False),
        sa.Column("authority_id", _ID, nullable=True),
        sa.Column("institution_id", _ID, nullable=True),
        sa.Column("upload_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["roster_upload.id"], name=op.f("fk_roster_chunk_upload_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_chunk")),
    )
    with op.batch_alter_table("roster_chunk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_chunk_upload_id"), ["upload_id"], unique=False)


def downgrade() -> None:
    op.drop_table("roster_chunk")
    # Uploads live for a day; an authority's cannot be kept by the older tables.
    op.execute("DELETE FROM roster_upload WHERE institution_id IS NULL")
    with op.batch_alter_table("roster_upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_upload_authority_id"))
        batch_op.drop_constraint(op.f("fk_roster_upload_authority_id"), type_="foreignkey")
        batch_op.alter_column("institution_id", existing_type=_ID, nullable=False)
        batch_op.alter_column("province_id", existing_type=_ID, nullable=False)
        batch_op.drop_column("authority_id")
        batch_op.drop_column("changed_rows")
        batch_op.drop_column("staged_rows")
        batch_op.drop_column("choices")
        batch_op.drop_column("kind")
