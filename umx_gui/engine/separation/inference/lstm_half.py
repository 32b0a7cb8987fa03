"""The recurrence of an LSTM for the fast mode: `lstm_kernels` with weights of 16 bits (bfloat16).

A word holds the weights of two rows k, k + 1 for the same sum, as the processor's instruction for such pairs wants them
(`vdpbf16ps` of AVX-512 BF16); without it they are taken apart. h is rounded to 16 bits for the products; the state and
all sums keep 32.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.separation.inference.lstm_kernels import BLOCK, HOW, Float32, agree, everywhere, gate, summing

Words = NDArray[np.uint32]
_UPPER = np.uint32(0xFFFF0000)
_HALF, _ODD, _SIXTEEN = np.uint32(0x7FFF), np.uint32(1), np.uint32(16)


def packed(matrix: Float32) -> Words:
    """Weights [4 H / BLOCK, H, BLOCK], H even, as words: flat [4 H / BLOCK, H / 2, BLOCK]."""
    n_blocks, width, _ = matrix.shape
    rows = np.ascontiguousarray(matrix).reshape(n_blocks, width // 2, 2, BLOCK).transpose(0, 1, 3, 2)
    words = np.empty(n_blocks * width // 2 * BLOCK, np.uint32)
    pair(np.ascontiguousarray(rows).view(np.uint32).reshape(-1), words)
    return words


def pair(bits: Words, words: Words) -> None:
    """Floats, as their bits [2 n], rounded to the nearest bfloat16 (to even ones half-way), two in a word of [n]."""
    for i in range(words.shape[0]):
        low, high = bits[2 * i], bits[2 * i + 1]
        low = (low + _HALF + ((low >> _SIXTEEN) & _ODD)) >> _SIXTEEN
        words[i] = ((high + _HALF + ((high >> _SIXTEEN) & _ODD)) & _UPPER) | low


def accumulate_pairs(total: Float32, weights: Words, h: Words, first: int, start: int, step: int) -> None:
    """As `accumulate`, with pairs of weights and of h [H / 2]: k from `start` by `step` is a pair's number."""
    at = first * h.shape[0]
    for i in range(h.shape[0]):
        k = start + i * step
        row = weights[at + k * BLOCK : at + (k + 1) * BLOCK]
        both = h[k : k + 1]
        low = (both << _SIXTEEN).view(np.float32) * (row << _SIXTEEN).view(np.float32)
        total[first : first + BLOCK] += low + (both & _UPPER).view(np.float32) * (row & _UPPER).view(np.float32)


def lstm_half(gates: Float32, weights: Words, state: Float32, reverse: bool, out: Float32) -> None:
    """As `lstm`, with `packed` weights."""
    n_frames, width = out.shape
    h, c = state[0], state[1]
    part, power, rest = np.empty(4 * width, np.float32), np.empty(4 * width, np.float32), np.empty(width, np.float32)
    bits, pairs = h.view(np.uint32), np.empty(width // 2, np.uint32)
    for s in range(n_frames):
        n = n_frames - 1 - s if reverse else s
        total = gates[n]
        pair(bits, pairs)
        for block in range(0, 4 * width, BLOCK):
            if n % 2 == 0:
                accumulate_pairs(total, weights, pairs, block, 0, 1)
            else:
                accumulate_pairs(total, weights, pairs, 4 * width - BLOCK - block, width // 2 - 1, -1)
        gate(total, h, c, part, power, rest)
        for i in range(width):
            out[n, i] = h[i]


def compiled(numba: Any) -> dict[str, Any]:
    """`lstm_half` by its name, compiled by numba; from its cache where it lies there."""
    import llvmlite.binding

    # Without it LLVM ends the process at the sight of assembler.
    llvmlite.binding.initialize_native_asmparser()
    features = llvmlite.binding.get_host_cpu_features()
    for_host = not numba.config.CPU_NAME and numba.config.CPU_FEATURES is None
    at_once = for_host and features.get("avx512bf16") and features.get("avx512vl")
    numba.extending.overload(accumulate_pairs)(summing(numba, _row_at_once if at_once else _row_apart))
    numba.extending.register_jitable(gate)
    numba.extending.register_jitable(pair)
    matrix, words = numba.float32[:, ::1], numba.uint32[::1]
    types = [numba.void(matrix, words, matrix, numba.boolean, matrix)]
    return {"lstm_half": numba.njit(types, cache=True, **HOW)(lstm_half)}


def _words(b: Any, lanes: list[Any], n: int) -> list[Any]:
    from llvmlite import ir

    words = ir.VectorType(ir.IntType(32), n)
    return [b.load(b.bitcast(at, words.as_pointer()), align=4) for at in lanes]


def _row_at_once(b: Any, lanes: list[Any], pair_k: Any, sums: list[Any]) -> list[Any]:
    # By the name the processor's makers gave it: LLVM's own has changed its types from version to version.
    from llvmlite import ir

    vector = sums[0].type
    words = ir.VectorType(ir.IntType(32), vector.count)
    kind = ir.FunctionType(vector, [vector, words, words])
    multiply_add = ir.InlineAsm(kind, "vdpbf16ps $3, $2, $0", "=v,0,v,v", side_effect=False)
    h_all = everywhere(b, pair_k, vector.count)
    return [b.call(multiply_add, [s, h_all, w]) for s, w in zip(sums, _words(b, lanes, vector.count), strict=True)]


def _row_apart(b: Any, lanes: list[Any], pair_k: Any, sums: list[Any]) -> list[Any]:
    from llvmlite import ir

    vector, fused = sums[0].type, ("contract",)
    words = ir.VectorType(ir.IntType(32), vector.count)
    sixteen, upper = ir.Constant(words, [16] * vector.count), ir.Constant(words, [int(_UPPER)] * vector.count)

    def halves(word: Any) -> tuple[Any, Any]:
        return b.bitcast(b.shl(word, sixteen), vector), b.bitcast(b.and_(word, upper), vector)

    h_halves = halves(everywhere(b, pair_k, vector.count))
    more = []
    for total, word in zip(sums, _words(b, lanes, vector.count), strict=True):
        for h_half, half in zip(h_halves, halves(word), strict=True):
            total = b.fadd(total, b.fmul(h_half, half, flags=fused), flags=fused)
        more.append(total)
    return more


def check(functions: dict[str, Any]) -> None:
    """Raise ArithmeticError unless the compiled loop does what is written."""
    agree(functions["lstm_half"], lstm_half, packed, 1e-2)
