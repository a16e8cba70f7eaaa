# Web server, worker, beat and migrations: one image, four commands (docker-compose.yml).

FROM python:3.11-slim-bookworm AS install
WORKDIR /app
COPY requirements/base.lock requirements/base.lock
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/base.lock

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libjemalloc2 \
    && rm -rf /var/lib/apt/lists/* \
    && ln -s "$(dpkg -L libjemalloc2 | grep 'libjemalloc.so.2$')" /usr/local/lib/libjemalloc.so.2 \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin tintype \
    && install --directory --owner=tintype --mode=0755 /models /models/.engines
COPY --from=install /venv /venv
WORKDIR /app
COPY manage.py ./
COPY platform platform
COPY images images
COPY variants variants
COPY inference inference
COPY templates templates
COPY docker/healthcheck.py docker/healthcheck.py

# Half the memory after two thousand thumbnails, at the same speed.
ENV LD_PRELOAD=/usr/local/lib/libjemalloc.so.2 \
    MALLOC_CONF=dirty_decay_ms:1000,muzzy_decay_ms:0,narenas:2 \
    PATH=/venv/bin:$PATH \
    PYTHONPATH=/app:/app/platform \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    STATIC_ROOT=/app/static-root \
    DATA_DIR=/tmp/tintype
RUN python manage.py collectstatic --no-input --verbosity 0 && rm -rf /tmp/tintype \
    && python -m compileall -q manage.py platform images variants inference

USER tintype
EXPOSE 8000
CMD ["sh", "-c", "exec granian --interface asgi --host 0.0.0.0 --port 8000 --workers \"${WEB_WORKERS:-2}\" --respawn-failed-workers --log-level warning config.asgi:application"]
