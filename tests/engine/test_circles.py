"""No two modules of the engine need each other, not even inside functions: each stands on those below alone."""

from __future__ import annotations

import pytest


def test_the_engine_has_no_circle_of_imports() -> None:
    grimp = pytest.importorskip("grimp", reason="missing: import-linter")
    graph = grimp.build_graph("umx_gui", cache_dir=None)
    modules = [name for name in graph.modules if name.startswith("umx_gui.engine.")]
    assert len(modules) > 50
    circles = [
        (module, used)
        for module in modules
        for used in graph.find_modules_directly_imported_by(module)
        if used.startswith("umx_gui.engine.") and graph.chain_exists(importer=used, imported=module)
    ]
    assert circles == []
