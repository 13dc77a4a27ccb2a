FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 tessera

WORKDIR /app
COPY .ci/scale.lock .
RUN pip install --no-cache-dir --require-hashes -r scale.lock
COPY . .
ENV DATA_ROOT=/data STATIC_ROOT=/app/static PYTHONUNBUFFERED=1
RUN mkdir /data && chown tessera /data \
    && SECRET_KEY=only-for-collecting-static-files-while-building-0123456789 python manage.py collectstatic --noinput
USER tessera
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "pim.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4"]
