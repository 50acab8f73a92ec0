"""The encoder's graph made quicker: its 8-bit weights are multiplied as whole numbers instead of being turned into floats first.

Source: Dettmers et al. (2022), "LLM.int8()": each word's vector is rounded to 8 bits on a scale of its own, so a text's
vector does not depend on the texts it is encoded with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

GRAPH = "rows-2"
"""The name of this arithmetic: vectors made with another one are not to be compared with these."""

_LEVELS = 127.0
_ZERO = 128
_DOMAIN = "com.microsoft"


@dataclass(frozen=True)
class _Product:
    """A product of an input with an 8-bit weight matrix: names of input, output and weights, and a scale per column."""

    input: str
    output: str
    weights: str
    scales: NDArray[np.float32]


def with_whole_numbers(path: Path) -> bytes:
    """The ONNX model at `path`, every product with a scaled 8-bit matrix done in whole numbers; the rest stays as it is.

    Where the processor's product of unsigned with signed numbers is not exact, the weights are made unsigned too: the
    result is the same on every machine. Differs from the original by rounding only (cosine of a text's two vectors 0.98 to
    1). Raises ValueError when the model has no such product.
    """
    model = onnx.load(str(path))
    products = dict(_products(model.graph))
    if not products:
        raise ValueError(f"{path.name} has no products with 8-bit weights.")
    signed = signed_products_are_exact()
    nodes = list(_rewritten(model.graph, products, signed))
    del model.graph.node[:]
    model.graph.node.extend(_used(nodes, {output.name for output in model.graph.output}))
    inputs = {name for node in model.graph.node for name in node.input}
    constants = [constant for constant in (*model.graph.initializer, *_constants(products)) if constant.name in inputs]
    weights = {product.weights for product in products.values()}
    del model.graph.initializer[:]
    model.graph.initializer.extend(constants if signed else (_raised(each) if each.name in weights else each for each in constants))
    model.opset_import.append(helper.make_opsetid(_DOMAIN, 1))
    return bytes(model.SerializeToString())


def _products(graph: Any) -> Iterator[tuple[str, _Product]]:
    """By output: the products whose right side is `Cast(8-bit weights) * scale per column`."""
    constants = {constant.name: constant for constant in graph.initializer}
    makers = {output: node for node in graph.node for output in node.output}
    for node in graph.node:
        scaled = makers.get(node.input[1]) if node.op_type == "MatMul" else None
        cast = makers.get(scaled.input[0]) if scaled is not None and scaled.op_type == "Mul" else None
        if scaled is None or cast is None or cast.op_type != "Cast" or scaled.input[1] not in constants:
            continue
        weights = constants.get(cast.input[0])
        if weights is not None and weights.data_type == TensorProto.INT8:
            scales = numpy_helper.to_array(constants[scaled.input[1]]).reshape(-1) / _LEVELS
            yield node.output[0], _Product(node.input[0], node.output[0], weights.name, scales.astype(np.float32))


def _rewritten(graph: Any, products: dict[str, _Product], signed: bool) -> Iterator[Any]:
    rounded: set[str] = set()
    for node in graph.node:
        product = products.get(node.output[0])
        if product is None:
            yield node
            continue
        if product.input not in rounded:
            rounded.add(product.input)
            yield from _rounding(product.input)
        yield from _multiplying(product, signed)


def _rounding(name: str) -> Iterator[Any]:
    """Each row as whole numbers 1..255 around 128: x / max|x| * 127, rounded."""
    yield helper.make_node("Abs", [name], [f"{name}.abs"])
    yield helper.make_node("ReduceMax", [f"{name}.abs"], [f"{name}.most"], axes=[-1], keepdims=1)
    yield helper.make_node("Div", ["levels", f"{name}.most"], [f"{name}.factor"])
    yield helper.make_node("Mul", [name, f"{name}.factor"], [f"{name}.scaled"])
    yield helper.make_node("Add", [f"{name}.scaled", "zero_and_half"], [f"{name}.raised"])
    yield helper.make_node("Cast", [f"{name}.raised"], [f"{name}.whole"], to=TensorProto.UINT8)


def _multiplying(product: _Product, signed: bool) -> Iterator[Any]:
    inputs = [f"{product.input}.whole", product.weights, "one", f"{product.output}.scales", "zero", *([] if signed else ["zero"])]
    yield helper.make_node("MatMulIntegerToFloat", inputs, [f"{product.output}.unscaled"], domain=_DOMAIN)
    yield helper.make_node("Mul", [f"{product.output}.unscaled", f"{product.input}.most"], [product.output])


@cache
def signed_products_are_exact() -> bool:
    """Whether this processor multiplies unsigned with signed 8-bit numbers exactly.

    Without instructions made for it (VNNI) the sum of two products is cut off at 16 bits, and a text's vector is another.
    """
    rows, weights = np.full((1, 64), 255, dtype=np.uint8), np.full((64, 16), 127, dtype=np.int8)
    node = helper.make_node("MatMulInteger", ["rows", "weights"], ["product"])
    told = [helper.make_tensor_value_info("rows", TensorProto.UINT8, rows.shape)]
    found = [helper.make_tensor_value_info("product", TensorProto.INT32, (1, 16))]
    graph = helper.make_graph([node], "probe", told, found, [numpy_helper.from_array(weights, "weights")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return bool((session.run(None, {"rows": rows})[0] == 64 * 255 * 127).all())


def _raised(weights: Any) -> Any:
    """The same weights as unsigned numbers around 128."""
    return numpy_helper.from_array((numpy_helper.to_array(weights).astype(np.int16) + _ZERO).astype(np.uint8), weights.name)


def _constants(products: dict[str, _Product]) -> Iterator[Any]:
    plain = {"levels": np.float32(_LEVELS), "zero_and_half": np.float32(_ZERO + 0.5), "one": np.float32(1), "zero": np.uint8(_ZERO)}
    for name, value in plain.items():
        yield numpy_helper.from_array(np.array(value), name)
    for product in products.values():
        yield numpy_helper.from_array(product.scales, f"{product.output}.scales")


def _used(nodes: list[Any], wanted: set[str]) -> list[Any]:
    """The nodes whose output somebody uses, in their order."""
    kept = []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            kept.append(node)
    return kept[::-1]
