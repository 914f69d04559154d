"""hats_for_a_term

Revision ID: 1782d80e5d30
Revises: bdaa8505c808
"""

import sqlalchemy as sa
from alembic import op

revision = '1782d80e5d30'
down_revision = 'bdaa8505c808'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('page_role_scope',
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.Column('base', sa.Enum('SYSTEM_ADMIN', 'SECURITY_ADMIN', 'AUDIT_ADMIN', 'AUTHORITY', 'INSTITUTION', 'AGENCY', 'PHYSICIAN', 'PROCTOR', 'SYSTEM', name='role', native_enum=False, length=40), nullable=False),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], name=op.f('fk_page_role_scope_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('role_id', name=op.f('pk_page_role_scope'))
    )
    with op.batch_alter_table('identity', schema=None) as batch_op:
        batch_op.add_column(sa.Column('starts_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('last_day', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('page_role_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('principal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.create_index(batch_op.f('ix_identity_page_role_id'), ['page_role_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_identity_principal_id'), ['principal_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_identity_principal_id'), 'identity', ['principal_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_identity_page_role_id'), 'ab_role', ['page_role_id'], ['id'])
        batch_op.create_check_constraint(batch_op.f('ck_identity_term'), 'last_day >= starts_on')



def downgrade() -> None:
    with op.batch_alter_table('identity', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_identity_term'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_identity_page_role_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_identity_principal_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_identity_principal_id'))
        batch_op.drop_index(batch_op.f('ix_identity_page_role_id'))
        batch_op.drop_column('principal_id')
        batch_op.drop_column('page_role_id')
        batch_op.drop_column('last_day')
        batch_op.drop_column('starts_on')

    op.drop_table('page_role_scope')
