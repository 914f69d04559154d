"""question bank

Revision ID: 0439cb7eef73
Revises: 85538f4d51ba
"""

import sqlalchemy as sa
from alembic import op

revision = '0439cb7eef73'
down_revision = '85538f4d51ba'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('question_group',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('authority_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['authority_id'], ['authority.id'], name=op.f('fk_question_group_authority_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_group')),
    sa.UniqueConstraint('authority_id', 'code', 'province_id', name=op.f('uq_question_group_authority_id_code_province_id'))
    )
    op.create_table('blueprint',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('paper', sa.String(length=64), nullable=False),
    sa.Column('category', sa.Enum('CLINICAL', 'DENTAL', 'PUBLIC_HEALTH', 'CHINESE', 'ETHNIC', 'INTEGRATED', name='category', native_enum=False, length=40), nullable=True),
    sa.Column('level', sa.Enum('PHYSICIAN', 'ASSISTANT', name='physicianlevel', native_enum=False, length=40), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('authority_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('minutes BETWEEN 1 AND 600', name=op.f('ck_blueprint_minutes')),
    sa.ForeignKeyConstraint(['authority_id'], ['authority.id'], name=op.f('fk_blueprint_authority_id')),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycle.id'], name=op.f('fk_blueprint_cycle_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blueprint'))
    )
    with op.batch_alter_table('blueprint', schema=None) as batch_op:
        batch_op.create_index('ix_blueprint_cycle', ['cycle_id', 'paper'], unique=False)

    op.create_table('question',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.Enum('A1', 'A2', 'A3', 'B1', 'X', 'TF', name='questionkind', native_enum=False, length=40), nullable=False),
    sa.Column('paper', sa.String(length=64), nullable=False),
    sa.Column('category', sa.Enum('CLINICAL', 'DENTAL', 'PUBLIC_HEALTH', 'CHINESE', 'ETHNIC', 'INTEGRATED', name='category', native_enum=False, length=40), nullable=True),
    sa.Column('level', sa.Enum('PHYSICIAN', 'ASSISTANT', name='physicianlevel', native_enum=False, length=40), nullable=True),
    sa.Column('specialty', sa.String(length=64), nullable=True),
    sa.Column('point', sa.String(length=64), nullable=False),
    sa.Column('difficulty', sa.Enum('EASY', 'MEDIUM', 'HARD', name='difficulty', native_enum=False, length=40), nullable=False),
    sa.Column('stem', sa.Text(), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('answer', sa.String(length=64), nullable=False),
    sa.Column('keeps_order', sa.Boolean(), nullable=False),
    sa.Column('explanation', sa.Text(), nullable=True),
    sa.Column('source', sa.String(length=255), nullable=True),
    sa.Column('status', sa.Enum('DRAFT', 'REVIEWED', 'RETIRED', name='questionstatus', native_enum=False, length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('written_at', sa.DateTime(), nullable=False),
    sa.Column('written_by', sa.String(length=64), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(), nullable=True),
    sa.Column('reviewed_by', sa.String(length=64), nullable=True),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('authority_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('group_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['authority_id'], ['authority.id'], name=op.f('fk_question_authority_id')),
    sa.ForeignKeyConstraint(['group_id'], ['question_group.id'], name=op.f('fk_question_group_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question')),
    sa.UniqueConstraint('authority_id', 'code', 'province_id', name=op.f('uq_question_authority_id_code_province_id'))
    )
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.create_index('ix_question_authority', ['authority_id', 'status', 'paper', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_question_group_id'), ['group_id'], unique=False)

    op.create_table('question_image',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('authority_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('question_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_question_image_question_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_image')),
    sa.UniqueConstraint('question_id', 'province_id', name=op.f('uq_question_image_question_id_province_id'))
    )


def downgrade() -> None:
    op.drop_table('question_image')
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_question_group_id'))
        batch_op.drop_index('ix_question_authority')

    op.drop_table('question')
    with op.batch_alter_table('blueprint', schema=None) as batch_op:
        batch_op.drop_index('ix_blueprint_cycle')

    op.drop_table('blueprint')
    op.drop_table('question_group')
