from pathlib import Path

from looks.static_files import HashedStaticFiles


def test_a_module_asks_for_others_by_their_hashed_names(tmp_path: Path):
    files = {
        "js/page.js": 'import { part } from "./page/part.js";\npart();\n',
        "js/page/part.js": "export function part() {}\n",
        "package/own.js": 'import { gone } from "./gone.js";\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    storage = HashedStaticFiles(location=str(tmp_path), base_url="/static/")
    for name, _, outcome in storage.post_process({name: (storage, name) for name in files}):
        assert outcome is True or name == "All", (name, outcome)
    part = storage.stored_name("js/page/part.js").rpartition("/")[2]
    assert part != "part.js"
    assert f'from "./page/{part}";' in (tmp_path / storage.stored_name("js/page.js")).read_text()
    assert (tmp_path / storage.stored_name("package/own.js")).read_text() == files["package/own.js"]
