"""The life of a template: who may ask it, when it ends, what it and what is forked may use."""

from __future__ import annotations

import os
import signal
import socket
import stat
import time
from pathlib import Path

import psutil
import pytest
from traitlets.config import Config

from casebook.cli.main import main
from casebook.exceptions import ParameterError, RunError
from casebook.warm import client, limits, loaded, place, wire
from casebook.warm.settings import IDLE_VARIABLE, KINDS, OFF_VARIABLE
from casebook.warm.surroundings import differences, surroundings


def test_the_socket_is_private(start, runtime) -> None:
    start()
    address = place.socket_of("kernel")
    assert stat.S_IMODE(address.stat().st_mode) == 0o600
    assert stat.S_IMODE(address.parent.stat().st_mode) == 0o700


def test_a_folder_that_others_may_enter_is_refused(own_templates) -> None:
    place.folder().chmod(0o755)
    with pytest.raises(RunError, match="not private"):
        place.folder()
    (own_templates / f"casebook-{os.getuid()}").chmod(0o700)


def test_another_user_is_refused(own_templates) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.check_peer(ours)
    if os.getuid() != 0:
        pytest.skip("becoming another user takes more rights")
    address = own_templates / "listening.s"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        address.chmod(0o777)
        for folder in (own_templates, own_templates.parent):
            folder.chmod(0o755)
        listening.listen()
        pid = os.fork()
        if pid == 0:
            os.setuid(65534)
            socket.socket(socket.AF_UNIX).connect(str(address))
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        accepted, _address = listening.accept()
        with accepted, pytest.raises(RunError, match="belongs to user 65534"):
            wire.check_peer(accepted)


def test_what_is_not_understood_harms_nothing(start) -> None:
    kernel = start()
    for nonsense in (b"", b"\n", b"[1]\n", b'{"ask": "fork"}\n', b"\x00" * 100 + b"\n"):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(place.socket_of("kernel")))
            connection.sendall(nonsense)
    assert kernel.run("print(6 * 7)") == "42"
    assert start().is_warm


def test_it_ends_when_it_is_idle_and_not_before(
    start, own_templates, processes, monkeypatch
) -> None:
    monkeypatch.setenv(IDLE_VARIABLE, "1")
    kernel = start()
    pid = processes.template_pid()
    time.sleep(2)
    assert processes.template_pid() == pid  # a kernel is running
    kernel.end()
    processes.wait_for(lambda: not processes.is_running(pid), 10)
    assert not place.socket_of("kernel").exists()


def test_switched_off(start, monkeypatch, caplog) -> None:
    monkeypatch.setenv(OFF_VARIABLE, "0")
    assert not start().is_warm
    assert "switched off" in caplog.text


def test_memory_limit(start) -> None:
    config = Config({"WarmProvisioner": {"memory": 1_000_000_000}})
    for name in ("casebook", "python3"):
        kernel = start(name, config=config)
        if name == "python3":  # as `casebook run` limits a kernel of any kind
            limits.set_memory(kernel.manager.provisioner.pid, 1_000_000_000)
        assert kernel.run("x = bytearray(3_000_000_000)").startswith("MemoryError")
        assert kernel.run("print(len(bytearray(100_000_000)))") == "100000000"


def test_a_memory_limit_that_no_kernel_can_live_with(start) -> None:
    with pytest.raises(ParameterError, match="needs more memory than 1000 bytes"):
        start(config=Config({"WarmProvisioner": {"memory": 1000}}))


def test_time_limit(start, processes) -> None:
    kernel = start(config=Config({"WarmProvisioner": {"seconds": 3.0}}))
    process = kernel.manager.provisioner.process
    kernel.client.execute("while True: pass")
    assert process.wait(20) == -signal.SIGKILL
    assert process.why == "seconds"


def test_what_a_tidy_kernel_leaves_behind_is_ended(start, processes) -> None:
    leave = """import os, subprocess
child = subprocess.Popen(["sleep", "600"], start_new_session=True); print(child.pid)"""
    for tidy in (True, False):
        kernel = start(config=Config({"WarmProvisioner": {"tidy": tidy}}))
        pid = int(kernel.run(leave))
        kernel.manager.shutdown_kernel()
        if tidy:
            processes.wait_for(lambda pid=pid: not processes.is_running(pid), 5)
        else:  # as with an ordinary kernel
            assert processes.is_running(pid)
            os.kill(pid, signal.SIGKILL)


def test_many_kernels_leave_nothing_behind(start, runtime, processes) -> None:
    """Forty here; `make bench` starts five hundred."""
    first = start()
    template = psutil.Process(processes.template_pid())
    first.end()
    processes.wait_for(lambda: not template.children())
    before = (template.num_fds(), template.num_threads(), sorted(runtime.rglob("*")))
    memory = template.memory_info().data
    for _ in range(8):
        five = [start() for _ in range(5)]
        for kernel in five:
            kernel.end()
    processes.wait_for(lambda: not template.children())
    assert (template.num_fds(), template.num_threads(), sorted(runtime.rglob("*"))) == before
    assert template.memory_info().data - memory < 1_000_000


def test_the_command(start, own_templates, capsys) -> None:
    with pytest.raises(SystemExit):
        main(["kernels"])
    assert "No template process runs" in capsys.readouterr().out
    kernel = start()
    with pytest.raises(SystemExit):
        main(["kernels", "status"])
    assert "1 running, 1 started so far" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["kernels", "stop"])
    assert "1 template process was stopped" in capsys.readouterr().out
    assert kernel.run("print(6 * 7)") == "42"
    assert client.status() == ()


def test_who_had_connected_before_it_was_stopped_is_told_so(own_templates, tmp_path) -> None:
    client.ensure("worker")
    first, stopping, waiting = (client._connect(place.socket_of("worker")) for _n in range(3))
    wire.send(stopping, {"ask": "stop"})
    request = client.Request("worker", [], dict(os.environ), str(tmp_path), (0, 1, 2))
    wire.send(waiting, request.message(), request.fds)
    first.close()  # it was served first, and said nothing so far
    with stopping, waiting:
        assert "pid" in wire.Lines(stopping).read()
        assert wire.Lines(waiting).read() == {"refused": "ended"}


def test_each_kind_of_template_has_one_thread(own_templates) -> None:
    for kind in KINDS:
        client.ensure(kind)
    assert [answer["threads"] for answer in client.status()] == [1] * len(KINDS)


def test_differences_are_named() -> None:
    ours = surroundings({"PYTHONPATH": "/a", "LANG": "ko_KR.UTF-8", "OMP_NUM_THREADS": "2"})
    assert differences(ours, surroundings({"PYTHONPATH": "/a", "LANG": "C"})) == ()
    theirs = surroundings({"LANG": "ko_KR.eucKR"}) | {"niceness": 19}
    assert differences(ours, theirs) == ("encoding", "environment: PYTHONPATH", "niceness")


def test_what_imports_set_makes_no_difference(start) -> None:
    code = "import os, sklearn; from casebook.warm.surroundings import surroundings as s; print("
    code += (
        "s({}) == s({k: v for k, v in os.environ.items() if k[:4] == 'KMP_'}), 'KMP_INIT_AT_FORK'"
    )
    assert start().run(code + " in os.environ)") == "True True"


def test_a_relative_place_of_modules_is_bound_to_its_folder(monkeypatch, tmp_path) -> None:
    here = surroundings({"PYTHONPATH": "lib"})
    monkeypatch.chdir(tmp_path)
    assert differences(here, surroundings({"PYTHONPATH": "lib"})) == ("folder",)


def test_files_that_changed_are_noticed(tmp_path) -> None:
    file = tmp_path / "a.py"
    file.write_text("1")
    before = {str(file): loaded.stamps().get(str(file), (file.stat().st_mtime_ns, 1))}
    assert loaded.changed(before) is None
    file.write_text("22")
    assert loaded.changed(before) == str(file)
    file.unlink()
    assert loaded.changed(before) == str(file)
    assert loaded.changed(loaded.stamps()) is None


def test_a_catalogue_that_changed_is_noticed_too() -> None:
    """Else a page would speak English in what was written since."""
    kept = {Path(file).suffix for file in loaded.stamps()}
    assert {".mo", ".css", ".j2"} <= kept


def test_names_that_shadow_what_is_imported(tmp_path, root) -> None:
    names = frozenset({"numpy", "casebook"})
    assert loaded.shadowed(str(tmp_path), names) is None
    (tmp_path / "numpy").mkdir()
    assert loaded.shadowed(str(tmp_path), names) is None  # a folder of data
    (tmp_path / "numpy" / "__init__.py").touch()
    assert loaded.shadowed(str(tmp_path), names) == str(tmp_path / "numpy")
    assert loaded.shadowed(str(root), names) is None  # it is the one that is imported
