"""The page people read, its report, its embeddable fragment and the education that goes with it."""

from detectapi.web.page import editor, embed, numbers, oembed, results_views, views, voice

__all__ = ["init_app"]


def init_app(app):
    """Register the page with the application."""
    voice.init_app(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(results_views.blueprint)
    app.register_blueprint(embed.blueprint)
    app.register_blueprint(editor.blueprint)
    app.register_blueprint(oembed.blueprint)
    app.register_blueprint(numbers.blueprint)
