"""Long work: progress is told, others run meanwhile, Ctrl-C cancels."""

import signal
import subprocess
import sys
import threading
import time

import lode
import pytest

LONG = {"scenario": "gallium-germanium-2023", "replicates": 1_000_000, "horizon": 240}


def test_progress_is_told_to_the_end(session):
    seen = []
    session.simulate("gallium-germanium-2023", replicates=40, horizon=12, progress=seen.append)
    assert seen == sorted(seen) and seen[-1] == 40
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "tqdm.auto", None)
        session.simulate("gallium-germanium-2023", replicates=8, horizon=3, progress=True)


def test_a_bar_counts_futures(session, capsys):
    pytest.importorskip("tqdm")
    session.simulate("gallium-germanium-2023", replicates=8, horizon=3, progress=True)
    assert "8/8" in capsys.readouterr().err


def test_a_callback_that_raises_stops_the_work(session):
    def tell(done):
        raise RuntimeError(f"enough after {done}")

    with pytest.raises(RuntimeError, match="enough"):
        session.simulate(**LONG, progress=tell)


def test_other_threads_run_meanwhile(session):
    counted, stop = [0], threading.Event()

    def count():
        while not stop.is_set():
            counted[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    session.simulate("gallium-germanium-2023", replicates=200, horizon=24)
    stop.set()
    thread.join()
    assert counted[0] > 5


def test_two_sessions_ask_at_once(session):
    expected = session.simulate("gallium-germanium-2023", replicates=12, horizon=6).to_json()
    found = []
    ask = lambda: found.append(session.simulate("gallium-germanium-2023", replicates=12, horizon=6).to_json())
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent another way")
def test_ctrl_c_cancels_and_the_interpreter_goes_on():
    program = f"""
import lode, sys
session = lode.load()
print("begun", flush=True)
try:
    session.simulate(**{LONG!r}, progress=lambda done: print("working", flush=True))
except KeyboardInterrupt:
    print("cancelled", len(session.desk("JPN")), flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "begun"
    assert process.stdout.readline().strip() == "working"
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    assert "cancelled" in out.splitlines()[-1]
    assert process.returncode == 0
