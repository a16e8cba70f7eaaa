# What looks at pictures (docs/gpu.md): --target cpu, or --target gpu with CUDA 13 and cuDNN 9 for an NVIDIA GPU.

FROM python:3.11-slim-bookworm AS install-cpu
COPY requirements/cpu.lock /requirements.lock
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.lock

FROM python:3.11-slim-bookworm AS install-gpu
COPY requirements/gpu.lock /requirements.lock
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.lock

FROM python:3.11-slim-bookworm AS cpu
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin tintype \
    && install --directory --owner=tintype --mode=0755 /models /models/.engines
COPY --from=install-cpu /venv /venv
WORKDIR /app
COPY inference inference
COPY docker/inference-healthcheck.py inference-healthcheck.py
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    INFERENCE_LISTEN=0.0.0.0:8100 \
    INFERENCE_MODELS=/models
RUN python -m compileall -q inference
USER tintype
EXPOSE 8100
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "inference-healthcheck.py"]
CMD ["python", "-m", "inference", "serve"]

# The libraries of CUDA and cuDNN come with the image; the driver comes from the host. Ubuntu 24.04 has no Python 3.11,
# so it is the one of the stage above, with the libraries that it was linked with.
FROM nvidia/cuda:13.1.1-cudnn-runtime-ubuntu24.04 AS gpu
# TensorRT is large and optional: --build-arg TENSORRT="libnvinfer10 libnvinfer-plugin10 libnvonnxparsers10".
ARG TENSORRT=""
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libbz2-1.0 libexpat1 libffi8 liblzma5 \
       libsqlite3-0 libssl3t64 libuuid1 zlib1g ${TENSORRT} \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin tintype \
    && install --directory --owner=tintype --mode=0755 /models /models/.engines
COPY --from=install-gpu /usr/local/bin/python3.11 /usr/local/bin/python3.11
COPY --from=install-gpu /usr/local/lib/libpython3.11.so.1.0 /usr/local/lib/libpython3.11.so.1.0
COPY --from=install-gpu /usr/local/lib/python3.11 /usr/local/lib/python3.11
COPY --from=install-gpu /venv /venv
RUN ldconfig && ln -sf /usr/local/bin/python3.11 /usr/local/bin/python3 && ln -sf python3.11 /usr/local/bin/python
WORKDIR /app
COPY inference inference
COPY docker/inference-healthcheck.py inference-healthcheck.py
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    INFERENCE_LISTEN=0.0.0.0:8100 \
    INFERENCE_MODELS=/models
RUN python -m compileall -q inference
USER tintype
EXPOSE 8100
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 CMD ["python", "inference-healthcheck.py"]
CMD ["python", "-m", "inference", "serve"]
