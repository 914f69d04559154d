"""oversight

Revision ID: 911c41e68cc5
Revises: 8c5828e8fbc5
"""

import sqlalchemy as sa
from alembic import op

revision = '911c41e68cc5'
down_revision = '8c5828e8fbc5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('spot_check',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('stratum', sa.Enum('AREA', 'INSTITUTION', 'CATEGORY', 'PROCEDURE', name='stratum', native_enum=False, length=40), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('population', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('drawn_at', sa.DateTime(), nullable=False),
    sa.Column('drawn_by', sa.String(length=64), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('authority_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['authority_id'], ['authority.id'], name=op.f('fk_spot_check_authority_id')),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycle.id'], name=op.f('fk_spot_check_cycle_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_spot_check'))
    )
    with op.batch_alter_table('spot_check', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_spot_check_authority_id'), ['authority_id'], unique=False)
        batch_op.create_index('ix_spot_check_authority_path', ['authority_path'], unique=False)

    op.create_table('committee_member',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('post', sa.Enum('CHAIR', 'DEPUTY', 'MEMBER', name='committeepost', native_enum=False, length=40), nullable=False),
    sa.Column('kind', sa.Enum('MEDICAL', 'MANAGER', name='committeememberkind', native_enum=False, length=40), nullable=False),
    sa.Column('title', sa.Enum('CHIEF', 'DEPUTY_CHIEF', 'ATTENDING', 'RESIDENT', 'JUNIOR', 'NONE', name='title', native_enum=False, length=40), nullable=True),
    sa.Column('specialty', sa.String(length=64), nullable=True),
    sa.Column('unit', sa.String(length=255), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("kind <> 'MEDICAL' OR title IS NOT NULL", name=op.f('ck_committee_member_medical_has_title')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_committee_member_agency_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_committee_member'))
    )
    with op.batch_alter_table('committee_member', schema=None) as batch_op:
        batch_op.create_index('ix_committee_member_agency_id_id', ['agency_id', 'id'], unique=False)

    op.create_table('penalty',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('kind', sa.Enum('WARNING', 'FINE', 'CONFISCATION', 'SUSPENSION', 'REVOCATION', name='penaltykind', native_enum=False, length=40), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('office', sa.String(length=255), nullable=False),
    sa.Column('document', sa.String(length=255), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(), nullable=False),
    sa.Column('recorded_by', sa.String(length=64), nullable=False),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.Column('revoked_by', sa.String(length=64), nullable=True),
    sa.Column('revoked_reason', sa.Text(), nullable=True),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('(revoked_at IS NULL) = (revoked_reason IS NULL)', name=op.f('ck_penalty_revoked_has_reason')),
    sa.ForeignKeyConstraint(['physician_id'], ['physician.id'], name=op.f('fk_penalty_physician_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_penalty')),
    sa.UniqueConstraint('physician_id', 'document', 'province_id', name=op.f('uq_penalty_physician_id_document_province_id'))
    )
    with op.batch_alter_table('penalty', schema=None) as batch_op:
        batch_op.create_index('ix_penalty_authority_path', ['authority_path'], unique=False)
        batch_op.create_index('ix_penalty_institution_id_id', ['institution_id', 'id'], unique=False)

    op.create_table('spot_check_item',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('stratum_name', sa.String(length=255), nullable=True),
    sa.Column('finding', sa.Enum('CONFIRMED', 'DIFFERENT', name='finding', native_enum=False, length=40), nullable=True),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.Column('found_at', sa.DateTime(), nullable=True),
    sa.Column('found_by', sa.String(length=64), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('spot_check_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("finding IS NULL OR finding <> 'DIFFERENT' OR remark IS NOT NULL", name=op.f('ck_spot_check_item_difference_has_remark')),
    sa.CheckConstraint('(finding IS NULL) = (found_at IS NULL)', name=op.f('ck_spot_check_item_found_has_time')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_spot_check_item_assessment_id')),
    sa.ForeignKeyConstraint(['spot_check_id'], ['spot_check.id'], name=op.f('fk_spot_check_item_spot_check_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_spot_check_item')),
    sa.UniqueConstraint('spot_check_id', 'assessment_id', 'province_id', name=op.f('uq_spot_check_item_spot_check_id_assessment_id_province_id'))
    )
    with op.batch_alter_table('spot_check_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_spot_check_item_assessment_id'), ['assessment_id'], unique=False)

    with op.batch_alter_table('agency', schema=None) as batch_op:
        batch_op.add_column(sa.Column('barred_cycles', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('barred_since_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_agency_barred_since_id'), 'cycle', ['barred_since_id'], ['id'])
        batch_op.create_check_constraint(
            batch_op.f('ck_agency_disqualified_has_term'),
            "status <> 'DISQUALIFIED' OR (barred_cycles >= 2 AND barred_since_id IS NOT NULL)",
        )


def downgrade() -> None:
    with op.batch_alter_table('agency', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_agency_disqualified_has_term'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_agency_barred_since_id'), type_='foreignkey')
        batch_op.drop_column('barred_since_id')
        batch_op.drop_column('barred_cycles')

    with op.batch_alter_table('spot_check_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_spot_check_item_assessment_id'))

    op.drop_table('spot_check_item')
    with op.batch_alter_table('penalty', schema=None) as batch_op:
        batch_op.drop_index('ix_penalty_institution_id_id')
        batch_op.drop_index('ix_penalty_authority_path')

    op.drop_table('penalty')
    with op.batch_alter_table('committee_member', schema=None) as batch_op:
        batch_op.drop_index('ix_committee_member_agency_id_id')

    op.drop_table('committee_member')
    with op.batch_alter_table('spot_check', schema=None) as batch_op:
        batch_op.drop_index('ix_spot_check_authority_path')
        batch_op.drop_index(batch_op.f('ix_spot_check_authority_id'))

    op.drop_table('spot_check')
