"""What the command line can do for a shared office: create, invite, reset, close, list, test.

How they come by passwords: `desktop.credentials`.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from desktop import TITLE
from desktop.credentials import admin_way, ask_password, known_way, login_of, password_for
from desktop.domain.errors import Refusal
from desktop.domain.policy import Policy
from desktop.domain.policy_terms import Action
from desktop.domain.server_place import (
    Invitation,
    invitation_text,
    server_place,
    with_password,
)
from desktop.services.connecting import Mark, ProbeStep, try_connection
from desktop.services.home import Home, target_of
from desktop.services.logins import (
    close_login,
    invite_person,
    list_logins,
    reset_password,
    suggest_login,
)
from desktop.services.office import Office
from desktop.services.opening import Founding, open_office
from desktop.services.people import PersonRow, list_people
from desktop.services.policies import read_policy_file, shipped_policies
from desktop.services.server_office import OfficePlan, found_on_server

DONE, REFUSED = 0, 1
_MARKS = {Mark.GOOD: "通过", Mark.DOUBTFUL: "注意", Mark.BAD: "不通过"}


def serve(arguments: Namespace, home: Home) -> int:
    """``server``: one deed at a shared office."""
    return _DEEDS[arguments.deed](arguments, home)


def _create(arguments: Namespace, home: Home) -> int:
    admin = admin_way(arguments.data, "server create 要用 --data 写明服务器管理员的地址。")
    for value, option in (
        (arguments.database, "--database"),
        (arguments.login, "--login"),
        (arguments.company, "--company"),
        (arguments.person_name, "--name"),
    ):
        if not value:
            raise Refusal(f"缺少 {option}。", todo="请补上后再试。")
    policy = _policy(arguments.policy)
    founding = Founding(
        company=arguments.company,
        policy_text=policy.text,
        policy_file=policy.title,
        person=arguments.person_name,
        roles=_roles(arguments.roles, policy),
        department=arguments.department,
        staff_no=arguments.staff_no,
    )
    admin_password = ask_password(f"服务器管理员“{login_of(admin)}”的密码：")
    own = ask_password(f"登录名“{arguments.login}”的新密码：", twice=True)
    plan = OfficePlan(
        with_password(admin, admin_password), arguments.database, arguments.login, own, clear=arguments.clear
    )
    target = found_on_server(plan, founding, home)
    print(f"共享办公室“{arguments.company}”已建好：{plan.place.shown}")
    print(f"您的登录名是“{arguments.login}”；以后用这个地址打开：{target}")
    print("接下来：打开它，在“设置—人员与角色”里添加同事，再在“设置—登录名”里逐个邀请（或用命令 server invite）。")
    return DONE


def _invite(arguments: Namespace, home: Home) -> int:
    office = _opened(arguments, home)
    try:
        person = _person(office, _only(arguments, "被邀请人的姓名或工号"))
        login = arguments.login or suggest_login(person.name, person.staff_no)
        invitation = invite_person(office, person.id, login, administrator=arguments.administrator, host=arguments.host)
        _hand_over(invitation, arguments.output)
    finally:
        office.close()
    return DONE


def _reset(arguments: Namespace, home: Home) -> int:
    office = _opened(arguments, home)
    try:
        invitation = reset_password(office, _only(arguments, "登录名"), host=arguments.host)
        _hand_over(invitation, arguments.output)
    finally:
        office.close()
    return DONE


def _close(arguments: Namespace, home: Home) -> int:
    office = _opened(arguments, home)
    try:
        login = _only(arguments, "登录名")
        shut = close_login(office, login)
    finally:
        office.close()
    print(f"登录名“{login}”已关闭，它什么也做不了了。")
    if not shut:
        _complain("它是另一位管理员的登录名：要让服务器连接也不接受，请建立它的管理员或服务器管理员来办。")
    return DONE


def _list(arguments: Namespace, home: Home) -> int:
    office = _opened(arguments, home)
    try:
        rows = list_logins(office)
    finally:
        office.close()
    if arguments.json:
        plain = [{key: _plain(value) for key, value in asdict(row).items()} | {"state": row.state} for row in rows]
        print(json.dumps(plain, ensure_ascii=False, indent=2))
        return DONE
    for row in rows:
        seen = f"{row.seen_at.astimezone():%Y-%m-%d %H:%M}" if row.seen_at else "从未"
        kind = "　管理员" if row.administrator else ""
        print(f"{row.name}　{row.person or '（不属于任何人）'}　{row.state}　最近使用：{seen}{kind}")
    print(f"共 {len(rows)} 个登录名")
    return DONE


def _test(arguments: Namespace, home: Home) -> int:
    target = admin_way(target_of(arguments.data, home), "没有写明服务器的地址。")
    place = server_place(target)
    if place is None:
        raise Refusal("服务器的地址写得不对。", todo="请写成 postgresql://登录名@服务器/数据库。")

    def tell(step: ProbeStep) -> None:
        print(f"{_MARKS[step.mark]}　{step.title}：{step.text}{step.todo}")
        if step.mark is Mark.BAD and step.details:
            _complain(f"  {step.details.strip()}")

    steps = try_connection(place, password_for(target), tell=tell)
    return REFUSED if any(step.mark is Mark.BAD for step in steps) else DONE


_DEEDS: dict[str, Callable[[Namespace, Home], int]] = {
    "create": _create,
    "invite": _invite,
    "reset": _reset,
    "close": _close,
    "logins": _list,
    "test": _test,
}


def _opened(arguments: Namespace, home: Home) -> Office:
    target = admin_way(target_of(arguments.data, home), "没有写明共享办公室的地址。")
    return open_office(known_way(target), home)


def _only(arguments: Namespace, what: str) -> str:
    if len(arguments.names) != 1:
        raise Refusal(f"请写明一个{what}。", kept="没有作任何改动。")
    name: str = arguments.names[0]
    return name


def _person(office: Office, named: str) -> PersonRow:
    found = [row for row in office.read(list_people) if named in {row.name, row.staff_no, row.ref.full}]
    if not found:
        raise Refusal(
            f"办公室里没有叫“{named}”或工号为“{named}”的在职人员。",
            todo="请先打开办公室，在“设置—人员与角色”里添加这个人，再邀请。",
        )
    if len(found) > 1:
        raise Refusal(f"有 {len(found)} 位“{named}”：{'、'.join(row.ref.full for row in found)}。", todo="请改写工号。")
    return found[0]


def _policy(named: str) -> Policy:
    if named.endswith(".toml"):
        return read_policy_file(Path(named))
    shipped = shipped_policies()
    found = next((policy for policy in shipped if policy.key == named), None) if named else shipped[0]
    if found is None:
        raise Refusal(
            f"没有叫“{named}”的制度。", todo=f"可以用{'、'.join(policy.key for policy in shipped)}，或一份 .toml 文件。"
        )
    return found


def _roles(named: str, policy: Policy) -> tuple[str, ...]:
    """The roles that are named, or those that may care for people and the ledger."""
    if named:
        return tuple(part.strip() for part in named.replace("，", ",").split(",") if part.strip())
    first = {right.role for right in policy.rights if right.action in {Action.MANAGE_PEOPLE, Action.IMPORT_LEDGER}}
    return tuple(role.key for role in policy.roles if role.key in first)


def _hand_over(invitation: Invitation, output: str) -> None:
    text = invitation_text(invitation, TITLE)
    if not output:
        print(text)
        return
    Path(output).write_text(text, encoding="utf-8")
    print(f"邀请函已存为“{output}”；里面有一次性密码，请只交给本人。")


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int) else str(value)


def _complain(text: str) -> None:
    print(text, file=sys.stderr)
