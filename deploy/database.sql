-- The database of the product: run once as PostgreSQL's superuser, after app/core/servers/roles.sql. 产品的数据库，只有自己的角色连得上。
create database bihuan owner bihuan_owner encoding 'UTF8' template template0;
revoke all on database bihuan from public;
grant connect on database bihuan to bihuan_app, bihuan_audit_reader, bihuan_backup;
grant temporary on database bihuan to bihuan_app;
