"""Published configurations and sizes, as found on 29 November 2026.

Shapes: config.json of each model on Hugging Face, as repeated in github.com/citsjtu2020/LLM-Prof
(sglang/Model_Config.md at 8434c8d: Qwen2.5 3B to 14B, Qwen3 4B to 32B, Llama-3.1-8B) and in MLC-LLM's own
python/mlc_llm/model/model_preset.py (at 79d603f: qwen2_0_5b, qwen2_1_5b, qwen2.5_3b, qwen2_7b, qwen3_0.6b, qwen3_1.7b,
llama3_1_8b). The Coder models of Qwen2.5 have the shapes of the general ones of the same size, and 0.5B and 1.5B those
of Qwen2.
"""

from typing import Any

QWEN2, QWEN3, LLAMA = "qwen2", "qwen3", "llama"


def _config(family: str, *sizes: int, tied: bool = False) -> dict[str, Any]:
    names = (
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads",
        "num_key_value_heads",
        "head_dim",
        "vocab_size",
    )
    return {"model_type": family, **dict(zip(names, sizes, strict=True)), "tie_word_embeddings": tied}


CONFIGS: dict[str, dict[str, Any]] = {
    "Qwen2.5-Coder-0.5B": _config(QWEN2, 896, 4864, 24, 14, 2, 64, 151936, tied=True),
    "Qwen2.5-Coder-1.5B": _config(QWEN2, 1536, 8960, 28, 12, 2, 128, 151936, tied=True),
    "Qwen2.5-Coder-3B": _config(QWEN2, 2048, 11008, 36, 16, 2, 128, 151936, tied=True),
    "Qwen2.5-Coder-7B": _config(QWEN2, 3584, 18944, 28, 28, 4, 128, 152064),
    "Qwen2.5-Coder-14B": _config(QWEN2, 5120, 13824, 48, 40, 8, 128, 152064),
    "Qwen3-0.6B": _config(QWEN3, 1024, 3072, 28, 16, 8, 128, 151936, tied=True),
    "Qwen3-1.7B": _config(QWEN3, 2048, 6144, 28, 16, 8, 128, 151936, tied=True),
    "Qwen3-4B": _config(QWEN3, 2560, 9728, 36, 32, 8, 128, 151936, tied=True),
    "Qwen3-8B": _config(QWEN3, 4096, 12288, 36, 32, 8, 128, 151936),
    "Qwen3-14B": _config(QWEN3, 5120, 17408, 40, 40, 8, 128, 151936),
    "Qwen3-32B": _config(QWEN3, 5120, 25600, 64, 64, 8, 128, 151936),
    "Llama-3.1-8B": _config(LLAMA, 4096, 14336, 32, 32, 8, 128, 128256),
}

PARAMETERS = {
    # Billions, as the model cards say ("Number of Parameters"): rounded to two or three digits there.
    "Qwen2.5-Coder-0.5B": 0.494,
    "Qwen2.5-Coder-1.5B": 1.54,
    "Qwen2.5-Coder-3B": 3.09,
    "Qwen2.5-Coder-7B": 7.61,
    "Qwen2.5-Coder-14B": 14.7,
    "Qwen3-0.6B": 0.6,
    "Qwen3-1.7B": 1.7,
    "Qwen3-4B": 4.0,
    "Qwen3-8B": 8.2,
    "Qwen3-14B": 14.8,
    "Qwen3-32B": 32.8,
    "Llama-3.1-8B": 8.03,
}

REPORTED_WEIGHTS_MIB = {
    # What MLC-LLM itself printed as "Parameters: … MB" (it divides by 2^20) for these models in q4f16_1:
    # the sample output of mlc-ai/mlc-llm pull request 3221, and a log of Llama-3-8B (the shape of 3.1) in the
    # documentation of an OpenLLM example of May 2024 ("Parameters: 4308.133 MB").
    "Qwen3-1.7B": 923.16,
    "Llama-3.1-8B": 4308.133,
}

WEB_LLM_TOTAL_MIB = {
    # vram_required_MB of the q4f16_1 models with a context of 4096 in mlc-ai/web-llm, src/config.ts at c51c9c0:
    # weights, temporary buffers for a prefill chunk of 1024 ("cs1k") and a KV cache of 4096 tokens, as a comment in
    # web-llm's pull request 490 says.
    "Qwen2.5-Coder-0.5B": 944.62,
    "Qwen2.5-Coder-1.5B": 1629.75,
    "Qwen2.5-Coder-3B": 2504.76,
    "Qwen2.5-Coder-7B": 5106.67,
    "Qwen3-0.6B": 1403.34,
    "Qwen3-1.7B": 2036.66,
    "Qwen3-4B": 3431.59,
    "Qwen3-8B": 5695.78,
    "Llama-3.1-8B": 5001.0,
}
