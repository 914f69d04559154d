"""question figures

Revision ID: 76155036bf89
Revises: 995270a6899a
"""

import sqlalchemy as sa
from alembic import op

revision = '76155036bf89'
down_revision = '995270a6899a'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('question_figure',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('right', sa.Integer(), nullable=False),
    sa.Column('score_sum', sa.BigInteger(), nullable=False),
    sa.Column('score_squares', sa.BigInteger(), nullable=False),
    sa.Column('right_score_sum', sa.BigInteger(), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('counted_at', sa.DateTime(), nullable=False),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('authority_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('question_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycle.id'], name=op.f('fk_question_figure_cycle_id')),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_question_figure_question_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_figure')),
    sa.UniqueConstraint('question_id', 'cycle_id', 'province_id', name=op.f('uq_question_figure_question_id_cycle_id_province_id'))
    )
    with op.batch_alter_table('question_figure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_question_figure_cycle_id'), ['cycle_id'], unique=False)

    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('is_practice', sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.alter_column('is_practice', server_default=None)



def downgrade() -> None:
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.drop_column('is_practice')

    with op.batch_alter_table('question_figure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_question_figure_cycle_id'))

    op.drop_table('question_figure')
