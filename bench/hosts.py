"""Two worker hosts, one of which is cut off from the database in the middle of a job: the other goes on and ends it,
and what the late one still wants to write is refused.

`python -m bench.hosts` makes three network namespaces (a host of the database and two of workers), joined by cables
that are nowhere else, and a PostgreSQL of its own in the first. It needs Linux, root, `ip` (iproute2) and PostgreSQL's
programs. `--like` copies the database that DATABASE_URL names, which is quicker than making all tables anew. Ends with
exit code 1 and a line for each thing that must not be.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import django

STEPS = 3
CUT_IN = 1  # the step that host A is in when its cable is pulled
LEASE = 2  # seconds
PATIENCE = 60.0
# RFC 5737: addresses that stand in documents and are nobody's.
CABLES = {"a": ("192.0.2.1", "192.0.2.2"), "b": ("192.0.2.5", "192.0.2.6")}
# What a connection says of how soon the server shall give it up. With the first the cut is shorter than that.
PATIENT = "-c tcp_keepalives_idle=60 -c tcp_user_timeout=0"
IMPATIENT = "-c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2 -c tcp_user_timeout=2000"


def binaries() -> Path | None:
    """The folder of PostgreSQL's own programs, where Debian or PATH has them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    initdb = str(found[-1]) if found else shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def lacking() -> str:
    """What this machine lacks for it, or nothing."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "root on Linux"
    if shutil.which("ip") is None:
        return "ip (of iproute2)"
    return "" if binaries() else "initdb (of PostgreSQL's server)"


def run(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Raises CalledProcessError, after it has told what the command said."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        print(" ".join(map(str, words)), done.stdout, done.stderr, sep="\n", file=sys.stderr)
    done.check_returncode()
    return done


# --- The hosts --------------------------------------------------------------------------------------------------------
class Net:
    """The namespaces `db`, `a` and `b`, under names of this process, and a cable from `db` to each of the others."""

    def name(self, host: str) -> str:
        return f"tessera-{os.getpid()}-{host}"

    def build(self) -> None:
        for host in ("db", *CABLES):
            run("ip", "netns", "add", self.name(host))
            run("ip", "-n", self.name(host), "link", "set", "lo", "up")
        for host, (near, far) in CABLES.items():
            cable = ("link", "add", f"to-{host}", "type", "veth", "peer", "name", "to-db", "netns", self.name(host))
            run("ip", "-n", self.name("db"), *cable)
            for place, device, address in (("db", f"to-{host}", near), (host, "to-db", far)):
                run("ip", "-n", self.name(place), "address", "add", f"{address}/30", "dev", device)
                run("ip", "-n", self.name(place), "link", "set", device, "up")

    def cut(self, host: str) -> None:
        run("ip", "-n", self.name("db"), "link", "set", f"to-{host}", "down")

    def mend(self, host: str) -> None:
        run("ip", "-n", self.name("db"), "link", "set", f"to-{host}", "up")

    def inside(self, host: str) -> tuple[str, ...]:
        """What to put before a command."""
        return "ip", "netns", "exec", self.name(host)

    def remove(self) -> None:
        for host in ("db", *CABLES):
            subprocess.run(["ip", "netns", "del", self.name(host)], capture_output=True, check=False)


@contextmanager
def cluster(net: Net) -> Iterator[Path]:
    """A PostgreSQL on the addresses of `db`; the folder of its socket, which is seen from every namespace."""
    programs = binaries()
    assert programs is not None
    with tempfile.TemporaryDirectory(prefix="tessera-hosts-") as name:
        folder, data = Path(name), Path(name) / "data"
        shutil.chown(folder, "postgres")
        postgres = ("runuser", "-u", "postgres", "--")
        run(
            *postgres,
            programs / "initdb",
            "--pgdata",
            data,
            "--auth",
            "trust",
            "--no-sync",
            "--encoding",
            "UTF8",
            cwd=folder,
        )
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 192.0.2.0/24 trust\n")
        addresses = ",".join(near for near, _ in CABLES.values())
        options = f"-c listen_addresses={addresses} -c unix_socket_directories={folder} -c fsync=off"
        control = (*postgres, programs / "pg_ctl", "--pgdata", data, "--wait")
        run(*net.inside("db"), *control, "--log", folder / "log", "-o", options, "start", cwd=folder)
        try:
            yield folder
        finally:
            run(*control, "--mode", "immediate", "stop", cwd=folder)


def fill(socket: Path, like: str) -> None:
    """The tables: those of the database `like`, or made here."""
    programs = binaries()
    assert programs is not None
    here = ("--host", socket, "--username", "postgres")
    run(programs / "createdb", *here, "tessera")
    if like:
        dump = subprocess.run([programs / "pg_dump", "--no-owner", like], capture_output=True, check=True)
        told: list[str | Path] = [programs / "psql", *here, "--quiet", "--set", "ON_ERROR_STOP=1", "tessera"]
        subprocess.run(told, input=dump.stdout, stdout=subprocess.DEVNULL, check=True)
    else:
        run(sys.executable, "manage.py", "migrate", "--verbosity", "0")


# --- The job ----------------------------------------------------------------------------------------------------------
def kinds(host: str, folder: Path) -> None:
    """A kind in steps, which on host A comes to a halt in one of them: before what it writes, or after."""
    from catalog.jobs import Kind, Work, register
    from catalog.models import Change

    def halt(work: Work, where: str, step: int) -> None:
        if host == "a" and step == CUT_IN and work.payload["halt"] == where:
            (folder / "halted").touch()
            wait_for((folder / "go-on").exists)

    class Steps(Kind):
        code, label, first_pause = "hosts_steps", "Steps", 0.0

        def run(self, work: Work) -> Any:
            for step in range(work.cursor.get("next", 0), STEPS):
                halt(work, "before", step)
                with work.step({"next": step + 1}, step + 1, STEPS):
                    Change.objects.create(
                        actor=host, path="job", operation="host", kind="host", key=f"{work.id}:{step}"
                    )
                    work.guard()
                    halt(work, "within", step)
            return {"host": host}

    register(Steps)


def wait_for(condition: Callable[[], Any], what: str = "", longest: float = PATIENCE) -> None:
    """Raises TimeoutError."""
    end = time.monotonic() + longest
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"It took longer than {longest:.0f} s until {what}.")
        time.sleep(0.05)


def work_as(host: str, folder: Path) -> None:
    """A worker as `manage.py worker` is one, with the kind of this file."""
    from django.core.management import call_command

    django.setup()
    kinds(host, folder)
    call_command("worker", "--kinds", "hosts_steps")


# --- What happens -----------------------------------------------------------------------------------------------------
class Play:
    """One job, two hosts, a cable that is pulled and put back."""

    def __init__(self, net: Net, halt: str) -> None:
        self.net = net
        self.halt = halt
        self.wrong: list[str] = []
        self.folder = Path(tempfile.mkdtemp())
        self.workers: dict[str, subprocess.Popen[str]] = {}

    def start(self, host: str) -> None:
        patience = quote(PATIENT if self.halt == "before" else IMPATIENT)
        address = f"postgres://postgres@{CABLES[host][0]}:5432/tessera?options={patience}"
        log = (self.folder / f"{host}.log").open("w")
        itself = (sys.executable, "-m", "bench.hosts")
        words = [*self.net.inside(host), *itself, "--work-as", host, "--folder", str(self.folder)]
        environment = {**os.environ, "DATABASE_URL": address}
        self.workers[host] = subprocess.Popen(words, env=environment, stderr=log, text=True, start_new_session=True)
        log.close()

    def run(self) -> dict[str, Any]:
        from catalog.jobs import enqueue
        from catalog.models import Job

        try:
            job = enqueue(_actor(), "hosts_steps", {"halt": self.halt})
            self.start("a")
            wait_for((self.folder / "halted").exists, "host A was in the middle of its job")
            self.net.cut("a")
            cut = time.monotonic()
            self.start("b")
            wait_for(lambda: Job.objects.get(pk=job.pk).state == "done", "the other host had ended the job")
            taken = time.monotonic() - cut
            refused = self.come_late()
            self.judge(job.pk, refused)
            self.use_again()
        finally:
            self.end()
        return {"halted": self.halt, "ended_by_other_after_s": round(taken, 1), "wrong": len(self.wrong)}

    def come_late(self) -> str:
        """What host A says when it can be heard again. Its worker is held still, so that its job speaks for itself."""
        worker = self.workers["a"].pid
        job = int(Path(f"/proc/{worker}/task/{worker}/children").read_text().split()[0])
        os.kill(worker, signal.SIGSTOP)
        (self.folder / "go-on").touch()
        self.net.mend("a")
        wait_for(lambda: _has_ended(job), "the late job of host A had ended")
        os.kill(worker, signal.SIGCONT)
        return (self.folder / "a.log").read_text()

    def judge(self, job: int, said: str) -> None:
        from catalog.models import Change, Job

        row = Job.objects.get(pk=job)
        if (row.state, row.result) != ("done", {"host": "b"}):
            self.wrong.append(f"The job is {row.state} with {row.result}, not done by host B.")
        keys = Change.objects.filter(kind="host", key__startswith=f"{job}:").order_by("pk")
        there = list(keys.values_list("actor", "key"))
        wanted = [("a" if step < CUT_IN else "b", f"{job}:{step}") for step in range(STEPS)]
        if there != wanted:
            self.wrong.append(f"There is {there}, not {wanted}.")
        if "is not held under number" not in said:
            self.wrong.append(f"Host A was not refused. It says: {said[-2_000:]}")

    def use_again(self) -> None:
        """The host that was away works on as any other."""
        from catalog.jobs import enqueue
        from catalog.models import Job

        self.workers["b"].terminate()
        self.workers["b"].wait(PATIENCE)
        job = enqueue(_actor(), "hosts_steps", {"halt": "nowhere"})
        wait_for(lambda: Job.objects.get(pk=job.pk).state == "done", "host A did another job")

    def end(self) -> None:
        for worker in self.workers.values():
            worker.kill()
            worker.wait()
        shutil.rmtree(self.folder)


def _has_ended(pid: int) -> bool:
    """Also when its parent, which is held still, has not been told yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _actor() -> Any:
    from catalog.actors import Actor

    return Actor("hosts", "command")


def settings_of(socket: Path) -> Mapping[str, str]:
    return {
        "DATABASE_URL": f"postgres://postgres@/tessera?host={socket}",
        "JOB_LEASE_SECONDS": str(LEASE),
        "JOBS_ENGINE": "database",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--like", action="store_true")
    parser.add_argument("--work-as", choices=list(CABLES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pim.settings")
    if options.work_as:
        work_as(options.work_as, options.folder)
        return
    if lack := lacking():
        sys.exit(f"Needs {lack}.")
    net = Net()
    with ExitStack() as stack:
        stack.callback(net.remove)
        net.build()
        socket = stack.enter_context(cluster(net))
        like = os.environ["DATABASE_URL"] if options.like else ""
        os.environ.update(settings_of(socket))
        fill(socket, like)
        django.setup()
        kinds("here", socket)
        plays = [Play(net, halt) for halt in ("before", "within")]
        print(json.dumps([play.run() for play in plays]))
    wrong = [line for play in plays for line in play.wrong]
    for line in wrong:
        print(line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
