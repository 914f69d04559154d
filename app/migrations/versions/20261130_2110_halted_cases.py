"""halted_cases

Revision ID: 47597414e308
Revises: 911c41e68cc5
"""

import sqlalchemy as sa
from alembic import op

revision = '47597414e308'
down_revision = '911c41e68cc5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('halted_from', sa.Enum('AWAITING_FORM', 'AWAITING_INSTITUTION', 'INSTITUTION_REJECTED', 'AWAITING_AGENCY', 'AGENCY_REJECTED', 'AWAITING_EXAM', 'DEFERRED', 'AWAITING_MAKEUP', 'AWAITING_VERDICT', 'COMPLETED', 'HALTED', name='assessmentstatus', native_enum=False, length=40), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.drop_column('halted_from')

