"""carried

Revision ID: 0c9a50323cf4
Revises: dafb95103d32
"""

import sqlalchemy as sa
from alembic import op

revision = '0c9a50323cf4'
down_revision = 'dafb95103d32'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.add_column(sa.Column('carried', sa.JSON(), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.drop_column('carried')

