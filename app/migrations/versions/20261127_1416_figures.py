"""figures

Revision ID: 9de8896b2423
Revises: 0a6d3be34d3b
"""

import sqlalchemy as sa
from alembic import op

revision = '9de8896b2423'
down_revision = '0a6d3be34d3b'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('figure',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('category', sa.Enum('CLINICAL', 'DENTAL', 'PUBLIC_HEALTH', 'CHINESE', 'ETHNIC', 'INTEGRATED', name='category', native_enum=False, length=40), nullable=False),
    sa.Column('level', sa.Enum('PHYSICIAN', 'ASSISTANT', name='physicianlevel', native_enum=False, length=40), nullable=False),
    sa.Column('seat', sa.Enum('UNCONFIRMED', 'CONFIRMED', 'AWAY', 'MOVED', name='participationstatus', native_enum=False, length=40), nullable=False),
    sa.Column('status', sa.Enum('AWAITING_FORM', 'AWAITING_INSTITUTION', 'INSTITUTION_REJECTED', 'AWAITING_AGENCY', 'AGENCY_REJECTED', 'AWAITING_EXAM', 'DEFERRED', 'AWAITING_MAKEUP', 'AWAITING_VERDICT', 'COMPLETED', name='assessmentstatus', native_enum=False, length=40), nullable=True),
    sa.Column('procedure', sa.Enum('GENERAL', 'SIMPLIFIED', name='procedure', native_enum=False, length=40), nullable=True),
    sa.Column('result', sa.Enum('PASS', 'FAIL', name='verdict', native_enum=False, length=40), nullable=True),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_figure'))
    )
    with op.batch_alter_table('figure', schema=None) as batch_op:
        batch_op.create_index('ix_figure_agency', ['agency_id', 'cycle_id'], unique=False)
        batch_op.create_index('ix_figure_institution', ['institution_id', 'cycle_id'], unique=False)
        batch_op.create_index('ix_figure_province', ['province_id', 'cycle_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('figure', schema=None) as batch_op:
        batch_op.drop_index('ix_figure_province')
        batch_op.drop_index('ix_figure_institution')
        batch_op.drop_index('ix_figure_agency')

    op.drop_table('figure')
