"""Before a form is submitted its author reads who will be asked, at the same time or one after the other."""

from desktop.services.route import Asked
from desktop.ui.route_words import route_words

HEAD = Asked("项目管理部", ("张建国",))


def test_one_after_the_other_and_at_the_same_time_are_told_apart() -> None:
    stages = [
        (Asked("技术部门负责人", ("王强",), stand_ins=("赵明",)),),
        (Asked("质量管理部门", ("钱敏", "孙丽")), Asked("商务部", (), missing="请先在设置中任命（由项目管理员办理）")),
        (Asked("总裁室会签", ("周总", "吴总"), every=True),),
    ]
    assert route_words(stages).splitlines() == [
        "提交后依次请下列人员签字：",
        "1. 技术部门负责人：王强（可由代理人赵明代签）",
        "2. 同时请（不分先后）：",
        "　　质量管理部门：钱敏、孙丽（任一位签即可）",
        "　　商务部：缺人——请先在设置中任命（由项目管理员办理）",
        "3. 总裁室会签：周总、吴总（每人都要签）",
    ]


def test_one_stage_alone_has_no_order() -> None:
    assert route_words([(HEAD, Asked("财务部", ("𬴂𪟝",)))]).splitlines() == [
        "提交后同时请下列人员签字，不分先后：",
        "项目管理部：张建国",
        "财务部：𬴂𪟝",
    ]
    assert route_words([(HEAD,)]).splitlines() == ["提交后请签字：", "项目管理部：张建国"]
    assert route_words([]) == "提交后即生效，不用签字。"
