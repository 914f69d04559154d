"""applications of agencies

Revision ID: a8623eed417e
Revises: 48d78ffac161
"""

import sqlalchemy as sa
from alembic import op

revision = 'a8623eed417e'
down_revision = '48d78ffac161'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('agency_application',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('status', sa.Enum('DRAFT', 'AWAITING', 'PASSED', 'REJECTED', name='agencyapplicationstatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('applied_at', sa.DateTime(), nullable=True),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('returned_reason', sa.Text(), nullable=True),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycle.id'], name=op.f('fk_agency_application_cycle_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_agency_application_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_application')),
    sa.UniqueConstraint('institution_id', 'cycle_id', 'province_id', name=op.f('uq_agency_application_institution_id_cycle_id_province_id'))
    )
    with op.batch_alter_table('agency_application', schema=None) as batch_op:
        batch_op.create_index('ix_agency_application_authority_path', ['authority_path'], unique=False)
        batch_op.create_index('ix_agency_application_province', ['province_id', 'cycle_id', 'status', 'id'], unique=False)

    op.create_table('agency_application_file',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('content_type', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('application_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['agency_application.id'], name=op.f('fk_agency_application_file_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_application_file'))
    )
    with op.batch_alter_table('agency_application_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_application_file_application_id'), ['application_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('agency_application_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_agency_application_file_application_id'))

    op.drop_table('agency_application_file')
    with op.batch_alter_table('agency_application', schema=None) as batch_op:
        batch_op.drop_index('ix_agency_application_province')
        batch_op.drop_index('ix_agency_application_authority_path')

    op.drop_table('agency_application')
