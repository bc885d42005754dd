"""Texts of the room "Optimise" of the lab: key to (English, Chinese)."""

from genai_demo.core import limits

OPTIMISE: dict[str, tuple[str, str]] = {
    "optimise.room": ("Optimise", "调参"),
    "optimise.note": (
        "Which settings learn best? Many short trainings of a small Transformer start, and at the end of each rung "
        "only the better ones go on (successive halving). The first trial has the usual settings; later ones are "
        "guessed from the trials before. The winner is trained on, longer than all. One training of the lab runs at a "
        f"time, up to {limits.MAX_LAB_SECONDS} seconds; Run goes on from there.",
        "哪些设置学得最好？先启动许多次小型 Transformer 的短训练，每一轮结束时只有较好的继续（逐次减半）。"
        "第一次试验用常用设置，后面的试验根据之前的结果推测。获胜者继续训练，比所有试验都久。"
        f"实验室同一时间只运行一个训练，最长 {limits.MAX_LAB_SECONDS} 秒；点“运行”可继续。",
    ),
    "optimise.stop": ("■ Stop", "■ 停止"),
    "optimise.starting": ("The search begins …", "搜索即将开始……"),
    "optimise.fresh": ("Nothing tried yet. Press Run.", "尚未试验。请点“运行”。"),
    "optimise.trials": (
        "Trial {trial}, step {step:,}, held-out loss {score:.3f}; {done} of {trials} trials are over.",
        "试验 {trial}，第 {step:,} 步，留出损失 {score:.3f}；{trials} 次试验中已结束 {done} 次。",
    ),
    "optimise.winner": (
        "Trial {trial} won and is trained on: step {step:,} of {steps:,}, best held-out loss {score:.3f}.",
        "试验 {trial} 获胜，正在继续训练：第 {step:,} 步，共 {steps:,} 步，最佳留出损失 {score:.3f}。",
    ),
    "optimise.done": (
        "Done: trial {trial} won, best held-out loss {score:.3f}, trained to step {step:,}.",
        "完成：试验 {trial} 获胜，最佳留出损失 {score:.3f}，训练到第 {step:,} 步。",
    ),
    "optimise.stopped_early": (
        "It was stopped early and has its best weights back.",
        "训练已提前停止，并恢复了最佳权重。",
    ),
    "optimise.watched": (
        "Early stopping ends it after {patience} points without a better one.",
        "连续 {patience} 个点没有改善时，提前停止会结束它。",
    ),
    "optimise.tips.stopping": ("early stopping with a patience of {patience}", "打开“提前停止”，耐心设为 {patience}"),
    "optimise.tips.patience": ("a patience of {patience}", "把“耐心”设为 {patience}"),
    "optimise.none": ("No trial reached the end. Start over with other settings.", "没有试验完成，请换设置重新开始。"),
    "optimise.stopped": (
        "Stopped with {done} of {trials} trials over. Run goes on from here.",
        "已停止，{trials} 次试验中结束了 {done} 次。点“运行”可继续。",
    ),
    "optimise.curves": (
        "Held-out loss of every trial over the steps (logarithmic); dashed: ends of the rungs.",
        "每次试验的留出损失随步数的变化（对数轴）；虚线：每轮的终点。",
    ),
    "optimise.parallel": (
        "Settings of every trial, a line each, and where they led: lower is better.",
        "每次试验的设置（一条线一次）及其结果：越低越好。",
    ),
    "optimise.gap": (
        "Overfitting as it happens: the text it learns against the held-out part.",
        "实时观察过拟合：训练部分与留出部分对比。",
    ),
    "optimise.best_point": (
        "Trial {trial}: best at step {step:,} ({loss:.2f}, dashed); the shaded gap is now {gap:.2f} nats a character.",
        "试验 {trial}：第 {step:,} 步最佳（{loss:.2f}，虚线）；阴影差距现为每字符 {gap:.2f} 奈特。",
    ),
    "optimise.pruned": ("ended early", "提前淘汰"),
    "optimise.running": ("running", "进行中"),
    "optimise.finished": ("finished", "已完成"),
    "optimise.won": ("winner", "获胜"),
    "optimise.rate": ("rate", "学习率"),
    "optimise.dropout": ("dropout", "dropout"),
    "optimise.layers": ("layers", "层数"),
    "optimise.width": ("width", "宽度"),
    "optimise.score": ("loss", "损失"),
    "optimise.steps_done": ("steps", "步数"),
    "optimise.state": ("state", "状态"),
    "optimise.sample": ("What the winner writes", "获胜者写出的文字"),
    "optimise.sample.info": ("While it is trained on, and at the end.", "继续训练时与结束时更新。"),
    "optimise.trials_wanted": ("Trials", "试验次数"),
    "optimise.trials_wanted.info": ("Settings that are tried.", "要尝试的设置数量。"),
    "optimise.steps": ("Steps of the first rung", "第一轮步数"),
    "optimise.steps.info": ("How long every trial may learn.", "每次试验至少训练这么久。"),
    "optimise.reduction": ("Reduction", "淘汰比例"),
    "optimise.reduction.info": (
        "One of so many goes on, to so many times the steps.",
        "每这么多次试验只有一次继续，步数乘以同样倍数。",
    ),
    "optimise.stopping": ("Early stopping", "提前停止"),
    "optimise.stopping.info": (
        "End a training when the held-out part gets no better, and take its best weights.",
        "留出部分不再变好时结束训练，并取最佳权重。",
    ),
    "optimise.patience": ("Patience", "耐心"),
    "optimise.patience.info": (
        "Points of the curve without a better one until it stops; one every 5 steps.",
        "多少个点没有改善就停止；每 5 步一个点。",
    ),
    "optimise.seed": ("Seed", "种子"),
    "optimise.seed.info": ("Of the settings that are tried and of the weights.", "所试设置与权重的种子。"),
}
