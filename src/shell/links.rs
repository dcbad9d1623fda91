//! The network interfaces of the instance: one end of each cable is in its namespace, the other with the router.
//!
//! Runs `ip` (iproute2): a crate that speaks netlink would add more to the program than all of this folder. A cable and
//! not a TUN device, because /dev/net/tun is missing in containers and is root's alone on some systems.

use std::process::{Command, Stdio};

use super::machine::{Link, Machine};
use crate::imds;

/// The largest packet, as on EC2 instances. A UDP reply of the resolver fits into one.
pub(super) const MTU: usize = 9_001;

/// Makes the interfaces in this thread's network namespace; the other ends are in the namespace of the process `far`.
pub(super) fn make(machine: &Machine, far: u32) -> Result<(), String> {
    let mut commands = vec!["link set lo up".to_owned()];
    for link in &machine.links {
        commands.extend(one(link, far));
    }
    run(&commands)
}

/// Switches on the ends that are in this thread's network namespace.
pub(super) fn far_ends_up(machine: &Machine) -> Result<(), String> {
    for Link { name, .. } in &machine.links {
        // Without an address of its own, the router sends nothing that it was not asked for. A kernel without IPv6
        // refuses this, and makes no address.
        let _ = run(&[format!("link set {name} addrgenmode none")]);
        run(&[format!("link set {name} up mtu {MTU}")])?;
    }
    Ok(())
}

fn one(Link { name, mac, addresses, router }: &Link, far: u32) -> Vec<String> {
    let mut commands = vec![
        format!("link add {name} address {mac} mtu {MTU} type veth peer name {name} netns {far}"),
        // Nobody answers ARP at the other end: the router takes every packet.
        format!("link set {name} arp off up"),
    ];
    for address in addresses {
        let nodad = if address.is_ipv6() { " nodad" } else { "" };
        commands.push(format!("addr add {address} dev {name}{nodad}"));
    }
    if name == "eth0" {
        if let Some(router) = router {
            commands.push(format!("route add default via {router} dev {name}"));
            commands.push(format!("route add {} dev {name}", imds::V4));
        }
        if addresses.iter().any(ipnetwork::IpNetwork::is_ipv6) {
            commands.push(format!("-6 route add default dev {name}"));
        }
    }
    commands
}

/// Runs `ip` with each of these lines; it stops at the first that fails.
fn run(commands: &[String]) -> Result<(), String> {
    for command in commands {
        let output = Command::new("ip").args(command.split(' ')).stdin(Stdio::null()).output();
        let output = output.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                "the program `ip` is missing; install it (Debian, Ubuntu: iproute2; Fedora: iproute)".to_owned()
            }
            _ => format!("ip: {error}"),
        })?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            return Err(format!("ip {command}: {}", text.trim()));
        }
    }
    Ok(())
}
