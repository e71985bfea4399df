"""What `scripts/scale` runs: a command on ranks of MPI that lie in network namespaces of their own, as on machines of their
own, behind a switch that delays packets and limits the rate of every link. Each namespace has a TUN device whose other end
this process holds: it passes IP packets on when they are due. Arguments: ranks, delay in us, Gbit/s, the command."""

import ctypes
import fcntl
import heapq
import os
import select
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
LARGEST = 65535


def enter(path):
    """Lets this process work in a network namespace."""
    with open(path) as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
            sys.exit(f"network: {path}: {os.strerror(ctypes.get_errno())}")


def device(number):
    """A namespace with the address 10.9.NUMBER; the other end of its device."""
    name = f"n{number}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    enter(f"/run/netns/{name}")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"tun0", IFF_TUN | IFF_NO_PI))
    address = f"10.9.{number >> 8}.{number & 255}"
    for words in ["link set lo up", f"addr add {address}/16 dev tun0", "link set tun0 up mtu 65000 txqueuelen 10000"]:
        subprocess.run(["ip", *words.split()], check=True)
    return tun


def switch(tuns, delay, rate, job):
    """Passes packets on until the job has ended: each link of a device carries `rate` bytes/s each way."""
    number = {tun: k for k, tun in enumerate(tuns)}
    up, down = [0.0] * len(tuns), [0.0] * len(tuns)
    waiting, count, asked = [], 0, 0.0
    while True:
        now = time.monotonic()
        if now > asked + 0.1:
            asked = now
            if job.poll() is not None:
                return
        while waiting and waiting[0][0] <= now:
            _, _, to, packet = heapq.heappop(waiting)
            os.write(tuns[to], packet)
        patience = min(waiting[0][0] - now, 0.1) if waiting else 0.1
        for tun in select.select(tuns, [], [], max(patience, 0))[0]:
            packet = os.read(tun, LARGEST)
            if packet[0] >> 4 != 4:
                continue
            to = (packet[18] << 8 | packet[19]) - 1
            if not 0 <= to < len(tuns):
                continue
            now, takes, own = time.monotonic(), len(packet) / rate, number[tun]
            up[own] = max(now, up[own]) + takes
            down[to] = max(up[own] + delay, down[to] + takes)
            count += 1
            heapq.heappush(waiting, (down[to], count, to, packet))


def main(ranks, delay_us, gbit_s, *command):
    ranks = int(ranks)
    Path("/run/netns").mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run/netns"], check=True)
    with open("/proc/self/ns/net") as home, tempfile.TemporaryDirectory() as folder:
        tuns = [device(k) for k in range(1, ranks + 1)]
        enter(f"/proc/self/fd/{home.fileno()}")
        folder = Path(folder)
        names = [f"n{k}" for k in range(1, ranks + 1)]
        hosts = [f"10.9.{k >> 8}.{k & 255} n{k}\n" for k in range(1, ranks + 1)]
        (folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(hosts))
        subprocess.run(["mount", "--bind", folder / "hosts", "/etc/hosts"], check=True)
        # What mpirun calls in place of ssh: the words behind the host are a line of a shell.
        inside = 'host=$1; shift; exec ip netns exec "$host" unshare --uts sh -c "hostname $host; $*"\n'
        agent = folder / "agent"
        agent.write_text("#!/bin/sh\n" + inside)
        agent.chmod(0o755)
        options = {
            "btl": "tcp,self", "pml": "ob1", "btl_tcp_if_include": "tun0", "oob_tcp_if_include": "tun0",
            "plm_rsh_agent": str(agent), "mpi_yield_when_idle": "1", "rmaps_base_oversubscribe": "1",
        }
        words = ["mpirun", "--allow-run-as-root", "-n", str(ranks), "--host", ",".join(names), "--bind-to", "none"]
        for option in options.items():
            words += ["--mca", *option]
        shell = 'hostname n1; exec "$@"'
        job = subprocess.Popen(["ip", "netns", "exec", "n1", "unshare", "--uts", "sh", "-c", shell, "sh", *words, *command])
        switch(tuns, float(delay_us) * 1e-6, float(gbit_s) * 1e9 / 8, job)
        subprocess.run(["umount", "/etc/hosts"])
        sys.exit(job.returncode)


main(*sys.argv[1:])
