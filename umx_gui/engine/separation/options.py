"""How to separate: the options of the separator, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from umx_gui.engine.models.model import TARGET_NAME
from umx_gui.errors import OptionError

FILTERS = ("em", "norbert")


@dataclass(frozen=True, slots=True)
class SeparatorOptions:
    """The defaults are the reference's, but for `exact_sum`. Raises OptionError for a value that cannot work.

    n_iter: EM iterations. residual: the name of one more stem that takes what the targets leave, or None.
    wiener_win_len: frames per independent filter block, 0 for the whole song. filter: `em`, or `norbert` for that
    library's filter. emphasis_db: by target, how much louder the filter is told that it is. exact_sum: the stems sum to
    the mixture.

    What is above can be changed without running the networks again (`Separator.render`); what follows cannot.
    device: `auto`, `cpu`, `cuda`, `mps`. threads: workers; all cores where None. fast: bfloat16 products, about twice
    as fast, 45 dB exact. only_targets: run just these networks (faster, and worse, since the filter then knows less).
    context: frames a draft looks ahead; 128 (3 s) was 79 dB from exact with the bundled model (benchmarks/preview.py).
    """

    n_iter: int = 1
    softmask: bool = False
    residual: str | None = None
    wiener_win_len: int = 300
    filter: str = "em"
    device: str = "auto"
    threads: int | None = None
    fast: bool = False
    exact_sum: bool = True
    only_targets: tuple[str, ...] | None = None
    context: int = 128
    emphasis_db: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.n_iter < 0:
            raise OptionError("niter", "it must be 0 or more")
        if self.wiener_win_len < 0:
            raise OptionError("wiener-win-len", "it must be 0 (the whole song) or more")
        if self.filter not in FILTERS:
            raise OptionError("filter", f"it must be {' or '.join(FILTERS)}")
        if self.threads is not None and self.threads < 1:
            raise OptionError("threads", "it must be 1 or more")
        if self.context < 0:
            raise OptionError("context", "it must be 0 or more")
        if self.residual is not None and not TARGET_NAME.fullmatch(self.residual):
            raise OptionError("residual-name", "use letters, digits, spaces, _ and -, 64 at most")
        if not all(abs(db) <= 60 for db in self.emphasis_db.values()):
            raise OptionError("emphasis", "it must be between -60 and 60 dB")


def with_residual_where_needed(options: SeparatorOptions, n_targets: int, name: str = "residual") -> SeparatorOptions:
    """Options that work for a number of targets: one target alone gets a residual, unless no EM is asked for."""
    if n_targets == 1 and options.n_iter > 0 and options.residual is None:
        return replace(options, residual=name)
    return options
