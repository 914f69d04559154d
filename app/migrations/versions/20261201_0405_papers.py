"""papers

Revision ID: 8cf517762d20
Revises: 0439cb7eef73
"""

import sqlalchemy as sa
from alembic import op

revision = '8cf517762d20'
down_revision = '0439cb7eef73'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('paper',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('round', sa.SmallInteger(), nullable=False),
    sa.Column('status', sa.Enum('NOT_STARTED', 'ENTERED', 'DONE', 'ABSENT', 'EXEMPT', name='paperstatus', native_enum=False, length=40), nullable=False),
    sa.Column('status_since', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('score_tenths', sa.Integer(), nullable=True),
    sa.Column('entered_by', sa.String(length=64), nullable=True),
    sa.Column('entered_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('result', sa.Enum('PASS', 'FAIL', name='verdict', native_enum=False, length=40), nullable=True),
    sa.Column('province_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('authority_path', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cycle_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('physician_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('participation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("result IS NULL OR status IN ('DONE', 'ABSENT', 'EXEMPT')", name=op.f('ck_paper_result_when_ended')),
    sa.CheckConstraint('score_tenths BETWEEN 0 AND 1000', name=op.f('ck_paper_score')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_paper_assessment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper')),
    sa.UniqueConstraint('assessment_id', 'name', 'round', 'province_id', name=op.f('uq_paper_assessment_id_name_round_province_id'))
    )
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.create_index('ix_paper_agency', ['agency_id', 'cycle_id', 'status', 'id'], unique=False)
        batch_op.create_index('ix_paper_authority_path', ['authority_path'], unique=False)
        batch_op.create_index('ix_paper_institution', ['institution_id', 'cycle_id', 'status', 'id'], unique=False)
        batch_op.create_index('ix_paper_province', ['province_id', 'cycle_id', 'status', 'id'], unique=False)

    _begin_papers()


def _begin_papers() -> None:
    """Give the cases that wait for an examination the papers which their cycle's rules ask for."""
    connection = op.get_bind()
    usual = {"papers_general": ["公共知识", "业务水平"], "papers_simplified": ["公共知识"]}
    cycle = sa.table("cycle", sa.column("id"), sa.column("rules", sa.JSON))
    rules = {row.id: usual | (row.rules or {}) for row in connection.execute(sa.select(cycle))}
    copied = (
        "province_id", "authority_path", "institution_id", "agency_id", "cycle_id",
        "physician_id", "participation_id", "status_since",
    )
    case = sa.table(
        "assessment",
        *map(sa.column, ("id", "status", "procedure", *copied[:-1])),
        sa.column("status_since", sa.DateTime()),
    )
    exemption = sa.table(
        "exemption", sa.column("assessment_id"), sa.column("status"), sa.column("papers", sa.JSON)
    )
    passed = sa.select(exemption).where(exemption.c.status == "PASSED")
    spared = {row.assessment_id: row.papers or [] for row in connection.execute(passed)}
    waiting = sa.select(case).where(
        case.c.status.in_(("AWAITING_EXAM", "DEFERRED", "AWAITING_MAKEUP"))
    )
    names = ("name", "round", "status", "version", "result", "assessment_id", *copied)
    columns = [sa.column(name, sa.DateTime() if name == "status_since" else None) for name in names]
    rows = []
    for row in connection.execute(waiting).all():
        kind = "papers_general" if row.procedure == "GENERAL" else "papers_simplified"
        for name in rules[row.cycle_id][kind]:
            is_spared = name in spared.get(row.id, ())
            rows.append(
                {
                    "name": name, "round": 1, "version": 1, "assessment_id": row.id,
                    "status": "EXEMPT" if is_spared else "NOT_STARTED",
                    "result": "PASS" if is_spared else None,
                    **{one: getattr(row, one) for one in copied},
                }
            )
    if rows:
        connection.execute(sa.insert(sa.table("paper", *columns)), rows)


def downgrade() -> None:
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.drop_index('ix_paper_province')
        batch_op.drop_index('ix_paper_institution')
        batch_op.drop_index('ix_paper_authority_path')
        batch_op.drop_index('ix_paper_agency')

    op.drop_table('paper')
