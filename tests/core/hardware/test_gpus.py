"""What GPU tools print, read; recorded outputs, shortened."""

import asyncio
import gc
from pathlib import Path

import pytest

from core.hardware import gpus
from core.hardware.asking import Said, ask_program
from tests.standins.processes import ended, written

NVIDIA = "NVIDIA GeForce RTX 4090, 24564, 23010, 560.35.03\nNVIDIA GB10, [N/A], [N/A], 580.95.05\n"
ROCM = """{"card0": {"GPU use (%)": "0", "VRAM Total Memory (B)": "21458059264",
"VRAM Total Used Memory (B)": "27856896",
"Card Series": "Radeon RX 7900 XT", "Card Model": "0x744c", "GFX Version": "gfx1100"},
"system": {"Driver version": "6.8"}}"""
VULKAN = """\
==========
VULKANINFO
==========

Devices:
========
GPU0:
\tapiVersion         = 1.3.274
\tdeviceType         = PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU
\tdeviceName         = Intel(R) Arc(tm) Graphics (MTL)
\tdriverInfo         = Mesa 24.0.9
GPU1:
\tapiVersion         = 1.3.274
\tdeviceType         = PHYSICAL_DEVICE_TYPE_CPU
\tdeviceName         = llvmpipe (LLVM 17.0.6, 256 bits)
\tdriverInfo         = Mesa 24.0.9
"""
APPLE = '{"SPDisplaysDataType": [{"_name": "Apple M3 Max", "sppci_model": "Apple M3 Max", "sppci_cores": "40"}]}'


def asking(**answers: Said) -> gpus.Ask:
    async def ask(tool: str, *arguments: str, seconds: float) -> Said | None:
        return answers.get(tool.replace("-", "_"))

    return ask


async def test_nvidia_cards_with_their_memory_in_bytes() -> None:
    found = await gpus.find_gpus("linux", ask=asking(nvidia_smi=Said(0, NVIDIA, "")), root=Path("/nowhere"))
    big, shared = found.found
    assert (big.name, big.api, big.total, big.free) == ("NVIDIA GeForce RTX 4090", "cuda", 24564 << 20, 23010 << 20)
    assert (shared.name, shared.total, shared.free) == ("NVIDIA GB10", None, None)


async def test_amd_cards_by_rocm_smi_and_by_the_kernel(tmp_path: Path) -> None:
    found = await gpus.find_gpus("linux", ask=asking(rocm_smi=Said(0, ROCM, "")), root=tmp_path)
    assert [(each.name, each.api, each.total) for each in found.found] == [("Radeon RX 7900 XT", "rocm", 21458059264)]
    device = tmp_path / "sys/class/drm/card1/device"
    device.mkdir(parents=True)
    (device / "mem_info_vram_total").write_text("17163091968\n")
    (device / "mem_info_vram_used").write_text("692142080\n")
    (card,) = (await gpus.find_gpus("linux", ask=asking(), root=tmp_path)).found
    assert (card.api, card.total, card.free) == ("vulkan", 17163091968, 17163091968 - 692142080)


async def test_vulkan_counts_only_where_no_driver_tool_does_and_no_cpu_is_a_gpu() -> None:
    found = await gpus.find_gpus("linux", ask=asking(vulkaninfo=Said(0, VULKAN, "")), root=Path("/nowhere"))
    assert [each.name for each in found.found] == ["Intel(R) Arc(tm) Graphics (MTL)"]
    both = asking(vulkaninfo=Said(0, VULKAN, ""), nvidia_smi=Said(0, NVIDIA, ""))
    assert all(each.api == "cuda" for each in (await gpus.find_gpus("linux", ask=both, root=Path("/no"))).found)


async def test_apple_silicon_shares_the_memory_of_the_machine() -> None:
    said = asking(system_profiler=Said(0, APPLE, ""), sysctl=Said(0, f"{64 << 30}\n", ""))
    (card,) = (await gpus.find_gpus("darwin", ask=said)).found
    assert (card.name, card.api, card.total) == ("Apple M3 Max", "metal", 48 << 30)


@pytest.mark.parametrize("said", [Said(9, "", "NVIDIA-SMI has failed"), Said(None, "", "it did not answer")])
async def test_a_tool_that_fails_is_named_and_the_others_still_count(said: Said) -> None:
    found = await gpus.find_gpus("linux", ask=asking(nvidia_smi=said, rocm_smi=Said(0, ROCM, "")), root=Path("/no"))
    assert len(found.found) == 1
    assert "nvidia-smi failed" in found.problems[0]


async def test_a_tool_that_prints_nonsense_is_a_problem_and_no_crash() -> None:
    found = await gpus.find_gpus("linux", ask=asking(rocm_smi=Said(0, "WARNING: no", "")), root=Path("/no"))
    assert found == gpus.Gpus((), ("rocm-smi said something that could not be read",))


async def test_absent_tools_are_no_error() -> None:
    assert await gpus.find_gpus("linux", ask=asking(), root=Path("/no")) == gpus.Gpus((), ())


async def test_a_program_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    script = tmp_path / "hangs"
    script.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {tmp_path}/pid\nwait\n")
    script.chmod(0o755)
    asked = asyncio.create_task(ask_program(str(script), seconds=600))
    child = await asyncio.to_thread(written, tmp_path / "pid")
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await asyncio.to_thread(ended, child)
    assert await ask_program(str(script), seconds=0.2) == Said(None, "", "it did not answer within 0.2 s")
    assert await ask_program("no-such-program-anywhere", seconds=1) is None


async def test_a_program_that_is_given_up_while_it_starts_leaves_no_child_and_no_pipe(tmp_path: Path) -> None:
    script = tmp_path / "hangs"
    script.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {tmp_path}/pid\nwait\n")
    script.chmod(0o755)
    for turns in range(8):
        (tmp_path / "pid").unlink(missing_ok=True)
        asked = asyncio.create_task(ask_program(str(script), seconds=600))
        for _ in range(turns):
            await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        if (tmp_path / "pid").exists() and (text := (tmp_path / "pid").read_text()):
            assert await asyncio.to_thread(ended, int(text))
    gc.collect()  # an open pipe would complain
