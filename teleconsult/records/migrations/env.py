"""Alembic's entry: runs the migrations on the connection that `records.upgrade` hands over."""

from alembic import context

from teleconsult.records.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
