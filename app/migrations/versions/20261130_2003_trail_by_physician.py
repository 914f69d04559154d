"""trail_by_physician

Revision ID: 8c5828e8fbc5
Revises: 1782d80e5d30
"""

import sqlalchemy as sa
from alembic import op

revision = '8c5828e8fbc5'
down_revision = '1782d80e5d30'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('trail_entry', schema=None) as batch_op:
        batch_op.create_index('ix_trail_entry_physician_id_id', ['physician_id', 'id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('trail_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_trail_entry_physician_id_id')

