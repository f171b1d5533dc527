"""One connection, and the migrations on one schema after the other: the loop of Alembic's cookbook,
"Rudimental Schema-Level Multi Tenancy for PostgreSQL Databases".
"""

import psycopg
from alembic import context
from sqlalchemy import create_engine, pool, text

told = context.config.attributes
engine = create_engine(
    "postgresql+psycopg://",
    creator=lambda: psycopg.connect(told["url"]),
    poolclass=pool.NullPool,
)

with engine.connect() as connection:
    for schema in told["schemas"]:
        connection.execute(text(f'set search_path to "{schema}"'))
        connection.commit()
        # So that Alembic looks for its table there.
        connection.dialect.default_schema_name = schema
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
