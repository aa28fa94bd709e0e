"""What every generator produces: media and questions about them."""

import dataclasses

import numpy as np


@dataclasses.dataclass
class Turn:
    """A question, a brief thought and the answer; None when only the thought is taught.

    `given`, when it is not empty, begins the thought and is not taught.
    """

    question: str
    thought: str
    answer: str | None
    given: str = ""


@dataclasses.dataclass
class Sample:
    """Media shared by several independent questions.

    `images` are `[H, W, 3]` uint8, `video` is `[frames, H, W, 3]` at `fps`; at most one of both.
    `before` are earlier turns of the same conversation, `system` an optional system prompt.
    """

    skill: str
    turns: list[Turn]
    images: list[np.ndarray] = dataclasses.field(default_factory=list)
    video: np.ndarray | None = None
    fps: float = 2.0
    before: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    system: str | None = None
    dense: np.ndarray | None = None  # labels of patches for the auxiliary heads, see shapes.dense_labels
    row_texts: list[str] | None = None  # what each row of patches says, on pages of text
