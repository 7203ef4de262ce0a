"""What the keys of a policy mean to a person: conditions, postings, dates, actions, holders, kinds of fields."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.domain.policy_terms import Action

CONDITION_TITLES: Mapping[str, str] = {
    "state_takes_reports": "项目所处的状态仍收周报",
    "state_takes_claims": "项目所处的状态可以报销",
    "virtual_contract": "项目依据的是虚拟合同",
    "integration": "项目属于系统集成",
    "software": "项目属于软件开发",
    "service": "项目属于 IT 服务",
    "in_program": "项目属于有大项目经理的大项目",
    "numbered": "项目已经有正式编号",
    "by_manager": "填报人是项目经理",
    "by_member": "填报人不是项目经理",
    "implementation_plan_in_force": "《项目实施计划》已经审批生效",
    "feasible": "可行性评估的结论是可行",
    "beyond_contract": "立项的预算、进度或设备超出合同范围",
    "changes_procurement": "变更改动了采购计划",
    "changes_budget": "变更改动了费用预算",
    "changes_schedule": "变更改动了进度计划",
    "changes_plan": "变更改动了工作产品、组织或风险计划",
    "change_beyond_contract": "变更超出合同范围",
    "handed_over": "原项目经理离职的，工作交接单已逐项确认、签字完毕",
    "preliminary_accepted": "已经初验",
    "finally_accepted": "已经终验",
    "closing_decided": "暂停的项目已由处理意见定为转入结项",
    "pausable": "调整为暂停的项目处于可以暂停的状态",
    "withdrawal_notified": "已经告知客户经理启动撤项",
    "equipment_received": "采购计划中的设备已有批准的设备签收单",
    "asset_reviewed": "财务已在资产审核表上审核签字",
    "conformity_approved": "成果一致性审核通过",
    "transfer_approved": "转维护的，实施转维护接口表已经批准",
    "summary_approved": "项目总结报告审批通过",
    "purchase_closed": "有采购的，商务采购结项已经办完",
    "claims_settled": "没有还在审批的费用报销",
    "until_final_estimated": "已经估算初验至终验的工作量",
    "problem_raised_by_member": "问题由项目经理以外的人提出，不是来自处理意见",
    "problem_raised_higher": "问题上报到项目以外处理",
    "problem_raised_to_president": "问题上报到最高一级",
    "problem_watched_by_office": "问题来自处理意见，或已上报到项目以外",
}
"""What each of the conditions that a policy may name asks for."""

POSTING_TITLES: Mapping[str, str] = {
    "pause": "{move}，记下暂停日期和预计恢复日期",
    "resume": "{move}，记下恢复日期，暂停的期限随之取消",
    "settle_overdue": "处理意见是恢复实施的，{move}；是延长暂停的，改记暂停的期限；是撤项或结项的，另填相应的表单",
    "start_closing": "{move}，记下启动结项的日期和初验或终验的日期",
    "close": "{move}，记下结项日期",
    "keep": "只存档，不改动台账",
    "open_projects": "表中各行的项目记入台账",
    "set_month": "表中各科目的金额成为这个月的费用预算",
    "spend": "报销的金额从项目计划的费用预算余额中减去",
    "report_week": "周报各行记入台账，供监控表和工作量统计",
    "register_contract": "合同记入台账，表中的项目随之立账，取得临时编号",
    "appoint": "{move}，记下项目经理、客户经理和任命日期",
    "number_project": "给项目编定正式编号和简称",
    "form_program": "大项目和它的大项目经理、所属项目记入台账",
    "set_targets": "记下各部门的任务指标",
    "put_plan_in_force": "{move}，实施计划生效",
    "initiate": "{move}，各项计划成为第 1 版基线，记下立项日期、预算和计划的初验、终验日期",
    "open_proposed": "申报的项目记入台账",
    "issue_notice": "{move}，记下立项通知书的日期、预算和项目经理",
    "issue_plan": "{move}，各项计划成为第 1 版基线",
    "change_plan": "变更后的计划成为新的一版基线，以前各版仍可查看",
    "adjust_ledger": "改正台账中的内容；确认事实上已经停工的，{move}",
    "notify_withdrawal": "记下通知客户经理启动撤项的日期",
    "withdraw": "{move}，按审批意见而定",
    "accept_preliminary": "记下初验日期",
    "accept_final": "记下终验日期；已结项的，{move}",
    "transfer": "需要转维护立项的，为它立账",
    "raise_decisions": "议定事项各行记入问题跟踪",
    "raise_findings": "表中各个问题记入问题跟踪",
    "raise_problem": "问题记入问题跟踪；上报原有问题的，改记它的层级、责任和期限",
    "close_problem": "问题关闭，记下日期和依据",
    "change_manager": "项目经理改为新的项目经理，权限和待办随之转移",
}
"""What the approval of a form does, by its posting; ``{move}`` is where the posting's transition leads."""

DATE_TITLES: Mapping[str, str] = {
    "initiated_on": "立项日期",
    "planned_preliminary_on": "计划初验日期",
    "planned_final_on": "计划终验日期",
    "preliminary_on": "实际初验日期",
    "final_on": "实际终验日期",
    "paused_on": "暂停日期",
    "resume_by": "预计恢复日期",
    "pause_until": "处理意见定下的暂停期限",
    "resumed_on": "恢复日期",
    "closing_started_on": "启动结项日期",
    "closed_on": "结项日期",
    "registered_on": "合同登记日期",
    "appointed_on": "项目经理任命日期",
    "withdrawing_on": "启动撤项日期",
    "withdrawn_on": "撤项日期",
    "completed_on": "项目完成日期",
}
"""The dates of a project from which states and clocks count."""

ACTION_TITLES: Mapping[Action, str] = {
    Action.SEE: "查看项目和表单",
    Action.FILE: "填写",
    Action.RECORD_PAPER: "代录纸面签字",
    Action.IMPORT_LEDGER: "导入台账",
    Action.ARCHIVE: "归档文件",
    Action.MANAGE_PEOPLE: "管理人员和部门",
    Action.MANAGE_OFFICE: "管理单位信息和制度",
    Action.WAIVE: "对“原则上”的要求准予例外",
    Action.STAFF_PROJECT: "安排项目成员",
}
HELD_TITLES: Mapping[str, str] = {
    "manager": "项目台账里的项目经理",
    "client_manager": "项目台账里的客户经理",
    "program_manager": "项目所属大项目的大项目经理",
}
KIND_TITLES: Mapping[str, str] = {
    "text": "文字",
    "money": "金额",
    "date": "日期",
    "period": "起止日期",
    "quantity": "数量",
    "percent": "百分比",
    "month": "月份",
    "week": "周",
    "effort": "人员及工时",
    "person": "人员",
}
