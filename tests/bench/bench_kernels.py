"""What starting a kernel costs, and what is left of five hundred of them.

`make bench`, or `python tests/bench/bench_kernels.py --kernels 500`. A start is measured from the
request to the answer to a first cell that imports pandas, scikit-learn and matplotlib; the two
kinds of kernel take turns. Then so many warm kernels are started and ended, eight at once, every
tenth by killing it, and everything that could be left is counted before and after.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import signal
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from jupyter_client.manager import AsyncKernelManager

from casebook.warm import client
from casebook.warm.limits import proportional_memory
from casebook.warm.process import WarmProcess

RESULTS = Path(__file__).with_name("BENCH_KERNELS.md")
IMPORTS = "import pandas, sklearn.ensemble, matplotlib.pyplot"
AT_ONCE = 8

PAGE = """\
# Starting kernels, and what is left of them

| from the request to the answer of a first cell that imports the stack | median | least | most |
| --- | ---: | ---: | ---: |
{rows}

Ratio of the medians: {ratio:.2f}.

{kernels} warm kernels started and ended in {minutes:.1f} minutes, {at_once} at once, every tenth
killed:

| | after the first | after the last |
| --- | ---: | ---: |
{left}

Made by `make bench`; {repeats} starts of each kind, taking turns.
Machine: {machine}, Python {python}.
"""


async def life(name: str, folder: Path, *, kill: bool = False) -> float:
    """Seconds that a kernel took to answer; afterwards it has ended."""
    begun = time.perf_counter()
    manager = AsyncKernelManager(kernel_name=name)
    manager.transport = "ipc"
    manager.ip = str(folder / f"k{time.monotonic_ns() % 10**12}")
    await manager.start_kernel()
    if name == "casebook" and not isinstance(manager.provisioner.process, WarmProcess):
        raise SystemExit(f"not warm: {manager.provisioner.reason}")
    talk = manager.client()
    talk.start_channels()
    await talk.wait_for_ready(timeout=120)
    reply = await talk.execute_interactive(IMPORTS, timeout=120, output_hook=lambda _: None)
    took = time.perf_counter() - begun
    if reply["content"]["status"] != "ok":
        raise SystemExit(str(reply["content"]))
    talk.stop_channels()
    if kill:
        os.killpg(manager.provisioner.pgid, signal.SIGKILL)
    await manager.shutdown_kernel(now=kill)
    return took


async def many(kernels: int, folder: Path) -> None:
    """Start and end so many kernels."""
    for begin in range(0, kernels, AT_ONCE):
        numbers = range(begin, min(begin + AT_ONCE, kernels))
        await asyncio.gather(*(life("casebook", folder, kill=n % 10 == 9) for n in numbers))
        if begin % 80 == 0:
            print(f"{begin}/{kernels}", flush=True)


def left(folder: Path) -> dict[str, float]:
    """What there is, once every keeper has ended."""
    [answer] = client.status()
    template = psutil.Process(answer["pid"])
    limit = time.monotonic() + 10
    while template.children() and time.monotonic() < limit:
        time.sleep(0.05)
    us = psutil.Process()
    return {
        "processes": len(template.children(recursive=True)) + len(us.children(recursive=True)),
        "files and sockets in the runtime folder": len(list(folder.rglob("*"))),
        "open files of the template": template.num_fds(),
        "threads of the template": template.num_threads(),
        "memory of the template, MB (PSS)": round((proportional_memory(template.pid) or 0) / 1e6),
        "open files of the client": us.num_fds(),
    }


def measure(repeats: int, kernels: int, folder: Path) -> str:
    """The results as a page."""
    times: dict[str, list[float]] = {"python3": [], "casebook": []}
    for turn in range(repeats + 1):
        for name, values in times.items():
            took = asyncio.run(life(name, folder))
            if turn:
                values.append(took)
    medians = {name: statistics.median(values) for name, values in times.items()}
    asyncio.run(many(AT_ONCE, folder))
    before, begun = left(folder), time.perf_counter()
    asyncio.run(many(kernels, folder))
    minutes, after = (time.perf_counter() - begun) / 60, left(folder)
    return PAGE.format(
        rows="\n".join(
            f"| {name} | {medians[name]:.2f} s | {min(values):.2f} s | {max(values):.2f} s |"
            for name, values in times.items()
        ),
        ratio=medians["casebook"] / medians["python3"],
        left="\n".join(f"| {name} | {before[name]} | {after[name]} |" for name in before),
        kernels=kernels,
        at_once=AT_ONCE,
        minutes=minutes,
        repeats=repeats,
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        python=platform.python_version(),
    )


def main() -> None:
    """Measure, print, and write the results beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--kernels", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder  # a template of this bench alone
        page = measure(options.repeats, options.kernels, Path(folder))
        client.stop()
    RESULTS.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
