"""看板: the portfolio at a glance, drawn: states, lights, money, how reports came in week by week."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.domain import money
from desktop.domain.weekly_clock import Timing
from desktop.services.board import Board, on_time_share, open_board
from desktop.ui.chart import LineChart, Part, PartsBar, Series
from desktop.ui.colours import ACCENT, FAINT, TONES
from desktop.ui.desk import Desk
from desktop.ui.pieces import card, heading, words

_LIGHTS = (("red", "严重", "bad"), ("yellow", "预警", "warning"), ("green", "正常", "good"))
_WHOLE = 100.0


class BoardView(QWidget):
    """Four cards; read anew whenever something of the portfolio changes."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.board: Board | None = None
        self.states, self.lights, self.money = PartsBar(), PartsBar(), PartsBar()
        self.rates = LineChart("%")
        for widget, name in (
            (self.states, "项目状态"),
            (self.lights, "风险状态"),
            (self.money, "费用预算"),
            (self.rates, "周报提交率"),
        ):
            widget.setAccessibleName(name)
        self._of_states, self._of_lights, self._of_money, self._of_rates = (words("", "muted") for _ in range(4))
        grid = QGridLayout()
        grid.setSpacing(12)
        for place, (title, chart, told) in enumerate(
            (
                ("项目状态", self.states, self._of_states),
                ("风险状态", self.lights, self._of_lights),
                ("费用预算（万元）", self.money, self._of_money),
            )
        ):
            frame, column = card(margin=14)
            column.addWidget(heading(title, 1.1))
            column.addWidget(chart)
            column.addWidget(told)
            column.addStretch(1)
            grid.addWidget(frame, 0, place)
            grid.setColumnStretch(place, 1)
        frame, column = card(margin=14)
        column.addWidget(heading("员工周报提交率", 1.1))
        column.addWidget(self.rates, 1)
        column.addWidget(self._of_rates)
        grid.addWidget(frame, 1, 0, 1, 3)
        grid.setRowStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addLayout(grid, 1)

    def reload(self) -> None:
        """Read anew."""
        actor = self.desk.actor
        self.desk.read(self, lambda reading: open_board(reading, actor), self._show, key="board")

    def _show(self, board: Board) -> None:
        self.board = board
        self.states.show_parts(
            [Part(one.state.title, TONES[one.state.tone.value].ink, one.count) for one in board.states]
        )
        whole = sum(one.amount for one in board.states)
        running = sum(one.count for one in board.states if not one.state.ends)
        self._of_states.setText(f"在管 {running} 个，全部项目合同金额 {money.yuan_text(whole)} 元")
        lights = [Part(title, TONES[tone].ink, board.lights.get(key, 0)) for key, title, tone in _LIGHTS]
        self.lights.show_parts([*lights, Part("无项目周报", FAINT, board.silent)])
        told = f"按各项目近两周最新的项目周报；未关闭的问题 {board.problems[0]} 个"
        self._of_lights.setText(f"{told}，其中逾期 {board.problems[1]} 个" if board.problems[1] else told)
        tens = 1_000_000
        self.money.show_parts(
            [
                Part("已报销", ACCENT, round(board.used / tens)),
                Part("审批中", TONES["warning"].ink, round(board.waiting / tens)),
                Part("余额", TONES["good"].ink, max(0, round(board.left / tens))),
            ]
        )
        self._of_money.setText(f"预算 {money.yuan_text(board.planned)} 元，余额 {money.yuan_text(board.left)} 元")
        self._show_rates(board)

    def _show_rates(self, board: Board) -> None:
        rates = [tally.rate for _week, tally in board.weeks]
        series = [
            Series("已交", ACCENT, [None if rate is None else rate * _WHOLE for rate in rates]),
            Series("按时", TONES["good"].ink, [on_time_share(tally) for _week, tally in board.weeks], dashed=True),
        ]
        self.rates.show_series([week[-3:] for week, _tally in board.weeks], series if board.weeks else (), top=_WHOLE)
        if board.weeks:
            _week, last = board.weeks[-1]
            told = f"本期应交 {last.owed}，按时 {last.of(Timing.ON_TIME)}，迟交 {last.of(Timing.LATE)}"
            open_ones = last.of(Timing.MISSING) + last.of(Timing.WAITING)
            self._of_rates.setText(f"{told}，未交 {open_ones}，免交 {last.of(Timing.EXCUSED)}")
