"""Muon for the matrices inside the layers, AdamW for everything else, behind one face."""

import torch


class Optimizers:
    """Groups of `{"params", "scale", "decay", "muon"}`; the rate of a group is the common rate times its scale."""

    def __init__(self, groups: list[dict]) -> None:
        muon = [self._group(group) for group in groups if group["muon"] and group["params"]]
        adam = [self._group(group) for group in groups if not group["muon"] and group["params"]]
        self.parts: list[torch.optim.Optimizer] = [torch.optim.AdamW(adam, betas=(0.9, 0.98), fused=True)]
        if muon:
            self.parts.append(torch.optim.Muon(muon, momentum=0.95, adjust_lr_fn="match_rms_adamw"))

    @staticmethod
    def _group(group: dict) -> dict:
        return {"params": group["params"], "scale": group["scale"], "weight_decay": group["decay"]}

    def set_rate(self, rate: float) -> None:
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = rate * group["scale"]

    def zero_grad(self) -> None:
        for part in self.parts:
            part.zero_grad()

    def step(self) -> None:
        for part in self.parts:
            part.step()

    def state_dict(self) -> list[dict]:
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states: list[dict]) -> None:
        """The moments of another run; the scales stay those of this one."""
        for part, state in zip(self.parts, states):
            scales = [group["scale"] for group in part.param_groups]
            part.load_state_dict(state)
            for group, scale in zip(part.param_groups, scales):
                group["scale"] = scale


def split(named: list[tuple[str, torch.nn.Parameter]], scale: float, decay: float = 0.05, muon: bool = True, muon_scale: float = 1.0) -> list[dict]:
    """Two groups of one scale: the matrices of layers, and the rest.

    The mergers' wide matrices are left to AdamW (`muon=False`): their orthogonalisation would cost half of a step.
    """
    inner = [value for name, value in named if value.ndim == 2 and ("layers." in name or "blocks." in name or "merger" in name)]
    ids = {id(value) for value in inner}
    rest = [value for _, value in named if id(value) not in ids]
    return [{"params": inner, "scale": scale * muon_scale, "decay": decay, "muon": muon},
            {"params": rest, "scale": scale, "decay": 0.0, "muon": False}]
