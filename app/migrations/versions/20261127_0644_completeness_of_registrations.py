"""completeness of registrations

Revision ID: 1024ef7d55e5
Revises: d2b82155b8be
"""

import sqlalchemy as sa
from alembic import op

revision = '1024ef7d55e5'
down_revision = 'd2b82155b8be'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.add_column(sa.Column('completeness', sa.SmallInteger(), nullable=False, server_default='0'))


def downgrade() -> None:
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.drop_column('completeness')
