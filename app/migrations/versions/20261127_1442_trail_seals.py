"""trail_seals

Revision ID: dafb95103d32
Revises: 9de8896b2423
"""

import sqlalchemy as sa
from alembic import op

revision = 'dafb95103d32'
down_revision = '9de8896b2423'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('trail_seal',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('first_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('last_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('marks', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('sealed_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trail_seal')),
    sa.UniqueConstraint('last_id', name=op.f('uq_trail_seal_last_id'))
    )


def downgrade() -> None:
    op.drop_table('trail_seal')
