"""A Ray cluster of two nodes on this machine, as a program of its own: it prints its address, kills the second node at
the first line of its standard input, and ends when that closes."""

import logging
import sys

from ray.cluster_utils import Cluster


def main() -> None:
    logging.disable()
    cluster = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "include_dashboard": False, "object_store_memory": 100 << 20},
    )
    second = cluster.add_node(num_cpus=1, object_store_memory=100 << 20)
    cluster.wait_for_nodes()
    print(cluster.address, flush=True)
    if sys.stdin.readline():
        cluster.remove_node(second, allow_graceful=False)
        print("killed", flush=True)
        sys.stdin.read()
    cluster.shutdown()


if __name__ == "__main__":
    main()
