# The base is named by the digest of its index for all platforms: Python 3.11.16, published 2026-09-19. docs/operating.md says how
# to take a newer one.
# Stage 1: the package as a wheel, with a build backend whose hashes are locked.
FROM python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b AS build
WORKDIR /source
COPY requirements/build.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY detectapi detectapi
COPY schemas schemas
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --no-index --wheel-dir /wheels .

# Stage 2: what runs. Nothing is written at run time but below /tmp and /dev/shm, so the root file system may be
# read-only: docker run --read-only --tmpfs /tmp --cap-drop ALL -p 8000:8000 detectapi
FROM python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    OPENBLAS_NUM_THREADS=1 \
    PORT=8000
# Pango sets the letters of the printed report; the fonts are what it sets them in.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-dejavu-core=2.* libpango-1.0-0=1.* libpangoft2-1.0-0=1.* libharfbuzz-subset0=6.* \
    && rm -rf /var/lib/apt/lists/*
COPY requirements/run.txt /tmp/requirements/
COPY --from=build /wheels /tmp/wheels
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements/run.txt \
    && pip install --no-cache-dir --no-deps --no-index /tmp/wheels/*.whl \
    && rm -rf /tmp/requirements /tmp/wheels \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin detectapi \
    && install --directory --owner=10001 --group=10001 --mode=0700 /srv/jobs
USER 10001
WORKDIR /srv
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["python", "-m", "detectapi.cli.probe", "/readyz"]
CMD ["gunicorn", "--config", "python:detectapi.web.gunicorn_conf"]
