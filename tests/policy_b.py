"""A policy as policy B writes it: projects begin with a proposal (INIT-5). Whole enough to found an office on."""

from desktop.domain.policy import Policy
from desktop.services.policies import read_policy, shipped_policies

_BASE = """
key = "pmo-sample"
title = "系统集成项目管理制度"
version = "1.0"

[[department]]
key = "pmo"
title = "项目管理办公室"
[[department]]
key = "technical"
title = "实施部门"
[[department]]
key = "president"
title = "公司领导层"

[[role]]
key = "clerk"
title = "PMO 专员"
scope = "office"
department = "pmo"
[[role]]
key = "pmo_head"
title = "项目管理总监"
scope = "office"
department = "pmo"
[[role]]
key = "manager"
title = "项目经理"
scope = "project"
department = "technical"
held_as = "manager"
[[role]]
key = "technical_head"
title = "部门负责人"
scope = "department"
department = "technical"
[[role]]
key = "president"
title = "公司领导层"
scope = "office"
department = "president"
[[role]]
key = "keeper"
title = "系统管理"
scope = "office"
department = "pmo"

[[right]]
role = "clerk"
scope = "office"
action = "see"
[[right]]
role = "pmo_head"
scope = "office"
action = "see"
[[right]]
role = "president"
scope = "office"
action = "see"
[[right]]
role = "manager"
scope = "project"
action = "see"
[[right]]
role = "clerk"
scope = "office"
action = "file"
on = "opening"
[[right]]
role = "clerk"
scope = "office"
action = "manage people"
[[right]]
role = "clerk"
scope = "office"
action = "manage office"

[[kind]]
key = "integration"
title = "系统集成"
[[contract_kind]]
key = "works"
title = "合同"

[[state]]
key = "starting"
title = "申报"
tone = "neutral"
[[state]]
key = "initiating"
title = "计划"
tone = "info"
[[state]]
key = "implementing"
title = "实施"
tone = "good"

[[form]]
key = "opening"
code = "PMO-TZ-01"
number = "JZ-{year}-{n:04}"
applicant = "建账人"
"""

_ROWS = """
# ==== 申报与立项（INIT-5）：申报 → 评估 → 立项通知书 → 项目计划书 ====
# 费用科目（制度原文没有列出，由办公室确认）
[[subject]]
key = "labour"
title = "人工费"
synonyms = ["人工", "劳务费"]
[[subject]]
key = "equipment"
title = "设备采购费"
synonyms = ["设备费", "采购费", "设备采购"]
[[subject]]
key = "outsourcing"
title = "外包费"
synonyms = ["外包", "分包费"]
[[subject]]
key = "travel"
title = "差旅费"
synonyms = ["差旅", "交通费"]
[[subject]]
key = "other"
title = "其他费用"
synonyms = ["其他", "杂费"]

# 项目编号：发出立项通知书时编号（制度原文没有写明编号规则）
[numbering]
pattern = "{code}-{year}-{n:03}"
provisional = "申报-{year}-{n:03}"
rule = "INIT-5"

[[right]]
role = "technical_head"
scope = "department"
action = "file"
on = "proposal"
[[right]]
role = "clerk"
scope = "office"
action = "file"
on = "proposal"
[[right]]
role = "clerk"
scope = "office"
action = "file"
on = "feasibility"
[[right]]
role = "pmo_head"
scope = "office"
action = "file"
on = "feasibility"
[[right]]
role = "clerk"
scope = "office"
action = "file"
on = "initiation_notice"
[[right]]
role = "pmo_head"
scope = "office"
action = "file"
on = "initiation_notice"
[[right]]
role = "manager"
scope = "project"
action = "file"
on = "project_plan"

[[transition]]
key = "issue_notice"
from = ["starting"]
to = "initiating"
rule = "INIT-5"
[[transition]]
key = "issue_plan"
from = ["initiating"]
to = "implementing"
rule = "INIT-5"

[[gate]]
key = "feasibility"
title = "不能立项"
conditions = ["feasible"]
opens = ["feasibility"]
strength = "must"
rule = "INIT-5"

[[form]]
key = "proposal"
code = "PMO-LX-01"
number = "SB-{year}-{n:04}"
applicant = "申报人"
rule = "INIT-5"
[[form.step]]
key = "pmo"
title = "PMO 受理"
signer = "pmo_head"
seal = true
rule = "INIT-5"

[[form]]
key = "feasibility"
code = "PMO-LX-02"
number = "PG-{year}-{n:04}"
applicant = "评估人（PMO）"
from_states = ["starting"]
rule = "INIT-5"
[[form.step]]
key = "pmo"
title = "项目管理总监"
signer = "pmo_head"
source = "assumed"
rule = "INIT-5"
[[form.step]]
key = "president"
title = "公司领导层"
signer = "president"
seal = true
rule = "INIT-5"

[[form]]
key = "initiation_notice"
code = "PMO-LX-03"
number = "TZ-{year}-{n:04}"
applicant = "拟稿人（PMO）"
copies = "一式三份"
from_states = ["starting"]
gates = ["feasibility"]
rule = "INIT-5"
[[form.step]]
key = "president"
title = "公司领导层"
signer = "president"
seal = true
rule = "INIT-5"

[[form]]
key = "project_plan"
code = "PMO-JH-01"
number = "JH-{year}-{n:04}"
applicant = "编制人（项目经理）"
copies = "一式两份"
from_states = ["initiating"]
rule = "INIT-5"
[[form.step]]
key = "pmo"
title = "PMO 审核"
signer = "pmo_head"
seal = true
rule = "INIT-5"
"""

TEXT = _BASE + _ROWS
POLICY_B: Policy = read_policy(TEXT, "申报制.toml")


def policy_of(form_key: str) -> Policy:
    """A policy that has the form, EPM's before others."""
    known = sorted(shipped_policies(), key=lambda policy: policy.key != "epm")
    return next(policy for policy in (*known, POLICY_B) if policy.has_form(form_key))
