"""results

Revision ID: 1b8972c0340e
Revises: 76155036bf89
"""

import sqlalchemy as sa
from alembic import op

revision = '1b8972c0340e'
down_revision = '76155036bf89'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('conclusion',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('status', sa.Enum('AWAITING', 'FILED', 'REOPENED', name='filingstatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('result', sa.Enum('PASS', 'FAIL', name='verdict', native_enum=False, length=40), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=True),
    sa.Column('cycle_label', sa.String(length=64), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('procedure', sa.Enum('GENERAL', 'SIMPLIFIED', name='procedure', native_enum=False, length=40), nullable=True),
    sa.Column('exemption', sa.Enum('NONE', 'AWAITING_INSTITUTION', 'AWAITING_AGENCY', 'PASSED', 'REJECTED', name='exemptionstatus', native_enum=False, length=40), nullable=False),
    sa.Column('institution_name', sa.String(length=255), nullable=False),
    sa.Column('agency_name', sa.String(length=255), nullable=True),
    sa.Column('concluded_on', sa.Date(), nullable=False),
    sa.Column('concluded_at', sa.DateTime(), nullable=False),
    sa.Column('concluded_by', sa.String(length=64), nullable=True),
    sa.Column('received_at', sa.DateTime(), nullable=True),
    sa.Column('filed_at', sa.DateTime(), nullable=True),
    sa.Column('is_lapsed', sa.Boolean(), nullable=False),
    sa.Column('document', sa.String(length=255), nullable=True),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('participation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint('assessment_id IS NOT NULL OR document IS NOT NULL', name=op.f('ck_conclusion_case_or_document')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_conclusion_assessment_id')),
    sa.ForeignKeyConstraint(['physician_id'], ['physician.id'], name=op.f('fk_conclusion_physician_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conclusion')),
    sa.UniqueConstraint('assessment_id', 'province_id', name=op.f('uq_conclusion_assessment_id_province_id')),
    sa.UniqueConstraint('physician_id', 'cycle_label', 'province_id', name=op.f('uq_conclusion_physician_id_cycle_label_province_id'))
    )
    with op.batch_alter_table('conclusion', schema=None) as batch_op:
        batch_op.create_index('ix_conclusion_agency', ['agency_id', 'status', 'id'], unique=False)
        batch_op.create_index('ix_conclusion_authority_path', ['authority_path'], unique=False)
        batch_op.create_index('ix_conclusion_institution', ['institution_id', 'concluded_at', 'id'], unique=False)
        batch_op.create_index('ix_conclusion_province', ['province_id', 'cycle_id', 'status', 'id'], unique=False)

    op.create_table('objection',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('status', sa.Enum('AWAITING', 'UPHELD', 'CHANGED', 'WITHDRAWN', name='objectionstatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('by_authority', sa.Boolean(), nullable=False),
    sa.Column('asked_by', sa.String(length=64), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('returned_reason', sa.Text(), nullable=True),
    sa.Column('changes', sa.JSON(), nullable=True),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('decided_by', sa.String(length=64), nullable=True),
    sa.Column('before', sa.Enum('PASS', 'FAIL', name='verdict', native_enum=False, length=40), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('participation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_objection_assessment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objection'))
    )
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.create_index('ix_objection_agency', ['agency_id', 'status', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_objection_assessment_id'), ['assessment_id'], unique=False)
        batch_op.create_index('ix_objection_authority_path', ['authority_path'], unique=False)
        batch_op.create_index('ix_objection_institution', ['institution_id', 'status', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_objection_physician_id'), ['physician_id'], unique=False)

    op.create_table('certificate',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('status', sa.Enum('VALID', 'REVOKED', 'REPLACED', name='certificatestatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('issue', sa.SmallInteger(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('seal', sa.String(length=64), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('issued_at', sa.DateTime(), nullable=False),
    sa.Column('issued_by', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('participation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('conclusion_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['conclusion_id'], ['conclusion.id'], name=op.f('fk_certificate_conclusion_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('conclusion_id', 'issue', 'province_id', name=op.f('uq_certificate_conclusion_id_issue_province_id')),
    sa.UniqueConstraint('number', 'province_id', name=op.f('uq_certificate_number_province_id')),
    sa.UniqueConstraint('token', 'province_id', name=op.f('uq_certificate_token_province_id'))
    )
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.create_index('ix_certificate_authority_path', ['authority_path'], unique=False)
        batch_op.create_index('ix_certificate_institution', ['institution_id', 'issued_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_certificate_physician_id'), ['physician_id'], unique=False)
        batch_op.create_index('ix_certificate_province', ['province_id', 'cycle_id', 'status', 'id'], unique=False)

    op.create_table('remedy',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('status', sa.Enum('PENDING', 'SUSPENDED', 'TRAINING', 'AWAITING', 'PASSED', 'REPORTED', 'DEREGISTERED', 'CANCELLED', name='remedystatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('ground', sa.Enum('FAILED', 'ABSENT_TWICE', name='remedyground', native_enum=False, length=40), nullable=False),
    sa.Column('months', sa.SmallInteger(), nullable=True),
    sa.Column('suspended_from', sa.Date(), nullable=True),
    sa.Column('suspended_until', sa.Date(), nullable=True),
    sa.Column('document', sa.String(length=255), nullable=True),
    sa.Column('reassessed_on', sa.Date(), nullable=True),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.Column('opened_at', sa.DateTime(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('participation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('conclusion_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('suspended_until IS NULL OR suspended_until >= suspended_from', name=op.f('ck_remedy_period')),
    sa.ForeignKeyConstraint(['conclusion_id'], ['conclusion.id'], name=op.f('fk_remedy_conclusion_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_remedy')),
    sa.UniqueConstraint('conclusion_id', 'province_id', name=op.f('uq_remedy_conclusion_id_province_id'))
    )
    with op.batch_alter_table('remedy', schema=None) as batch_op:
        batch_op.create_index('ix_remedy_agency', ['agency_id', 'status', 'id'], unique=False)
        batch_op.create_index('ix_remedy_authority_path', ['authority_path'], unique=False)
        batch_op.create_index('ix_remedy_institution', ['institution_id', 'status', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_remedy_physician_id'), ['physician_id'], unique=False)
        batch_op.create_index('ix_remedy_province', ['province_id', 'status', 'id'], unique=False)

    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rulings', sa.JSON(), nullable=True))
    day = (
        "DATE(a.status_since, '+8 hours')"
        if op.get_bind().dialect.name == "sqlite"
        else "CAST(a.status_since + INTERVAL '8 hours' AS DATE)"
    )
    op.execute(
        f"""
        INSERT INTO conclusion (
            status, status_since, version, result, cycle_label, starts_on, last_day, procedure,
            exemption, institution_name, agency_name, concluded_on, concluded_at, is_lapsed,
            province_id, authority_path, institution_id, agency_id, cycle_id, participation_id,
            physician_id, assessment_id
        )
        SELECT
            'AWAITING', a.status_since, 1, a.result, c.label, c.starts_on, c.last_day, a.procedure,
            COALESCE(e.status, 'NONE'), i.name, g.name, {day},
            a.status_since, a.procedure IS NULL, a.province_id, a.authority_path, a.institution_id,
            a.agency_id, a.cycle_id, a.participation_id, a.physician_id, a.id
        FROM assessment a
        JOIN cycle c ON c.id = a.cycle_id
        JOIN institution i ON i.id = a.institution_id
        LEFT JOIN agency g ON g.id = a.agency_id
        LEFT JOIN exemption e ON e.assessment_id = a.id
        WHERE a.status = 'COMPLETED' AND a.result IS NOT NULL
        """
    )


def downgrade() -> None:
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.drop_column('rulings')

    with op.batch_alter_table('remedy', schema=None) as batch_op:
        batch_op.drop_index('ix_remedy_province')
        batch_op.drop_index(batch_op.f('ix_remedy_physician_id'))
        batch_op.drop_index('ix_remedy_institution')
        batch_op.drop_index('ix_remedy_authority_path')
        batch_op.drop_index('ix_remedy_agency')

    op.drop_table('remedy')
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_index('ix_certificate_province')
        batch_op.drop_index(batch_op.f('ix_certificate_physician_id'))
        batch_op.drop_index('ix_certificate_institution')
        batch_op.drop_index('ix_certificate_authority_path')

    op.drop_table('certificate')
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_objection_physician_id'))
        batch_op.drop_index('ix_objection_institution')
        batch_op.drop_index('ix_objection_authority_path')
        batch_op.drop_index(batch_op.f('ix_objection_assessment_id'))
        batch_op.drop_index('ix_objection_agency')

    op.drop_table('objection')
    with op.batch_alter_table('conclusion', schema=None) as batch_op:
        batch_op.drop_index('ix_conclusion_province')
        batch_op.drop_index('ix_conclusion_institution')
        batch_op.drop_index('ix_conclusion_authority_path')
        batch_op.drop_index('ix_conclusion_agency')

    op.drop_table('conclusion')
