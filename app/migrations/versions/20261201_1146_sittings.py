"""sittings

Revision ID: 995270a6899a
Revises: 8cf517762d20
"""

import sqlalchemy as sa
from alembic import op

revision = '995270a6899a'
down_revision = '8cf517762d20'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('exam_session',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('papers', sa.JSON(), nullable=False),
    sa.Column('round', sa.Enum('ANY', 'FIRST', 'MAKEUP', name='sessionround', native_enum=False, length=40), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('opens', sa.Integer(), nullable=False),
    sa.Column('closes', sa.Integer(), nullable=False),
    sa.Column('late_minutes', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('authority_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('opens >= 0 AND opens < closes AND closes <= 1440', name=op.f('ck_exam_session_hours')),
    sa.CheckConstraint('starts_on <= last_day', name=op.f('ck_exam_session_days')),
    sa.ForeignKeyConstraint(['authority_id'], ['authority.id'], name=op.f('fk_exam_session_authority_id')),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycle.id'], name=op.f('fk_exam_session_cycle_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_session'))
    )
    with op.batch_alter_table('exam_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exam_session_cycle_id'), ['cycle_id'], unique=False)

    op.create_table('sitting',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('places', sa.JSON(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('begun_at', sa.DateTime(), nullable=False),
    sa.Column('status', sa.Enum('NONE', 'SUSPECTED', 'CONFIRMED', name='markstatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('mark_reason', sa.Enum('IMPERSONATION', 'SEVERAL_PEOPLE', 'LEFT_FRAME', 'COVERED_CAMERA', 'STILL_PICTURE', 'MATERIAL', 'OTHER_PAGE', 'OTHER', name='markreason', native_enum=False, length=40), nullable=True),
    sa.Column('marked_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('viewed_at', sa.DateTime(), nullable=True),
    sa.Column('viewed_by', sa.String(length=64), nullable=True),
    sa.Column('statement', sa.Text(), nullable=True),
    sa.Column('stated_at', sa.DateTime(), nullable=True),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('participation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('paper_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('session_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_sitting_assessment_id')),
    sa.ForeignKeyConstraint(['paper_id'], ['paper.id'], name=op.f('fk_sitting_paper_id')),
    sa.ForeignKeyConstraint(['session_id'], ['exam_session.id'], name=op.f('fk_sitting_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sitting')),
    sa.UniqueConstraint('paper_id', 'number', 'province_id', name=op.f('uq_sitting_paper_id_number_province_id'))
    )
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.create_index('ix_sitting_agency', ['agency_id', 'cycle_id', 'status', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sitting_assessment_id'), ['assessment_id'], unique=False)
        batch_op.create_index('ix_sitting_authority_path', ['authority_path', 'cycle_id'], unique=False)
        batch_op.create_index('ix_sitting_institution', ['institution_id', 'cycle_id', 'id'], unique=False)
        batch_op.create_index('ix_sitting_physician', ['physician_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sitting_session_id'), ['session_id'], unique=False)

    op.create_table('answer_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('question_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('answer', sa.String(length=64), nullable=False),
    sa.Column('is_flagged', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sitting_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_answer_entry_sitting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_entry')),
    sa.UniqueConstraint('sitting_id', 'seq', 'province_id', name=op.f('uq_answer_entry_sitting_id_seq_province_id'))
    )
    op.create_table('answer_sheet',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('deadline', sa.DateTime(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('ending', sa.Enum('HANDED_IN', 'TIMED_OUT', 'TERMINATED', name='sittingend', native_enum=False, length=40), nullable=True),
    sa.Column('score_tenths', sa.Integer(), nullable=True),
    sa.Column('right', sa.Integer(), nullable=True),
    sa.Column('paused_at', sa.DateTime(), nullable=True),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('device', sa.String(length=64), nullable=True),
    sa.Column('seen_at', sa.DateTime(), nullable=True),
    sa.Column('saved_at', sa.DateTime(), nullable=True),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sitting_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('(closed_at IS NULL) = (ending IS NULL)', name=op.f('ck_answer_sheet_ending')),
    sa.CheckConstraint('score_tenths BETWEEN 0 AND 1000', name=op.f('ck_answer_sheet_score')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_answer_sheet_sitting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_sheet')),
    sa.UniqueConstraint('sitting_id', 'province_id', name=op.f('uq_answer_sheet_sitting_id_province_id'))
    )
    with op.batch_alter_table('answer_sheet', schema=None) as batch_op:
        batch_op.create_index('ix_answer_sheet_agency', ['agency_id', 'closed_at'], unique=False)
        batch_op.create_index('ix_answer_sheet_assessment', ['assessment_id'], unique=False)
        batch_op.create_index('ix_answer_sheet_deadline', ['closed_at', 'deadline'], unique=False)

    op.create_table('sitting_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('kind', sa.Enum('BEGUN', 'OPENED', 'OTHER_DEVICE', 'SECOND_TAB', 'LEFT_PAGE', 'CAME_BACK', 'CAMERA_LOST', 'CAMERA_BACK', 'OFFLINE', 'ONLINE', 'CLOCK_CHANGED', 'MESSAGE', 'PAUSED', 'CONTINUED', 'EXTENDED', 'ENDED', name='sittingeventkind', native_enum=False, length=40), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('detail', sa.String(length=255), nullable=True),
    sa.Column('by', sa.String(length=64), nullable=True),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sitting_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_sitting_event_assessment_id')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_event_sitting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sitting_event'))
    )
    with op.batch_alter_table('sitting_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sitting_event_assessment_id'), ['assessment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sitting_event_sitting_id'), ['sitting_id'], unique=False)

    op.create_table('snapshot',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('taken_at', sa.DateTime(), nullable=False),
    sa.Column('received_at', sa.DateTime(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sitting_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_snapshot_assessment_id')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_snapshot_sitting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_snapshot')),
    sa.UniqueConstraint('sitting_id', 'seq', 'province_id', name=op.f('uq_snapshot_sitting_id_seq_province_id'))
    )
    with op.batch_alter_table('snapshot', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_snapshot_assessment_id'), ['assessment_id'], unique=False)
        batch_op.create_index('ix_snapshot_received_at', ['received_at'], unique=False)

    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('is_held', sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.drop_constraint('result_when_ended', type_='check')
        batch_op.create_check_constraint(
            'result_when_ended',
            "result IS NULL OR status IN ('DONE', 'ABSENT', 'EXEMPT', 'VOID')",
        )
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.alter_column('is_held', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.drop_constraint('result_when_ended', type_='check')
        batch_op.create_check_constraint(
            'result_when_ended', "result IS NULL OR status IN ('DONE', 'ABSENT', 'EXEMPT')"
        )
        batch_op.drop_column('is_held')

    with op.batch_alter_table('snapshot', schema=None) as batch_op:
        batch_op.drop_index('ix_snapshot_received_at')
        batch_op.drop_index(batch_op.f('ix_snapshot_assessment_id'))

    op.drop_table('snapshot')
    with op.batch_alter_table('sitting_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sitting_event_sitting_id'))
        batch_op.drop_index(batch_op.f('ix_sitting_event_assessment_id'))

    op.drop_table('sitting_event')
    with op.batch_alter_table('answer_sheet', schema=None) as batch_op:
        batch_op.drop_index('ix_answer_sheet_deadline')
        batch_op.drop_index('ix_answer_sheet_assessment')
        batch_op.drop_index('ix_answer_sheet_agency')

    op.drop_table('answer_sheet')
    op.drop_table('answer_entry')
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sitting_session_id'))
        batch_op.drop_index('ix_sitting_physician')
        batch_op.drop_index('ix_sitting_institution')
        batch_op.drop_index('ix_sitting_authority_path')
        batch_op.drop_index(batch_op.f('ix_sitting_assessment_id'))
        batch_op.drop_index('ix_sitting_agency')

    op.drop_table('sitting')
    with op.batch_alter_table('exam_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_exam_session_cycle_id'))

    op.drop_table('exam_session')
