"""What has a limit and no peer."""
import json

import processes
import rtsp
import store
from paths import CACHE, run


def binary():
    """The size of the stripped binary."""
    return {"value": round(store.binary_bytes() / 1e6, 1), "limit": 20, "unit": "MB"}


def wide_stream():
    """Packets of 200 Mbit/s over TCP that `taskset -c 0 mediatool rtsp-pull` did not record."""
    with rtsp.Server(rtsp.clip(CACHE / "wide", 200e6)) as server:
        output = run("taskset", "-c", "0", "mediatool", "rtsp-pull", "-qy", "--json",
                     "--transport", "tcp", "-o", "ours.mp4", f"rtsp://{server.address}/live")
        # The last bytes may still lie with the kernel.
        streams = json.loads(output)["streams"]
        count = sum(stream["packets"] for stream in streams)
        all_of_them = server.clip.media_count
        return {"value": all_of_them - count, "limit": 0, "unit": f"of {all_of_them} packets"}


FACTS = {"the stripped binary": binary, "rtsp-pull, 200 Mbit/s on one core: lost": wide_stream}


def measure(name):
    with processes.OtherWork() as others:
        fact = FACTS[name]()
    return {**fact, "other_work": others.share}
