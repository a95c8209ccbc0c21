"""The door for a WSGI server: `gunicorn -c python:detectapi.web.gunicorn_conf wsgi:app`."""

from detectapi.web import create_app

app = create_app()
