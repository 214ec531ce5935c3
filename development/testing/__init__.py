"""What the browser tests are made with: a watched browser, an SMTP server, Celery workers, a judge of accessibility."""
