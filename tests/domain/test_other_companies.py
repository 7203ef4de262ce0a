"""The policies of the other companies beside EPM's: the same papers in CRM's names, and what PMO leaves out."""

import re
from pathlib import Path

from desktop.domain.form import fields_of, problems_of
from desktop.domain.forms import FORMS, bind
from desktop.domain.policy import Policy
from tests.domain.samples import EPM, load

POLICIES = Path(__file__).parents[2] / "resources" / "policies"
CRM, PMO = (load((POLICIES / f"{key}.toml").read_text(encoding="utf-8")) for key in ("crm", "pmo"))
EPM_NAMES = re.compile("项目管理部|总裁|商务部")


def texts(policy: Policy) -> list[str]:
    """Every word of its forms that a policy may say in its own names."""
    found = []
    for rule in policy.forms:
        form = bind(rule.key, policy)
        found += [form.note, *(section.note for section in form.sections), *(item.title for item in form.sections)]
        found += [text for section in form.sections for item in fields_of(section) for text in (item.label, item.hint)]
    return found


def test_crm_has_every_paper_gate_and_deadline_of_epm_under_the_same_rules() -> None:
    assert {rule.key: rule.rule for rule in CRM.forms} == {rule.key: rule.rule for rule in EPM.forms}
    for rows in ("states", "transitions", "gates", "clocks", "windows", "documents", "subjects", "roles"):
        own, whole = ({row.key for row in getattr(policy, rows)} for policy in (CRM, EPM))
        assert own == whole, rows


def test_what_the_crm_policy_has_lost_is_marked_for_the_office_to_confirm() -> None:
    lost = re.compile("PAUSE-[2-5]|WDR|CLOSE|FAT|WEEK-8|CTRL-8")
    rows = [(row.key, row.rule, row.assumed) for row in CRM.transitions]
    rows += [(row.key, row.rule, row.assumed) for row in CRM.clocks]
    rows += [(row.key, row.rule, row.assumed) for row in CRM.gates]
    rows += [(step.key, step.rule, step.assumed) for rule in CRM.forms for step in rule.steps]
    marked = {(rule, key) for key, rule, assumed in rows if not assumed and lost.match(rule)}
    assert marked == {("PAUSE-3", "pmo")}, "its words end within 暂停: who signs the request is still there"


def test_ROLE_7_the_president_of_a_CRM_office_approves_the_appointment() -> None:
    assert [step.signer for step in CRM.form("appointment").steps] == ["client_manager", "pmo_head", "president"]


def test_ROLE_3_operations_and_IT_check_what_a_CRM_office_buys() -> None:
    for key in ("initiation", "change", "purchase_closing"):
        assert {"technical_head", "business"} <= {step.signer for step in CRM.form(key).steps}
    assert CRM.role("business").department == CRM.role("pmo_head").department == "pmo"


def test_INIT_2_the_sections_of_a_plan_are_reviewed_side_by_side_in_both_companies() -> None:
    for policy in (EPM, CRM):
        steps = policy.form("implementation_plan").steps
        assert {step.key for step in steps if step.stage == "review"} == {"technical", "quality", "business", "pmo"}
        assert steps[-1].signer == "president"
        assert policy.form("handover").steps == EPM.form("handover").steps


def test_forms_speak_of_the_policys_own_departments() -> None:
    assert any(EPM_NAMES.search(text) for text in texts(EPM))
    for policy in (CRM, PMO):
        assert [text for text in texts(policy) if EPM_NAMES.search(text)] == []
    assert "由总经理最终批准" in bind("initiation", CRM).note
    labels = [item.label for section in bind("withdrawal", CRM).sections for item in fields_of(section)]
    assert "运营管理部告知日期" in labels


def test_so_do_the_problems_that_their_checks_tell() -> None:
    content = {"appointment": {"manager": {"id": "b", "name": "乙"}, "reason": "leaving"}}

    def told(policy: Policy) -> str:
        return "".join(item.text for item in problems_of(bind("manager_change", policy), content, {}))

    assert "项目管理部方可签字" in told(EPM)
    assert "运营管理部方可签字" in told(CRM)


def test_INIT_5_PMO_knows_the_way_from_a_proposal_and_leaves_out_the_rest() -> None:
    assert {rule.key for rule in PMO.forms} == {
        "opening",
        "proposal",
        "feasibility",
        "initiation_notice",
        "project_plan",
        "change",
        "monitor_plan",
        "problem_sheet",
        "problem_closing",
        "summary_report",
        "closing_start",
        "closing",
    }
    known = {"proposal", "feasibility", "initiation_notice", "project_plan"}
    assert all(rule.assumed for rule in PMO.forms if rule.key not in known | {"opening"})
    assert FORMS.keys() >= {rule.key for rule in PMO.forms}
