"""What a person reads when showing or letting out what is masked is refused (see `zq_grid.refusals`)."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "reveal_confidential": (
        "工单 {number} 个人信息保密，只有办理人、派遣员、主管和分管领导可以查看。",
        "The caller of {number} is confidential: only its worker, dispatchers, supervisors and leaders may look.",
    ),
    "reveal_field": (
        "不能查看“{said}”。可查看：{known}。",
        "Can't show “{said}”. These can be shown: {known}.",
    ),
    "reveal_list": (
        "{worker} 不能导出未遮蔽的清单，请导出遮蔽的，或只导出自己办理的案件（--worker {worker}）。",
        "{worker} may not export a list unmasked. Export it masked, or only your own cases (--worker {worker}).",
    ),
    "reveal_nothing": (
        "工单 {number} 没有所要的个人信息，或已清除。请查看案件经过。",
        "Case {number} holds no such personal values, or they were erased. See its steps.",
    ),
    "reveal_reason": (
        "查看个人信息须填写理由，理由会记录在案。请用 --reason 写明。",
        "Personal values are shown only for a reason, which is recorded. Give it with --reason.",
    ),
    "reveal_short": (
        "理由“{said}”太短。理由会记录在案，请用自己的话写明为什么要看，如“回访核实”。",
        "The reason “{said}” is too short. It is recorded: say in your own words why, as in “to call back”.",
    ),
}
