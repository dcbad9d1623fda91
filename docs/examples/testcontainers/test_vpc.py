"""A test suite whose container sees the VPC of production, by testcontainers (pip install testcontainers).

The network's subnet is the VPC's range, the resolver stands at VPC+2, the application has the instance's address.
"""

import contextlib

from docker.types import EndpointConfig, IPAMConfig, IPAMPool
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import HealthcheckWaitStrategy

SERVICE = "cloudformation.ap-northeast-2.amazonaws.com"


@contextlib.contextmanager
def vpc(cidr: str, resolver: str, world: str):
    """A network that is a VPC, with a resolver in it that knows `world`."""
    ipam = IPAMConfig(pool_configs=[IPAMPool(subnet=cidr)])
    with Network(docker_network_kw={"ipam": ipam, "internal": True}) as network:
        server = DockerContainer("vpcdns").with_command(f"serve {world} --dns 0.0.0.0:53 --imds 0.0.0.0:80")
        server.with_kwargs(**at(network, resolver)).waiting_for(HealthcheckWaitStrategy())
        with server:
            yield network


def at(network: Network, address: str, **more):
    """What puts a container at an address of a network."""
    endpoint = EndpointConfig("1.41", ipv4_address=address)
    return {"network": network.name, "networking_config": {network.name: endpoint}, **more}


def test_the_private_instance_sees_the_endpoint():
    with vpc("10.0.0.0/16", "10.0.0.2", "lab09-1") as network:
        app = DockerContainer("busybox").with_command("sleep 300")
        app.with_kwargs(**at(network, "10.0.1.29", dns=["10.0.0.2"]))
        with app:
            code, output = app.exec(["nslookup", SERVICE])
            assert code == 0, output
            assert b"10.0.0.108" in output and b"10.0.1.47" in output
            code, output = app.exec(["wget", "-qO-", "http://10.0.0.2/latest/meta-data/instance-id"])
            assert (code, output) == (0, b"i-06620845270d412ac"), output


if __name__ == "__main__":
    test_the_private_instance_sees_the_endpoint()
    print("ok")
