"""mentorships

Revision ID: 950691346df9
Revises: a8623eed417e
"""

import sqlalchemy as sa
from alembic import op

revision = '950691346df9'
down_revision = 'a8623eed417e'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mentorship',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('supervisor', sa.String(length=64), nullable=False),
    sa.Column('host_department', sa.String(length=64), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('log', sa.Text(), nullable=True),
    sa.Column('evaluation', sa.Enum('PASS', 'FAIL', name='verdict', native_enum=False, length=40), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('ended_on IS NULL OR ended_on >= started_on', name=op.f('ck_mentorship_period')),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_mentorship_institution_id')),
    sa.ForeignKeyConstraint(['physician_id'], ['physician.id'], name=op.f('fk_mentorship_physician_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentorship'))
    )
    with op.batch_alter_table('mentorship', schema=None) as batch_op:
        batch_op.create_index('ix_mentorship_authority_path', ['authority_path'], unique=False)
        batch_op.create_index(batch_op.f('ix_mentorship_institution_id'), ['institution_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mentorship_physician_id'), ['physician_id'], unique=False)

    op.create_table('mentorship_change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('status', sa.Enum('AWAITING', 'PASSED', 'REJECTED', 'WITHDRAWN', name='mentorshipchangestatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('supervisor', sa.String(length=64), nullable=False),
    sa.Column('host_department', sa.String(length=64), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('returned_reason', sa.Text(), nullable=True),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mentorship_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('ended_on IS NULL OR ended_on >= started_on', name=op.f('ck_mentorship_change_period')),
    sa.ForeignKeyConstraint(['mentorship_id'], ['mentorship.id'], name=op.f('fk_mentorship_change_mentorship_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentorship_change'))
    )
    with op.batch_alter_table('mentorship_change', schema=None) as batch_op:
        batch_op.create_index('ix_mentorship_change_institution', ['institution_id', 'status', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mentorship_change_mentorship_id'), ['mentorship_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mentorship_change_physician_id'), ['physician_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('mentorship_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mentorship_change_physician_id'))
        batch_op.drop_index(batch_op.f('ix_mentorship_change_mentorship_id'))
        batch_op.drop_index('ix_mentorship_change_institution')

    op.drop_table('mentorship_change')
    with op.batch_alter_table('mentorship', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mentorship_physician_id'))
        batch_op.drop_index(batch_op.f('ix_mentorship_institution_id'))
        batch_op.drop_index('ix_mentorship_authority_path')

    op.drop_table('mentorship')
