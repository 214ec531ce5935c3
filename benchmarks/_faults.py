def run(options):
    raise SystemExit
