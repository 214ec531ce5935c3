# The site's one image: web, worker and beat are the same files with another command (Procfile).
FROM python:3.13-slim AS packages
RUN pip install --no-cache-dir uv
COPY requirements.txt .
RUN uv venv /opt/site && VIRTUAL_ENV=/opt/site uv pip sync --require-hashes requirements.txt

FROM python:3.13-slim
ENV PATH=/opt/site/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 WEB_HOST=0.0.0.0 VAR_DIR=/var/lib/innovationslabb
RUN useradd --system --create-home site && install --directory --owner site /var/lib/innovationslabb
COPY --from=packages /opt/site /opt/site
WORKDIR /srv/innovationslabb
COPY . .
# Settings insist on their secrets; these stand in while static files are gathered, and are in no layer's environment.
RUN for domain in django djangojs; do pybabel compile --directory locale --domain $domain; done \
    && SECRET_KEY=$(printf 'x%.0s' $(seq 50)) SITE_URL=http://localhost DATABASE_URL=postgresql://nobody@localhost/nothing \
       REDIS_URL=redis://localhost EMAIL_URL=smtp://localhost CONTACT_EMAIL=nobody@localhost \
       DEFAULT_FROM_EMAIL=nobody@localhost python manage.py collectstatic --no-input
USER site
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--config", "config/gunicorn.py"]
