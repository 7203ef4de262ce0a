"""``python3 build/dev.py soak``: every part after the other, tables, and a verdict as the exit code."""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.soak import parts
from tests.soak.logins import ZONE
from tests.soak.parts import Run
from tests.soak.server import ServerFailure

from environment import ROOT, SetupFailure

PARTS: dict[str, Callable[[Run], list[str]]] = {
    "tls": parts.check_bad_servers,
    "postgres": parts.soak_server,
    "sqlite": parts.soak_file,
    "growing": parts.grow,
}


def main() -> int:
    """Run the parts that are asked for; returns 0 where nothing is wrong."""
    parser = argparse.ArgumentParser(prog="dev.py soak", description="许多客户端同时使用一个单位的数据，并核对结果。")
    parser.add_argument("--clients", type=int, default=50, help="PostgreSQL 的客户端数（默认 50）")
    parser.add_argument("--files", type=int, default=5, help="共用 SQLite 文件的客户端数（默认 5）")
    parser.add_argument("--seconds", type=float, default=120, help="每一段工作多少秒（默认 120；共四段）")
    parser.add_argument("--think", type=float, default=0, help="两次操作之间平均想几秒（默认按客户端数）")
    parser.add_argument("--only", nargs="+", choices=sorted(PARTS), help="只做这几项")
    given = parser.parse_args()
    os.environ["TZ"] = ZONE  # the office's, as the server's guard has it
    time.tzset()
    base = ROOT / "out" / "soak"
    base.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=base))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    logging.basicConfig(filename=folder / "log.txt", level=logging.WARNING)
    run = Run(folder, given.clients, given.files, given.seconds, given.think)
    begun, findings = time.monotonic(), []
    try:
        for name, part in PARTS.items():
            if not given.only or name in given.only:
                findings += [f"[{name}] {finding}" for finding in part(run)]
    except (SetupFailure, ServerFailure) as failure:
        findings.append(f"没有做完：{failure}")
    finally:
        run.close()
        shutil.rmtree(folder, ignore_errors=True)
    return _verdict(given.only or list(PARTS), findings, time.monotonic() - begun)


def _end(_number: int, _frame: object) -> None:
    """Asked to end, once or several times: everything that runs is ended first."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(130)


def _verdict(done: list[str], findings: list[str], seconds: float) -> int:
    print(f"\n== 结论（共 {seconds / 60:.1f} 分钟）")
    for finding in findings[:40]:
        print(f"  × {finding}")
    if findings:
        print(f"不通过：{len(findings)} 处。")
        return 1
    crowds = "没有丢失的更新，没有失败的保存，没有人看到死锁，编号连续不重，核对无误"
    told = crowds if {"postgres", "sqlite"} & set(done) else "没有发现不对的地方"
    print(f"通过（{'、'.join(done)}）：{told}。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
