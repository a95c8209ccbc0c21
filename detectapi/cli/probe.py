"""Ask a running service whether it is ready: `python -m detectapi.cli.probe [PATH]`. For container health checks.

Standard library only, so that a probe costs little and needs no curl in the image.
"""

import http.client
import os
import sys


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
        False also when nothing listens or what listens does not speak HTTP.
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
    sys.exit(0 if probe(*sys.argv[1:2], port=int(os.environ.get("PORT", "8000"))) else 1)
