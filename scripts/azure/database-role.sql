-- Makes the app's role, as an Entra administrator of the server and in its database `postgres`; running it again changes nothing.
--
--   psql "host=HOST dbname=postgres user=ADMINISTRATOR sslmode=verify-full …" --set role=IDENTITY --set database=shop --file …
--
-- The role owns the database: a batch attaches and detaches partitions, which only an owner may. Migrations run as this role
-- too (option role=IDENTITY of the address), so that it owns the tables; hence the membership. The schema public belongs to whoever
-- owns the database.
\set ON_ERROR_STOP on
SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') AS is_new \gset
\if :is_new
SELECT pgaadauth_create_principal(:'role', false, false);
\endif
GRANT :"role" TO CURRENT_USER;
ALTER DATABASE :"database" OWNER TO :"role";
