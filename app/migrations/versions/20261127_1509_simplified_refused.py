"""simplified_refused

Revision ID: bdaa8505c808
Revises: 0c9a50323cf4
"""

import sqlalchemy as sa
from alembic import op

revision = 'bdaa8505c808'
down_revision = '0c9a50323cf4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('simplified_refused', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.alter_column('simplified_refused', server_default=None)



def downgrade() -> None:
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.drop_column('simplified_refused')

