"""Run one command as a whole process and add what it used to a CSV file.

Usage: python measure.py TIMES LABEL COMMAND [ARGUMENT ...]

The row holds the label, the user plus system processor time, the elapsed time (both in seconds) and the peak memory in MB.
Processor time counts every thread and every child of the command, so it is fair on a machine that others use too.
"""
import csv
import resource
import subprocess
import sys
import time


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__.split("\n\n")[1])
    times, label, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    start = time.perf_counter()
    done = subprocess.run(command)
    elapsed = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"{label}: the command ended with code {done.returncode}: {' '.join(command)}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(times, "a", encoding="utf-8", newline="") as file:
        # Linux counts the peak memory in units of 1024 bytes.
        csv.writer(file, lineterminator="\n").writerow(
            [label, f"{used.ru_utime + used.ru_stime:.6f}", f"{elapsed:.6f}", f"{used.ru_maxrss / 1024:.0f}"])


main()
