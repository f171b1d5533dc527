"""A worker: says when it is ready, and upgrades its schemas when told to.

A line of JSON comes in first: the directory of the scripts, the URL and the schemas.
"""

import json
import sys

import psycopg
import sqlalchemy.dialects.postgresql.psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

told = json.loads(sys.stdin.readline())
config = Config()
config.set_main_option("script_location", told["scripts"].replace("%", "%%"))
config.attributes.update(told)
# Reads the revisions, so that they are compiled once the clock starts.
list(ScriptDirectory.from_config(config).walk_revisions())
print("ready", flush=True)
sys.stdin.readline()
command.upgrade(config, "head")
