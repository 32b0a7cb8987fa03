"""The recurrence of an LSTM, frame by frame: written to be compiled, and right without, as `wiener_kernels` is.

One step is a product of a matrix of a megabyte and a vector, so what counts is how fast the matrix comes from the
nearest caches. BLOCK sums stay in the processor's registers while their part of the matrix goes by, and every other
step goes through it backwards: what was read last is still near. For that vectors have to be named: numba takes them as
instructions of LLVM, which makes of them what the processor has.

Hochreiter, Schmidhuber: "Long short-term memory", 1997, with the gates and their order i, f, g, o as in torch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
BLOCK = 64
_LANES = 8
# How numba compiles: sums keep their order, and no number stays none; products may be added without rounding between.
HOW = {"nogil": True, "fastmath": {"contract"}, "error_model": "numpy"}
_ONE, _TWO, _HALF, _LIMIT = np.float32(1), np.float32(2), np.float32(0.5), np.float32(87)
_LOG2_E = np.float32(1.44269504088896341)
# ln 2 in two parts, of which the first has few bits: its products with small integers are exact (Cody, Waite 1980).
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
# exp(r) = 1 + r + r^2 (...) for |r| <= ln 2 / 2: the polynomial of Moshier's Cephes library.
_P5, _P4, _P3 = np.float32(1.9875691500e-4), np.float32(1.3981999507e-3), np.float32(8.3334519073e-3)
_P2, _P1, _P0 = np.float32(4.1665795894e-2), np.float32(1.6666665459e-1), np.float32(5.0000001201e-1)


def accumulate(total: Float32, weights: Float32, h: Float32, first: int, start: int, step: int) -> None:
    """total[first : first + BLOCK] += sum_k h[k] weights[first H + k BLOCK :][: BLOCK], k from `start` by `step`."""
    at = first * h.shape[0]
    for i in range(h.shape[0]):
        k = start + i * step
        total[first : first + BLOCK] += h[k] * weights[at + k * BLOCK : at + (k + 1) * BLOCK]


def logistic(x: Float32, part: Float32, power: Float32, exponent: NDArray[np.int32]) -> None:
    """x = 1 / (1 + exp(-x)). `power` and `exponent` are the same memory: 2^n is made by setting its exponent's bits."""
    for i in range(x.shape[0]):
        z = -x[i]
        z = _LIMIT if z > _LIMIT else z
        z = -_LIMIT if z < -_LIMIT else z
        n = np.floor(z * _LOG2_E + _HALF)
        r = z - n * _LN2_HIGH - n * _LN2_LOW
        p = ((((_P5 * r + _P4) * r + _P3) * r + _P2) * r + _P1) * r + _P0
        part[i] = p * r * r + r + _ONE
        power[i] = n
    for i in range(x.shape[0]):
        # No number is no power of two, but its part stays none.
        exponent[i] = (np.int32(power[i] if power[i] == power[i] else _ONE) + 127) << 23
    for i in range(x.shape[0]):
        x[i] = _ONE / (_ONE + part[i] * power[i])


def gate(total: Float32, h: Float32, c: Float32, part: Float32, power: Float32, rest: Float32) -> None:
    """From the gates' sums [4 H], which are lost, to the next state h, c [H].

    The others, [4 H] twice and [H], are to work in.
    """
    width, exponent = h.shape[0], power.view(np.int32)
    logistic(total, part, power, exponent)
    for i in range(width):
        c[i] = total[width + i] * c[i] + total[i] * (_TWO * total[2 * width + i] - _ONE)
        rest[i] = _TWO * c[i]
    logistic(rest, part, power, exponent)
    for i in range(width):
        h[i] = total[3 * width + i] * (_TWO * rest[i] - _ONE)


def lstm(gates: Float32, weights: Float32, state: Float32, reverse: bool, out: Float32) -> None:
    """One direction of one layer through n frames. gates: [n, 4 H], what comes from the input and the biases, is lost.

    weights: flat [4 H / BLOCK, H, BLOCK]. Those of g, in both, are doubled, since tanh(x) = 2 / (1 + exp(-2 x)) - 1.
    state: h and c [2, H], goes on from frame to frame. out: [n, H]. `reverse` begins with the last frame.
    """
    n_frames, width = out.shape
    h, c = state[0], state[1]
    part, power, rest = np.empty(4 * width, np.float32), np.empty(4 * width, np.float32), np.empty(width, np.float32)
    for s in range(n_frames):
        n = n_frames - 1 - s if reverse else s
        total = gates[n]
        for block in range(0, 4 * width, BLOCK):
            if n % 2 == 0:
                accumulate(total, weights, h, block, 0, 1)
            else:
                accumulate(total, weights, h, 4 * width - BLOCK - block, width - 1, -1)
        gate(total, h, c, part, power, rest)
        for i in range(width):
            out[n, i] = h[i]


def compiled(numba: Any) -> dict[str, Any]:
    """`lstm` by its name, compiled by numba; from its cache where it lies there."""
    f4, flat = numba.float32, numba.float32[::1]
    numba.extending.overload(accumulate)(summing(numba, _row))
    numba.extending.register_jitable(logistic)
    numba.extending.register_jitable(gate)
    matrix = f4[:, ::1]
    types = [numba.void(matrix, flat, matrix, numba.boolean, matrix)]
    return {"lstm": numba.njit(types, cache=True, **HOW)(lstm)}


def _row(b: Any, lanes: list[Any], h_k: Any, sums: list[Any]) -> list[Any]:
    vector, fused = sums[0].type, ("contract",)
    h_all = everywhere(b, h_k, vector.count)
    parts = [b.load(b.bitcast(at, vector.as_pointer()), align=4) for at in lanes]
    return [b.fadd(s, b.fmul(h_all, part, flags=fused), flags=fused) for s, part in zip(sums, parts, strict=True)]


def everywhere(b: Any, value: Any, n: int) -> Any:
    """A vector of n times the same value, built by `b`."""
    from llvmlite import ir

    nothing = ir.Constant(ir.VectorType(value.type, n), ir.Undefined)
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), n), [0] * n)
    return b.shuffle_vector(b.insert_element(nothing, value, ir.IntType(32)(0)), nothing, zeros)


def summing(numba: Any, add_row: Callable[[Any, list[Any], Any, list[Any]], list[Any]]) -> Any:
    """What numba puts in the place of `accumulate` and its like: the loop over k, with the sums in vectors.

    add_row: builds one turn of it. Takes LLVM's builder, where each vector's part of the row begins, h[k], and the
    sums; returns the sums with the row's products.
    """
    from llvmlite import ir

    vector, i64 = ir.VectorType(ir.FloatType(), _LANES), ir.IntType(64)
    lanes = range(0, BLOCK, _LANES)

    def generate(context: Any, b: Any, signature: Any, values: Any) -> Any:
        total, weights, h = (
            context.make_array(kind)(context, b, value)
            for kind, value in zip(signature.args[:3], values[:3], strict=True)
        )
        first, start, step = values[3:]
        n = b.extract_value(h.shape, 0)
        places = [b.bitcast(b.gep(total.data, [b.add(first, i64(lane))]), vector.as_pointer()) for lane in lanes]
        begun = [b.load(place, align=4) for place in places]
        before, loop, after = b.block, b.append_basic_block("rows"), b.append_basic_block("done")
        b.cbranch(b.icmp_signed(">", n, i64(0)), loop, after)
        b.position_at_end(loop)
        done, k, sums = b.phi(i64), b.phi(i64), [b.phi(vector) for _ in lanes]
        at = b.add(b.mul(first, n), b.mul(k, i64(BLOCK)))
        row = [b.gep(weights.data, [b.add(at, i64(lane))]) for lane in lanes]
        more = add_row(b, row, b.load(b.gep(h.data, [k])), sums)
        now_done, next_k = b.add(done, i64(1)), b.add(k, step)
        pairs = [(done, i64(0), now_done), (k, start, next_k), *zip(sums, begun, more, strict=True)]
        for phi, at_first, later in pairs:
            phi.add_incoming(at_first, before)
            phi.add_incoming(later, loop)
        b.cbranch(b.icmp_signed("<", now_done, n), loop, after)
        b.position_at_end(after)
        results = [b.phi(vector) for _ in lanes]
        for place, result, at_first, summed in zip(places, results, begun, more, strict=True):
            result.add_incoming(at_first, before)
            result.add_incoming(summed, loop)
            b.store(result, place, align=4)
        return context.get_dummy_value()

    @numba.extending.intrinsic  # type: ignore[untyped-decorator]
    def rows(context: Any, total: Any, weights: Any, h: Any, first: Any, start: Any, step: Any) -> Any:
        whole = numba.int64
        return numba.void(total, weights, h, whole, whole, whole), generate

    def replaced(total: Any, weights: Any, h: Any, first: Any, start: Any, step: Any) -> Any:
        def same(total: Any, weights: Any, h: Any, first: Any, start: Any, step: Any) -> Any:
            return rows(total, weights, h, first, start, step)

        return same

    return replaced


def check(functions: dict[str, Any]) -> None:
    """Raise ArithmeticError unless the compiled loop does what is written."""
    agree(functions["lstm"], lstm, lambda matrix: matrix.reshape(-1), 1e-5)


def agree(
    compiled: Callable[..., None], written: Callable[..., None], pack: Callable[[Float32], Any], atol: float
) -> None:
    """Raise ArithmeticError unless both loops do the same, within `atol`, with some weights [4 H / BLOCK, H, BLOCK].

    pack: makes of these weights what the loops take.
    """
    rng = np.random.default_rng(0)
    width, n_frames = BLOCK // 2, 5
    gates = rng.standard_normal((n_frames, 4 * width), dtype=np.float32)
    weights = pack(rng.standard_normal((4 * width // BLOCK, width, BLOCK), dtype=np.float32) / np.float32(8))
    for reverse in (False, True):
        found = []
        for function in (compiled, written):
            state, out = np.full((2, width), 0.5, np.float32), np.empty((n_frames, width), np.float32)
            function(gates.copy(), weights, state, reverse, out)
            found.append(np.concatenate([state, out]))
        if not np.allclose(found[0], found[1], atol=atol):
            raise ArithmeticError("the compiled recurrence computes something else")
