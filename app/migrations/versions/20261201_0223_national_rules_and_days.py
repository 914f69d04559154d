"""national rules and days

Revision ID: 85538f4d51ba
Revises: 47597414e308
"""

import sqlalchemy as sa
from alembic import op

revision = '85538f4d51ba'
down_revision = '47597414e308'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('national_rules',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.Column('issued_at', sa.DateTime(), nullable=False),
    sa.Column('issued_by', sa.String(length=64), nullable=False),
    sa.CheckConstraint('number >= 1', name=op.f('ck_national_rules_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_national_rules')),
    sa.UniqueConstraint('number', name=op.f('uq_national_rules_number'))
    )
    op.create_table('progress_day',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('whole', sa.Integer(), nullable=False),
    sa.Column('reported', sa.Integer(), nullable=False),
    sa.Column('reviewed', sa.Integer(), nullable=False),
    sa.Column('completed', sa.Integer(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('authority_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['authority_id'], ['authority.id'], name=op.f('fk_progress_day_authority_id')),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycle.id'], name=op.f('fk_progress_day_cycle_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_progress_day')),
    sa.UniqueConstraint('authority_id', 'cycle_id', 'day', 'province_id', name=op.f('uq_progress_day_authority_id_cycle_id_day_province_id'))
    )
    with op.batch_alter_table('cycle', schema=None) as batch_op:
        batch_op.add_column(sa.Column('national_number', sa.Integer(), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('cycle', schema=None) as batch_op:
        batch_op.drop_column('national_number')

    op.drop_table('progress_day')
    op.drop_table('national_rules')
