"""Cores a process may use, and versions of what is installed."""

import os
from importlib import metadata

import pytest

from kerascls.system.machine import machine_name, num_cores, package_versions


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs affinities")
def test_cores_are_those_the_process_may_use():
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert num_cores() == 1
    finally:
        os.sched_setaffinity(0, before)
    assert num_cores() == len(before)


@pytest.mark.parametrize(("count", "expected"), [(6, 6), (None, 1)])
def test_without_affinities_all_cores_count(monkeypatch, count, expected):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    assert num_cores() == expected


def test_versions_are_those_of_what_is_installed(monkeypatch):
    def version(name):
        if name == "jax":
            raise metadata.PackageNotFoundError(name)
        return f"{name} 1"

    monkeypatch.setattr(metadata, "version", version)
    versions = package_versions()
    assert "jax" not in versions
    assert versions["numpy"] == "numpy 1"
    assert {"kerascls", "keras", "tensorflow", "onnxruntime"} <= versions.keys()


def test_a_machine_is_called_by_its_processor_cores_and_system(tmp_path):
    told = tmp_path / "cpuinfo"
    told.write_text("processor : 0\nmodel name\t: A fast one\nmodel name\t: Another\n")
    assert machine_name(told).startswith("A fast one, ")
    assert " core" in machine_name(told)
    assert not machine_name(tmp_path / "nothing").startswith(",")
