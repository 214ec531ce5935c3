"""What a developer's machine needs and production never loads: embedded servers, the supervisor behind `bin/dev`, the
mail catcher with its inbox page, and the checks behind `bin/ci`. Installed as an app only with DEBUG."""
