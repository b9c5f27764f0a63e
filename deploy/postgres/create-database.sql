-- Runs once, when the container of docker-compose.yml creates its databases: Kith is no superuser.
\getenv password KITH_DATABASE_PASSWORD
CREATE ROLE kith LOGIN PASSWORD :'password';
CREATE DATABASE kith OWNER kith ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE kith FROM PUBLIC;
