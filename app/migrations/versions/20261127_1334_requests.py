"""requests

Revision ID: 44e872866719
Revises: 950691346df9
"""

import sqlalchemy as sa
from alembic import op

revision = '44e872866719'
down_revision = '950691346df9'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('transfer_request',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('status', sa.Enum('AWAITING', 'PASSED', 'REJECTED', 'WITHDRAWN', name='requeststatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('id_masked', sa.String(length=24), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('returned_reason', sa.Text(), nullable=True),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('from_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('from_institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_name', sa.String(length=255), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('to_name', sa.String(length=255), nullable=False),
    sa.Column('department_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_transfer_request_department_id')),
    sa.ForeignKeyConstraint(['from_institution_id'], ['institution.id'], name=op.f('fk_transfer_request_from_institution_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_transfer_request_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer_request'))
    )
    with op.batch_alter_table('transfer_request', schema=None) as batch_op:
        batch_op.create_index('ix_transfer_request_authority_path', ['authority_path'], unique=False)
        batch_op.create_index('ix_transfer_request_from', ['from_institution_id', 'status', 'id'], unique=False)
        batch_op.create_index('ix_transfer_request_institution', ['institution_id', 'status', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_transfer_request_physician_id'), ['physician_id'], unique=False)

    op.create_table('correction',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('status', sa.Enum('AWAITING', 'PASSED', 'REJECTED', 'WITHDRAWN', name='requeststatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('field', sa.Enum('NAME', 'ID_NUMBER', 'SEX', 'BIRTH_DATE', 'LEVEL', 'CATEGORY', 'PRACTICE_SCOPE', 'QUALIFICATION_CODE', 'LICENCE_CODE', 'LICENSED_ON', 'FIRST_REGISTERED_ON', name='correctedfield', native_enum=False, length=40), nullable=False),
    sa.Column('old_value', sa.LargeBinary(), nullable=True),
    sa.Column('value', sa.LargeBinary(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('returned_reason', sa.Text(), nullable=True),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('content_type', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['physician_id'], ['physician.id'], name=op.f('fk_correction_physician_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction'))
    )
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.create_index('ix_correction_institution', ['institution_id', 'status', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_correction_physician_id'), ['physician_id'], unique=False)

    op.create_table('portrait',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('taken_at', sa.DateTime(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['physician_id'], ['physician.id'], name=op.f('fk_portrait_physician_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_portrait')),
    sa.UniqueConstraint('physician_id', 'province_id', name=op.f('uq_portrait_physician_id_province_id'))
    )
    with op.batch_alter_table('portrait', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_portrait_institution_id'), ['institution_id'], unique=False)

    op.create_table('practice_place',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('status', sa.Enum('AWAITING', 'PASSED', 'REJECTED', 'WITHDRAWN', name='requeststatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(length=255), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('returned_reason', sa.Text(), nullable=True),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('place_institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('ended_on IS NULL OR ended_on >= started_on', name=op.f('ck_practice_place_period')),
    sa.ForeignKeyConstraint(['physician_id'], ['physician.id'], name=op.f('fk_practice_place_physician_id')),
    sa.ForeignKeyConstraint(['place_institution_id'], ['institution.id'], name=op.f('fk_practice_place_place_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practice_place'))
    )
    with op.batch_alter_table('practice_place', schema=None) as batch_op:
        batch_op.create_index('ix_practice_place_institution', ['institution_id', 'status', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_practice_place_physician_id'), ['physician_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_practice_place_place_institution_id'), ['place_institution_id'], unique=False)

    op.create_table('disqualifying_act',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('kind', sa.Enum('MALPRACTICE', 'OUTSIDE_PLACE', 'OUTSIDE_CATEGORY', 'SAT_FOR_ANOTHER', 'DEMANDED_FROM_PATIENTS', 'KICKBACKS_FROM_FIRMS', 'KICKBACKS_FOR_REFERRALS', 'FALSE_CERTIFICATES', 'INFECTION_SPREAD', 'LEAKED_PRIVACY', 'NEGLECTED_SURVEILLANCE', 'POOR_ETHICS', 'REFUSED_ASSESSMENT', 'PENALTY', name='disqualifyingactkind', native_enum=False, length=40), nullable=False),
    sa.Column('occurred_on', sa.Date(), nullable=False),
    sa.Column('found_by', sa.String(length=255), nullable=False),
    sa.Column('document', sa.String(length=255), nullable=False),
    sa.Column('recorded_at', sa.DateTime(), nullable=False),
    sa.Column('recorded_by', sa.String(length=64), nullable=False),
    sa.Column('role', sa.Enum('SYSTEM_ADMIN', 'SECURITY_ADMIN', 'AUDIT_ADMIN', 'AUTHORITY', 'INSTITUTION', 'AGENCY', 'PHYSICIAN', 'PROCTOR', 'SYSTEM', name='role', native_enum=False, length=40), nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('content_type', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_disqualifying_act_assessment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disqualifying_act'))
    )
    with op.batch_alter_table('disqualifying_act', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disqualifying_act_assessment_id'), ['assessment_id'], unique=False)

    op.create_table('recusal',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('status', sa.Enum('AWAITING', 'PASSED', 'REJECTED', 'WITHDRAWN', name='requeststatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('assessor_name', sa.String(length=64), nullable=False),
    sa.Column('assessor_account_id', sa.Integer(), nullable=True),
    sa.Column('is_declared', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('returned_reason', sa.Text(), nullable=True),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_recusal_assessment_id')),
    sa.ForeignKeyConstraint(['assessor_account_id'], ['ab_user.id'], name=op.f('fk_recusal_assessor_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recusal'))
    )
    with op.batch_alter_table('recusal', schema=None) as batch_op:
        batch_op.create_index('ix_recusal_agency', ['agency_id', 'status', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recusal_assessment_id'), ['assessment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recusal_assessor_account_id'), ['assessor_account_id'], unique=False)

    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('return_count', sa.SmallInteger(), nullable=False, server_default='0'))

    with op.batch_alter_table('outside_opinion', schema=None) as batch_op:
        batch_op.add_column(sa.Column('status', sa.Enum('AWAITING', 'GIVEN', name='outsideopinionstatus', native_enum=False, length=40), nullable=False, server_default='GIVEN'))
        batch_op.add_column(sa.Column('status_since', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('name', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('id_masked', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('started_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('ended_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('given_by', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('place_institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.alter_column('content',
               existing_type=sa.TEXT(),
               nullable=True)
        batch_op.alter_column('given_at',
               existing_type=sa.DATETIME(),
               nullable=True)
        batch_op.create_index('ix_outside_opinion_place', ['place_institution_id', 'status', 'id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_outside_opinion_place_institution_id'), 'institution', ['place_institution_id'], ['id'])

    # What was typed in before was given when it was typed.
    op.execute(sa.text('UPDATE outside_opinion SET status_since = given_at'))
    with op.batch_alter_table('outside_opinion', schema=None) as batch_op:
        batch_op.alter_column('status', server_default=None)
        batch_op.alter_column('status_since', existing_type=sa.DateTime(), nullable=False)
        batch_op.alter_column('version', server_default=None)
        batch_op.create_check_constraint('given_has_content', "status = 'AWAITING' OR content IS NOT NULL")
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.alter_column('return_count', server_default=None)

    with op.batch_alter_table('participation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('away_until', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('rehired_on', sa.Date(), nullable=True))

    with op.batch_alter_table('work_year', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rescues', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('record_rate', sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column('prevention_tasks', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('support_days', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('teaching_hours', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('papers', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('credits', sa.Integer(), nullable=True))



def downgrade() -> None:
    # What nobody has said yet has no place in the older table.
    op.execute(sa.text('DELETE FROM outside_opinion WHERE content IS NULL'))
    with op.batch_alter_table('work_year', schema=None) as batch_op:
        batch_op.drop_column('credits')
        batch_op.drop_column('papers')
        batch_op.drop_column('teaching_hours')
        batch_op.drop_column('support_days')
        batch_op.drop_column('prevention_tasks')
        batch_op.drop_column('record_rate')
        batch_op.drop_column('rescues')

    with op.batch_alter_table('participation', schema=None) as batch_op:
        batch_op.drop_column('rehired_on')
        batch_op.drop_column('away_until')

    with op.batch_alter_table('outside_opinion', schema=None) as batch_op:
        batch_op.drop_constraint('given_has_content', type_='check')
        batch_op.drop_constraint(batch_op.f('fk_outside_opinion_place_institution_id'), type_='foreignkey')
        batch_op.drop_index('ix_outside_opinion_place')
        batch_op.alter_column('given_at',
               existing_type=sa.DATETIME(),
               nullable=False)
        batch_op.alter_column('content',
               existing_type=sa.TEXT(),
               nullable=False)
        batch_op.drop_column('place_institution_id')
        batch_op.drop_column('given_by')
        batch_op.drop_column('ended_on')
        batch_op.drop_column('started_on')
        batch_op.drop_column('id_masked')
        batch_op.drop_column('name')
        batch_op.drop_column('version')
        batch_op.drop_column('status_since')
        batch_op.drop_column('status')

    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.drop_column('return_count')

    with op.batch_alter_table('recusal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recusal_assessor_account_id'))
        batch_op.drop_index(batch_op.f('ix_recusal_assessment_id'))
        batch_op.drop_index('ix_recusal_agency')

    op.drop_table('recusal')
    with op.batch_alter_table('disqualifying_act', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_disqualifying_act_assessment_id'))

    op.drop_table('disqualifying_act')
    with op.batch_alter_table('practice_place', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_practice_place_place_institution_id'))
        batch_op.drop_index(batch_op.f('ix_practice_place_physician_id'))
        batch_op.drop_index('ix_practice_place_institution')

    op.drop_table('practice_place')
    with op.batch_alter_table('portrait', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_portrait_institution_id'))

    op.drop_table('portrait')
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_correction_physician_id'))
        batch_op.drop_index('ix_correction_institution')

    op.drop_table('correction')
    with op.batch_alter_table('transfer_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_transfer_request_physician_id'))
        batch_op.drop_index('ix_transfer_request_institution')
        batch_op.drop_index('ix_transfer_request_from')
        batch_op.drop_index('ix_transfer_request_authority_path')

    op.drop_table('transfer_request')
