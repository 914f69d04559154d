"""exemptions and deferrals

Revision ID: d2b82155b8be
Revises: 5b1c7e40a405
"""

import sqlalchemy as sa
from alembic import op

revision = 'd2b82155b8be'
down_revision = '5b1c7e40a405'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('deferral',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('status', sa.Enum('NONE', 'AWAITING_INSTITUTION', 'AWAITING_AGENCY', 'APPROVED', 'REJECTED', name='deferralstatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('ground', sa.String(length=255), nullable=True),
    sa.Column('hindered_from', sa.Date(), nullable=True),
    sa.Column('hindered_until', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('session_on', sa.Date(), nullable=True),
    sa.Column('returned_reason', sa.Text(), nullable=True),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('participation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('hindered_until IS NULL OR hindered_from IS NULL OR hindered_until >= hindered_from', name=op.f('ck_deferral_period')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_deferral_assessment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deferral')),
    sa.UniqueConstraint('assessment_id', 'province_id', name=op.f('uq_deferral_assessment_id_province_id'))
    )
    with op.batch_alter_table('deferral', schema=None) as batch_op:
        batch_op.create_index('ix_deferral_agency', ['agency_id', 'status', 'id'], unique=False)
        batch_op.create_index('ix_deferral_institution', ['institution_id', 'status', 'id'], unique=False)

    op.create_table('exemption',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('status', sa.Enum('NONE', 'AWAITING_INSTITUTION', 'AWAITING_AGENCY', 'PASSED', 'REJECTED', name='exemptionstatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('ground', sa.String(length=255), nullable=True),
    sa.Column('certificate_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('papers', sa.JSON(), nullable=True),
    sa.Column('returned_reason', sa.Text(), nullable=True),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('participation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_exemption_assessment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exemption')),
    sa.UniqueConstraint('assessment_id', 'province_id', name=op.f('uq_exemption_assessment_id_province_id'))
    )
    with op.batch_alter_table('exemption', schema=None) as batch_op:
        batch_op.create_index('ix_exemption_agency', ['agency_id', 'status', 'id'], unique=False)
        batch_op.create_index('ix_exemption_institution', ['institution_id', 'status', 'id'], unique=False)

    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('exemption_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.add_column(sa.Column('deferral_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.create_index(batch_op.f('ix_attachment_deferral_id'), ['deferral_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_exemption_id'), ['exemption_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_attachment_exemption_id'), 'exemption', ['exemption_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_attachment_deferral_id'), 'deferral', ['deferral_id'], ['id'])



def downgrade() -> None:
    # Evidence of requests that the older tables do not know.
    op.execute("DELETE FROM attachment WHERE exemption_id IS NOT NULL OR deferral_id IS NOT NULL")
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_attachment_deferral_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_attachment_exemption_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_attachment_exemption_id'))
        batch_op.drop_index(batch_op.f('ix_attachment_deferral_id'))
        batch_op.drop_column('deferral_id')
        batch_op.drop_column('exemption_id')

    with op.batch_alter_table('exemption', schema=None) as batch_op:
        batch_op.drop_index('ix_exemption_institution')
        batch_op.drop_index('ix_exemption_agency')

    op.drop_table('exemption')
    with op.batch_alter_table('deferral', schema=None) as batch_op:
        batch_op.drop_index('ix_deferral_institution')
        batch_op.drop_index('ix_deferral_agency')

    op.drop_table('deferral')
