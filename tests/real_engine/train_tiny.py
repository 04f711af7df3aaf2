"""Make a tiny Qwen2-architecture model that has memorised a few conversations, for ``make check-real-engine``.

Usage: python train_tiny.py CONVERSATIONS.jsonl MODEL_FOLDER [--seconds N] [--context N] [--seed N]

Each line of the input is ``{"messages": [{"role", "content"}, ...], "answer": "..."}``; with ``"endless": true`` the
answer is only the beginning of one that goes on until it is cut off. The folder that comes out
(config.json, model.safetensors in f32, tokenizer.json, chat_template.jinja) is one that any server of Hugging Face
models can serve. The model knows nothing but its conversations, and a changed prompt means training again: that is
what makes the check cheap enough to run every time. Exits with 1 when the time is over before greedy decoding gives
every answer back exactly.

Runs in the environment that ``prepare_environment.py`` makes; imports nothing of secondpass.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, trainers
from transformers import AutoProcessor, Qwen2Config, Qwen2ForCausalLM, Qwen2Tokenizer

END = "<|im_end|>"
PAD = "<|endoftext|>"
VOCABULARY = 1536
IGNORED = -100
"""The label that the loss of transformers leaves out."""

SHORTEST_LINE = 8
"""Characters of the shortest line that becomes a token of its own."""

ENDLESS_FACTOR = 6

SURE = 0.9
"""Least probability of every answer token before decoding is tried: it leaves room for another runtime's rounding."""

# The template of the Qwen2 family, which MLC-LLM's conversation template "qwen2" renders to the same text.
CHAT_TEMPLATE = """\
{%- if messages[0]['role'] != 'system' -%}
{{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' -}}
{%- endif -%}
{%- for message in messages -%}
{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
"""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a model is asked and what it shall answer."""

    messages: list[dict[str, str]]
    answer: str
    endless: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A conversation in tokens: the prompt as a server renders it, and the answer, with its end token if it has one."""

    prompt: list[int]
    answer: list[int]

    @property
    def tokens(self) -> list[int]:
        return self.prompt + self.answer


class TrainingError(Exception):
    """The conversations cannot be learned; the message says why."""


def read_conversations(path: Path) -> list[Conversation]:
    """The conversations in ``path``.

    Raises:
        TrainingError: an answer that a server would not give back unchanged, or one prompt with two answers.
    """
    conversations: dict[str, Conversation] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        record = json.loads(line)
        conversation = Conversation(record["messages"], record["answer"], bool(record.get("endless")))
        answer = conversation.answer
        if not answer.strip() or answer != (answer.lstrip() if conversation.endless else answer.strip()):
            # transformers' server strips white space before the end token.
            raise TrainingError(f"{path}:{number}: the answer is empty, or begins or ends with white space")
        key = json.dumps(conversation.messages)
        if key in conversations and conversations[key].answer != conversation.answer:
            raise TrainingError(f"{path}:{number}: the same prompt stands in this file with another answer")
        conversations[key] = conversation
    if not conversations:
        raise TrainingError(f"{path} holds no conversation")
    return list(conversations.values())


def make_tokenizer(conversations: Sequence[Conversation], folder: Path, context: int) -> None:
    """Train a tokenizer of the Qwen2 family on the conversations and save it in ``folder``.

    Servers load ``Qwen2Tokenizer`` for a Qwen2 model whatever the saved tokenizer says, so it is one. Lines that occur
    more than once are added as whole tokens: they keep prompts of several kilobytes at a few hundred tokens, which is
    what makes training a matter of seconds.
    """
    family = Qwen2Tokenizer()
    bare = Tokenizer(models.BPE())
    bare.normalizer = family.backend_tokenizer.normalizer
    bare.pre_tokenizer = family.backend_tokenizer.pre_tokenizer
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PAD, "<|im_start|>", END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [part for c in conversations for part in (*(m["content"] for m in c.messages), c.answer)]
    bare.train_from_iterator(texts, trainer)
    model = json.loads(bare.to_str())["model"]
    tokenizer = Qwen2Tokenizer(
        vocab=model["vocab"],
        merges=[tuple(pair) for pair in model["merges"]],
        eos_token=END,
        pad_token=PAD,
        extra_special_tokens=["<|im_start|>"],
        model_max_length=context,
    )
    # Not ASCII: a byte-level decoder takes some letters of an added token for bytes.
    lines = Counter(line for text in texts for line in text.splitlines(keepends=True) if line.isascii())
    repeated = [line for line, count in lines.items() if count > 1 and len(line.strip()) >= SHORTEST_LINE]
    tokenizer.add_tokens([AddedToken(line, normalized=False) for line in sorted(repeated)])
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.save_pretrained(folder)


def encode(conversation: Conversation, tokenizer: Qwen2Tokenizer, context: int) -> Sample:
    """``conversation`` in exactly the tokens that the server renders.

    Raises:
        TrainingError: it does not fit into ``context`` tokens, or the tokenizer does not give the answer back.
    """
    rendered = tokenizer.apply_chat_template(conversation.messages, add_generation_prompt=True, tokenize=True)
    prompt = list(rendered["input_ids"] if hasattr(rendered, "keys") else rendered)
    answer = tokenizer(conversation.answer, add_special_tokens=False)["input_ids"]
    if tokenizer.decode(answer) != conversation.answer:
        raise TrainingError(f"the tokenizer does not give back the answer that begins {conversation.answer[:40]!r}")
    sample = Sample(prompt=prompt, answer=answer if conversation.endless else [*answer, tokenizer.eos_token_id])
    if len(sample.tokens) > context:
        raise TrainingError(
            f"a conversation takes {len(sample.prompt)} + {len(sample.answer)} tokens and the context is {context}"
        )
    return sample


def make_model(tokenizer: Qwen2Tokenizer, context: int) -> Qwen2ForCausalLM:
    """A Qwen2 of about 1.7 million random f32 parameters."""
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=context,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        use_cache=True,
    )
    return Qwen2ForCausalLM(config)


def train(model: Qwen2ForCausalLM, samples: Sequence[Sample], deadline: float) -> Iterator[tuple[int, float]]:
    """Train; yields (steps, least probability of an answer token) at every step that is worth a try at decoding.

    The caller ends the training by leaving the loop.

    Raises:
        TrainingError: ``deadline`` (``time.monotonic``) has passed.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.0)
    pad = model.config.pad_token_id
    width = max(len(s.tokens) for s in samples)
    inputs = torch.full((len(samples), width), pad)
    labels = torch.full((len(samples), width), IGNORED)
    mask = torch.zeros((len(samples), width), dtype=torch.long)
    for row, sample in enumerate(samples):
        end = len(sample.tokens)
        inputs[row, :end] = torch.tensor(sample.tokens)
        labels[row, len(sample.prompt) : end] = torch.tensor(sample.answer)
        mask[row, :end] = 1
    targets = labels[:, 1:]
    wanted = targets != IGNORED
    step = 0
    while True:
        step += 1
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1.0, step / 10)
        logits = model(input_ids=inputs, attention_mask=mask).logits[:, :-1][wanted]
        loss = torch.nn.functional.cross_entropy(logits, targets[wanted])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            right = torch.softmax(logits, dim=-1).gather(1, targets[wanted][:, None])
            sure = float(right.min())
        if step % 10 == 0:
            say(f"step {step}: loss {loss.item():.4f}, least sure answer token {sure:.3f}")
        if sure >= SURE:
            yield step, sure
        if time.monotonic() > deadline:
            raise TrainingError(f"not memorised after {step} steps: loss {loss.item():.3f}, least sure {sure:.3f}")


def recites(model: Qwen2ForCausalLM, tokenizer: Qwen2Tokenizer, sample: Sample, conversation: Conversation) -> bool:
    """Whether greedy decoding gives the answer, decoded as a server does it: one prompt, no padding.

    An endless answer must still go on after several times its known length.
    """
    prompt = torch.tensor([sample.prompt])
    room = len(sample.answer) * ENDLESS_FACTOR if conversation.endless else len(sample.answer) + 8
    with torch.no_grad():
        output = model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=False, max_new_tokens=room)
    said = str(tokenizer.decode(output[0, len(sample.prompt) :]))
    if conversation.endless:
        return said.startswith(conversation.answer) and END not in said
    return said == conversation.answer + END


def save(model: Qwen2ForCausalLM, folder: Path) -> None:
    """Write the model, with the position settings also where MLC-LLM looks for them."""
    model.save_pretrained(folder)
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["rope_theta"] = config.get("rope_theta") or config["rope_parameters"]["rope_theta"]
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def make(conversations_path: Path, folder: Path, *, seconds: float, context: int, seed: int) -> None:
    """Train until every answer is given back exactly, by the model that was saved and loaded again."""
    started = time.monotonic()
    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    conversations = read_conversations(conversations_path)
    make_tokenizer(conversations, folder, context)
    model = make_model(Qwen2Tokenizer.from_pretrained(folder), context)
    # The class that a server loads depends on config.json too, so both are there before a single prompt is rendered.
    save(model, folder)
    tokenizer = AutoProcessor.from_pretrained(folder)
    samples = [encode(conversation, tokenizer, context) for conversation in conversations]
    lengths = [len(s.tokens) for s in samples]
    say(
        f"{len(samples)} conversations of {min(lengths)} to {max(lengths)} tokens, {len(tokenizer)} tokens in the"
        f" vocabulary, {sum(p.numel() for p in model.parameters()) / 1e6:.1f} million parameters"
    )
    for step, sure in train(model, samples, started + seconds):
        model.eval()
        if all(recites(model, tokenizer, s, c) for s, c in zip(samples, conversations, strict=True)):
            say(f"memorised after {step} steps, least sure answer token {sure:.3f}")
            break
        model.train()
    save(model, folder)
    saved = Qwen2ForCausalLM.from_pretrained(folder).eval()
    for sample, conversation in zip(samples, conversations, strict=True):
        if not recites(saved, tokenizer, sample, conversation):
            raise TrainingError(f"the saved model does not recite the answer that begins {conversation.answer[:40]!r}")
    print(
        json.dumps(
            {
                "conversations": len(samples),
                "longest": max(lengths),
                "steps": step,
                "seconds": round(time.monotonic() - started, 1),
                "parameters": sum(p.numel() for p in model.parameters()),
            }
        )
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Train a tiny model on a few conversations until it has memorised them."
    )
    parser.add_argument("conversations", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=180.0, help="give up after this time")
    parser.add_argument("--context", type=int, default=4096, help="tokens of prompt and answer together")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    try:
        make(
            options.conversations,
            options.folder,
            seconds=options.seconds,
            context=options.context,
            seed=options.seed,
        )
    except TrainingError as error:
        say(f"training failed: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
