"""Ask a running service whether it is ready: `python -m detectapi.cli.probe [PATH]`, for the health check of a container.

It uses the standard library only, so that it starts fast and the image needs no curl.
"""

import http.client
import sys

from detectapi.settings import setting


def probe(path="/readyz", host="127.0.0.1", port=8000, timeout_s=3.0):
    """Whether the service answers 200 at a path.

    Parameters
    ----------
    path : str
    host : str
    port : int
    timeout_s : float
        For the connection and for the answer. [s]

    Returns
    -------
    bool
        False also if nothing listens at the port, or not a server of HTTP.
    """
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else "/readyz"
    sys.exit(0 if probe(asked, port=setting("PORT") or 8000) else 1)
