"""The last touches on the OpenAPI description: who may call, and what a refusal looks like."""

from __future__ import annotations

from typing import Any

from app.api.records import Problem

REFUSALS = {
    "400": "请求读不懂 · not understood",
    "401": "没有有效的令牌 · no good token",
    "403": "令牌没有这个用途 · not what the token is meant for",
    "404": "没有这条记录，或不在令牌的范围 · no such record, or outside the token's area",
    "409": "现在不能办这一步 · not possible now",
    "413": "内容太大 · too large",
    "415": "内容类型不对 · wrong media type",
    "422": "有几处不对 · some fields are not right",
    "429": "太频繁，稍后再试 · too often",
}


def complete(spec: dict[str, Any]) -> dict[str, Any]:
    """The description with everything that holds for every address."""
    schemas = spec["components"]["schemas"]
    for unused in ("HTTPError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = Problem.model_json_schema()
    refusal = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in spec["paths"].values():
        for operation in path.values():
            operation["security"] = [{"token": []}]
            for status, words in REFUSALS.items():
                operation["responses"][status] = {"description": words, "content": refusal}
    return spec
